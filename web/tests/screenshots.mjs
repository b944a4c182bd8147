// The pictures of docs/images: the demo, as a person who has just started it sees it.
//
//   TONALITE_BIN  the binary            CHROMIUM  the browser            SHOTS  where the pictures go

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { ended, until } from "./portal.mjs";

const { TONALITE_BIN: binary, SHOTS: shots } = process.env;
const DESK = { width: 1360, height: 860 };
const POCKET = { width: 360, height: 740 };

/** Each picture: who looks, in which language and light, how wide, and at what. */
const PICTURES = [
  { name: "devices-en", login: "admin", language: "en", colours: "light", viewport: DESK, at: "/devices" },
  { name: "devices-fr-dark", login: "manager", language: "fr", colours: "dark", viewport: DESK, at: "/devices" },
  { name: "devices-narrow", login: "manager", language: "fr", colours: "light", viewport: POCKET, at: "/devices" },
  { name: "device-en", login: "admin", language: "en", colours: "light", viewport: DESK, at: "/devices?status=partial", open: true },
];

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
    if (picture === PICTURES[0]) await until("most phones have registered", async () => { await page.reload(); return (await registered(page)) >= 500; }, 120_000);
    await page.goto(base + picture.at);
    if (picture.open) await page.locator("[id^=name-]").first().click();
    await page.locator("live-status[data-live=on]").waitFor();
    await page.screenshot({ path: path.join(shots, `${picture.name}.png`) });
    await context.close();
  }
} finally {
  await browser?.close();
  demo.kill("SIGTERM");
  await ended(demo);
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${PICTURES.length} pictures in ${shots}`);
