// The pictures of docs/images: the demo, as a person who has just started it sees it. Those of the help articles are made
// here as well; what they show is in help_pictures.mjs.
//
//   TONALITE_BIN  the binary            CHROMIUM  the browser            SHOTS  where the pictures go
//   ONLY          begins the name of those to be made: `devices`, `help/fr/reboot`; all when it is not set

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { HELP_PICTURES } from "./help_pictures.mjs";
import { ended, until } from "./portal.mjs";

const { TONALITE_BIN: binary, SHOTS: shots, ONLY: only = "" } = process.env;
const DESK = { width: 1360, height: 860 };
const POCKET = { width: 360, height: 740 };

/** What the README shows: who looks, in which language and light, how wide, and at what. */
const README_PICTURES = [
  { name: "devices-en", login: "admin", language: "en", colours: "light", viewport: DESK, at: "/devices" },
  { name: "devices-fr-dark", login: "manager", language: "fr", colours: "dark", viewport: DESK, at: "/devices" },
  { name: "devices-narrow", login: "manager", language: "fr", colours: "light", viewport: POCKET, at: "/devices" },
  { name: "device-en", login: "admin", language: "en", colours: "light", viewport: DESK, at: "/devices?status=partial", open: true },
];

async function showForReadme(page, base, picture) {
  await page.goto(base + picture.at);
  if (picture.open) await page.locator("[id^=name-]").first().click();
  await page.locator("live-status[data-live=on]").waitFor();
}

/** Every one has `show`, which leaves the page as it is to be seen. */
const PICTURES = [
  ...README_PICTURES.map((picture) => ({ ...picture, show: (page, base) => showForReadme(page, base, picture) })),
  ...["en", "fr"].flatMap((language) => HELP_PICTURES.map((picture) => ({ login: "manager", colours: "light", small: true, ...picture, name: `help/${language}/${picture.name}`, language }))),
].filter((picture) => picture.name.startsWith(only));

/** A palette makes a picture of our pages three times smaller, and nobody sees it: the binary carries those of the help. */
function shrink(file) {
  execFileSync("pngquant", ["--force", "--strip", "--nofs", "--speed", "1", "--output", file, "128", file]);
}

const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TONALITE_"));
const folder = mkdtempSync(path.join(os.tmpdir(), "tonalite-pictures-"));
const data = path.join(folder, "data");
const demo = spawn(binary, ["demo", "--data", data, "--port", "0"], { env: Object.fromEntries(inherited), stdio: ["ignore", "ignore", "pipe"] });
let said = "";
demo.stderr.setEncoding("utf8").on("data", (text) => { said += text; });
let browser = null;
try {
  const address = () => /runs at (http:\S+)/.exec(said)?.[1];
  await until(`the demo runs: ${said}`, async () => address() !== undefined, 120_000);
  const base = address();
  const logins = JSON.parse(readFileSync(path.join(data, "logins.json"), "utf8"));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  // The picture shows a fleet at work, not one that is still waking up.
  const registered = async (page) => Number((await page.locator("#count-registered").innerText()).replace(/\D/gu, ""));
  const most = { admin: 500, manager: 295 };
  let waited = false;
  for (const picture of PICTURES) {
    const { password, username } = logins.find((login) => login.username === picture.login);
    const context = await browser.newContext({
      locale: picture.language === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: picture.colours, viewport: picture.viewport,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await page.goto(`${base}/sign-in`);
    await page.locator("#username").fill(username);
    await page.locator("#password").fill(password);
    await page.locator("main button").click();
    await page.waitForURL("**/devices");
    if (!waited) await until("most phones have registered", async () => { await page.reload(); return (await registered(page)) >= most[picture.login]; }, 120_000);
    waited = true;
    await picture.show(page, base, picture);
    const file = path.join(shots, `${picture.name}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    await page.screenshot({ path: file });
    if (picture.small) shrink(file);
    console.log(picture.name);
    await context.close();
  }
} finally {
  await browser?.close();
  demo.kill("SIGTERM");
  await ended(demo);
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${PICTURES.length} pictures in ${shots}`);
