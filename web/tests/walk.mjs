// The walk of a person through the portal, in a real Chromium against the real binary, with a real (simulated) phone:
// sign in → list → add a device → assign its line → new credentials → the phone registers → the badge turns → it says
// goodbye → the device is removed. In French and English, light and dark, on a desk and on a telephone, and without script.
//
//   TONALITE_BIN  the binary            CHROMIUM  the browser (default /usr/bin/chromium)            SHOTS  where pictures go
//   ONLY          parts whose name has this word, while one works on them
//   DATABASE      a PostgreSQL database with nothing in it; SQLite without

import { mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { walkActing } from "./acting.mjs";
import { walkApiDocs } from "./apidocs.mjs";
import { walkDect } from "./dect.mjs";
import { walkExport } from "./export.mjs";
import { walkHelp, walkHelpLinks } from "./help.mjs";
import { walkLineExport } from "./lineexport.mjs";
import { walkLines, walkLinesPlain } from "./lines.mjs";
import { walkImport } from "./import.mjs";
import { walkList } from "./list.mjs";
import { walkAudit } from "./audit.mjs";
import { walkParties, walkPartiesWithoutScript } from "./parties.mjs";
import { walkSites } from "./sites.mjs";
import { PASSWORD, PEOPLE, ended, install, startPhone, stopAll, until } from "./portal.mjs";
import { walkImpossibleReboot, walkReboot, walkStatus } from "./reboot.mjs";

const shots = process.env.SHOTS ?? null;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BADGE_MS = 2_000; // what the portal promises: a change is on the page within two seconds

const results = { passed: 0, failed: 0 };

function check(what, ok, detail = "") {
  results[ok ? "passed" : "failed"] += 1;
  if (!ok) console.log(`FAILED  ${what}${detail === "" ? "" : `: ${detail}`}`);
}

async function step(what, act) {
  try {
    await act();
    check(what, true);
  } catch (error) {
    check(what, false, String(error?.message ?? error).split("\n").slice(0, 6).join(" | "));
    throw error;
  }
}

/** A part of the walk: what throws outside of a step fails it as well, and the parts after it go on. */
async function part(what, act) {
  if (!what.includes(process.env.ONLY ?? "")) return;
  const before = results.failed;
  try {
    await act();
  } catch (error) {
    const said = String(error?.message ?? error).split("\n")[0];
    if (results.failed === before) check(what, false, said);
    else console.log(`${what} ended early: ${said}`);
  }
}

let pictures = 0;
async function look(page, walk, name) {
  if (shots !== null) {
    pictures += 1;
    await page.screenshot({ path: path.join(shots, `${walk.name}-${String(pictures).padStart(3, "0")}-${name}.png`), fullPage: await page.locator("dialog[open]").count() === 0 });
  }
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${walk.name}: ${name} fits its width`, beyond <= 0, `${beyond} px too wide`);
  if (!walk.script) return;
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  const grave = found.violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
  check(`${walk.name}: ${name} is accessible`, grave.length === 0, grave.map((v) => `${v.id} ${v.nodes[0].html.slice(0, 120)}`).join("; "));
}

const TEXTS = {
  fr: {
    devices: "Appareils", add: "Ajouter un périphérique porté", window: "Ajouter un appareil porté", save: "Enregistrer",
    site: "Site", device: "Appareil", mac: "Adresse MAC", remove: "Retirer l’appareil",
    states: { registered: "Enregistré", unregistered: "Non enregistré", no_line: "Aucune ligne attribuée" },
    count: "1 ligne enregistrée sur 1", aged: "Expiré\u00a0: l’appareil n’a pas renouvelé son enregistrement à temps.",
  },
  en: {
    devices: "Devices", add: "Add Ported Device", window: "Add a Ported Device", save: "Save",
    site: "Site", device: "Device", mac: "MAC Address", remove: "Remove Device",
    states: { registered: "Registered", unregistered: "Unregistered", no_line: "No line assigned" },
    count: "1 of 1 line registered", aged: "Expired: the device did not renew its registration in time.",
  },
};

async function signIn(page, site, walk) {
  await page.goto(`${site.base}/devices`);
  check(`${walk.name}: the page asks who one is`, new URL(page.url()).pathname === "/sign-in", page.url());
  check(`${walk.name}: the page is in the browser's language`, (await page.locator("html").getAttribute("lang")) === walk.language);
  await look(page, walk, "sign-in");
  await page.locator("#username").fill(PEOPLE[walk.language]);
  await page.locator("#password").fill("not this one");
  await page.locator("main button").click();
  await page.locator("#sign-in-problem").waitFor();
  check(`${walk.name}: the name is kept`, (await page.locator("#username").inputValue()) === PEOPLE[walk.language]);
  await look(page, walk, "sign-in-wrong");
  await page.locator("#password").fill(PASSWORD);
  await page.locator("main button").click();
  await page.waitForURL("**/devices");
}

async function readCredentials(page) {
  const read = async (name) => (await page.locator(`[data-credential="${name}"]`).innerText()).trim();
  return { username: await read("username"), password: await read("password"), domain: await read("domain"), registrar: await read("registrar") };
}

const badgeOf = (page, id) => page.locator(`[data-device="${id}"]`).first();

async function walkWithScript(browser, site, folder, walk) {
  const text = TEXTS[walk.language];
  const context = await browser.newContext({
    locale: walk.language === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: walk.colours, viewport: walk.viewport,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // A form that comes back with what is wrong (422), or an export that has to wait (429), is an answer, which Chromium
    // nevertheless writes down.
    if (message.type() === "error" && !/status of (422|429)/.test(message.text())) complaints.push(message.text());
  });
  let id = "";
  let phone = null;

  await step(`${walk.name}: sign in`, () => signIn(page, site, walk));
  await step(`${walk.name}: the list`, async () => {
    await page.getByRole("heading", { level: 1, name: text.devices }).waitFor();
    await page.locator("live-status[data-live=on]").waitFor();
    await look(page, walk, "list");
  });
  await step(`${walk.name}: add a device, with every error at its field first`, async () => {
    await page.getByRole("link", { name: text.add }).first().click();
    const dialog = page.locator("dialog[open]");
    await dialog.getByRole("heading", { name: text.window }).waitFor();
    await look(page, walk, "new");
    await dialog.getByLabel(text.mac).fill("00:15:65:zz");
    await dialog.getByRole("button", { name: text.save }).click();
    await dialog.locator("#new-mac-error").waitFor();
    check(`${walk.name}: what was typed is kept`, (await dialog.getByLabel(text.mac).inputValue()) === "00:15:65:zz");
    await look(page, walk, "new-wrong");
    await dialog.getByLabel(text.site, { exact: true }).selectOption({ label: "Lyon Part-Dieu" });
    await dialog.locator("#new-device optgroup").first().waitFor({ state: "attached" });
    const types = dialog.getByLabel(text.device, { exact: true });
    await types.selectOption({ label: "Yealink T54W" });
    await dialog.getByLabel(text.mac).fill(walk.mac.toUpperCase().replaceAll(":", "-"));
    await dialog.getByRole("button", { name: text.save }).click();
    await page.waitForURL("**/devices?added=*");
    id = new URL(page.url()).searchParams.get("added");
    await page.locator(`#name-${id}`).waitFor();
    check(`${walk.name}: the address is shown one way`, (await page.locator(`#name-${id}`).innerText()) === walk.mac);
    check(`${walk.name}: a phone without a line is no fault`, (await badgeOf(page, id).locator("[data-word]").innerText()) === text.states.no_line);
    await look(page, walk, "added");
  });
  await step(`${walk.name}: the same address again is refused, with the way to it`, async () => {
    await page.getByRole("link", { name: text.add }).first().click();
    const dialog = page.locator("dialog[open]");
    await dialog.getByLabel(text.site, { exact: true }).selectOption({ label: "Lyon Part-Dieu" });
    await dialog.locator("#new-device optgroup").first().waitFor({ state: "attached" });
    await dialog.getByLabel(text.device, { exact: true }).selectOption({ label: "Yealink T54W" });
    await dialog.getByLabel(text.mac).fill(walk.mac);
    await dialog.getByRole("button", { name: text.save }).click();
    await dialog.locator("#new-mac-error").waitFor();
    check(`${walk.name}: the one that has it is a link away`, (await dialog.locator(`a[href="/devices/${id}"]`).count()) === 1);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
  await step(`${walk.name}: the menu by keyboard, and the explanation of a state`, async () => {
    const menu = page.getByRole("button", { name: walk.mac }).and(page.locator("[aria-haspopup=menu]"));
    await menu.focus();
    await page.keyboard.press("ArrowDown");
    await page.locator("[role=menu]:popover-open").waitFor();
    await look(page, walk, "menu");
    await page.keyboard.press("End");
    check(`${walk.name}: End is the last item`, (await page.evaluate(() => document.activeElement.textContent.trim())) === text.remove);
    await page.keyboard.press("Escape");
    check(`${walk.name}: Escape gives the focus back`, await menu.evaluate((button) => button === document.activeElement));
    await badgeOf(page, id).locator("button").click();
    const explanation = page.locator(".explain:popover-open");
    await explanation.waitFor();
    await look(page, walk, "explanation");
    await page.keyboard.press("Escape");
    const aged = await page.locator("#explain-aged p").first().evaluate((p) => p.textContent);
    check(`${walk.name}: the article's own words for "aged"`, aged === text.aged, aged);
  });
  await step(`${walk.name}: assign its line to a new user`, async () => {
    await page.locator(`#name-${id}`).click();
    await page.waitForURL(`**/devices/${id}`);
    await look(page, walk, "device");
    await page.locator(`.acts a[href="/devices/${id}/assign"]`).click();
    const dialog = page.locator("dialog[open]");
    await dialog.locator("#user-name").fill(walk.person);
    await dialog.locator("#user-extension").fill(walk.extension);
    await look(page, walk, "assign");
    await dialog.locator("form").last().locator("button").click();
    await page.waitForURL("**/devices/*?assigned=1");
    check(`${walk.name}: a line that never registered`, (await badgeOf(page, id).locator("[data-word]").innerText()) === text.states.unregistered);
    await look(page, walk, "assigned");
  });
  let credentials = null;
  await step(`${walk.name}: new credentials, shown once`, async () => {
    await page.locator(`.note a[href="/devices/${id}/lines/1/credentials"]`).click();
    const dialog = page.locator("dialog[open]");
    await dialog.locator("button.main").waitFor();
    await look(page, walk, "credentials-ask");
    await dialog.locator("button.main").click();
    await dialog.locator("[data-credential=password]").waitFor();
    credentials = await readCredentials(page);
    check(`${walk.name}: there is something to type into the phone`, Object.values(credentials).every((value) => value !== ""));
    await look(page, walk, "credentials");
    await dialog.locator("footer a").click();
    await page.waitForURL(`**/devices/${id}`);
    check(`${walk.name}: the password is not on any page any more`, !(await page.content()).includes(credentials.password));
  });
  await step(`${walk.name}: the phone registers, and the badge turns by itself`, async () => {
    // Watched on the list, from the state's own button, scrolled a little: neither may move.
    await page.goto(`${site.base}/devices`);
    await page.locator("live-status[data-live=on]").waitFor();
    const badge = badgeOf(page, id);
    await badge.locator("button").focus();
    await page.evaluate(() => { scrollBy(0, 24); document.documentElement.dataset.walk = "same page"; });
    const scroll = await page.evaluate(() => scrollY);
    const asked = Date.now();
    phone = startPhone(site, folder, credentials);
    await badge.locator("[data-word]", { hasText: new RegExp(`^${text.states.registered}$`) }).waitFor({ timeout: 15_000 });
    console.log(`${walk.name}: registered on the page ${Date.now() - asked} ms after the phone was started`);
    check(`${walk.name}: the count is right`, (await badge.locator("[data-count]").innerText()).startsWith(text.count), await badge.innerText());
    check(`${walk.name}: the shape changed too`, (await badge.getAttribute("data-state")) === "registered");
    check(`${walk.name}: no reload`, (await page.evaluate(() => document.documentElement.dataset.walk)) === "same page");
    check(`${walk.name}: the focus stayed`, await badge.locator("button").evaluate((button) => button === document.activeElement));
    check(`${walk.name}: the scroll stayed`, (await page.evaluate(() => scrollY)) === scroll);
    await until("the counts follow", async () => (await page.locator("#count-registered").innerText()) !== "0", 8_000);
    await look(page, walk, "registered");
  });
  await step(`${walk.name}: the server stops and starts again, and the page is true again by itself`, async () => {
    if (!walk.restarts) return;
    const said = complaints.length;
    await site.stop();
    await page.locator("live-status[data-live=off]").waitFor();
    await look(page, walk, "reconnecting");
    await site.start();
    await page.locator("live-status[data-live=on]").waitFor({ timeout: 60_000 });
    check(`${walk.name}: nobody aged by the restart`, (await badgeOf(page, id).getAttribute("data-state")) === "registered");
    check(`${walk.name}: still no reload`, (await page.evaluate(() => document.documentElement.dataset.walk)) === "same page");
    complaints.length = said; // that the server could not be reached meanwhile is no fault of the page
  });
  await step(`${walk.name}: the device's own page shows the contact`, async () => {
    await page.goto(`${site.base}/devices/${id}`);
    await page.locator("#contacts code").waitFor();
    await page.locator("live-status[data-live=on]").waitFor();
    await look(page, walk, "device-registered");
  });
  await walkHelpLinks(page, walk, id, { step, check });
  await walkStatus(page, walk, id, { step, look, check });
  await walkReboot(page, walk, id, { step, look });
  let again = null;
  await walkLines(page, site, walk, {
    step, look, check, id, BADGE_MS,
    leave: async () => { phone.kill("SIGTERM"); await ended(phone); },
  });
  await step(`${walk.name}: it registers again`, async () => {
    await page.goto(`${site.base}/devices/${id}`);
    await page.locator("live-status[data-live=on]").waitFor();
    again = startPhone(site, folder, credentials);
    await page.locator("#contacts code").waitFor();
  });
  await step(`${walk.name}: the phone says goodbye, within two seconds`, async () => {
    again.kill("SIGTERM");
    await ended(again);
    const gone = Date.now();
    await badgeOf(page, id).locator("[data-word]", { hasText: new RegExp(`^${text.states.unregistered}$`) }).waitFor({ timeout: 10_000 });
    check(`${walk.name}: the badge turned in time`, Date.now() - gone <= BADGE_MS, `${Date.now() - gone} ms`);
    await page.locator("#contacts code").waitFor({ state: "detached", timeout: 5_000 });
    await look(page, walk, "device-gone");
  });
  await walkImpossibleReboot(page, walk, id, { step, look, check });
  await step(`${walk.name}: the other language, and back`, async () => {
    const other = walk.language === "fr" ? "en" : "fr";
    await page.locator(".who form button").first().click();
    await page.locator(`html[lang=${other}]`).waitFor();
    check(`${walk.name}: still at the device`, new URL(page.url()).pathname === `/devices/${id}`, page.url());
    await page.locator(".who form button").first().click();
    await page.locator(`html[lang=${walk.language}]`).waitFor();
  });
  await step(`${walk.name}: filters are in the address, and Back works`, async () => {
    await page.goto(`${site.base}/devices`);
    await page.locator("#filter-status").selectOption("registered");
    await page.waitForURL("**/devices?status=registered");
    check(`${walk.name}: the device is filtered away`, (await page.locator(`#name-${id}`).count()) === 0);
    await look(page, walk, "filtered");
    await page.goBack();
    await page.locator(`#name-${id}`).waitFor();
  });
  await step(`${walk.name}: export`, () => walkExport(page, site, walk, { check, look, id }));
  await step(`${walk.name}: export of line states`, () => walkLineExport(page, site, walk, { check, look }));
  await step(`${walk.name}: at 400 % zoom nothing is cut off`, async () => {
    await page.setViewportSize({ width: 320, height: 640 }); // 1280 px at 400 %
    for (const [name, address] of [["zoomed-list", "/devices"], ["zoomed-device", `/devices/${id}`], ["zoomed-new", "/devices/new"]]) {
      await page.goto(site.base + address);
      await look(page, walk, name);
    }
    await page.setViewportSize(walk.viewport);
  });
  await step(`${walk.name}: remove the device`, async () => {
    await page.goto(`${site.base}/devices/${id}`);
    await page.locator(`.acts a[href="/devices/${id}/remove"]`).click();
    const dialog = page.locator("dialog[open]");
    await dialog.locator("button.danger").waitFor();
    await look(page, walk, "remove");
    await dialog.locator("button.danger").click();
    await page.waitForURL("**/devices?removed=*");
    check(`${walk.name}: it is gone from the list`, (await page.locator(`#name-${id}`).count()) === 0);
    await look(page, walk, "removed");
    const response = await page.goto(`${site.base}/devices/${id}`);
    check(`${walk.name}: its page is gone`, response.status() === 404, String(response.status()));
    await look(page, walk, "not-found");
  });
  complaints.splice(0, complaints.length, ...complaints.filter((line) => !line.includes("status of 404")));
  check(`${walk.name}: the browser has nothing to complain of`, complaints.length === 0, complaints.join(" | "));
  await context.close();
}

async function walkWithoutScript(browser, site, walk) {
  const text = TEXTS[walk.language];
  const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled: false, viewport: walk.viewport });
  const page = await context.newPage();
  let id = "";
  await step(`${walk.name}: sign in`, () => signIn(page, site, walk));
  await step(`${walk.name}: add a device on a page of its own`, async () => {
    await page.getByRole("link", { name: text.add }).first().click();
    await page.waitForURL("**/devices/new");
    await page.getByLabel(text.site, { exact: true }).selectOption({ label: "Fort-de-France" });
    await page.locator("noscript button, button[formmethod=get]").first().click();
    await page.waitForURL("**/devices/new?*");
    await page.getByLabel(text.device, { exact: true }).selectOption({ label: "Poly VVX 450" });
    await page.getByLabel(text.mac).fill("nothing of the kind");
    await page.getByRole("button", { name: text.save }).click();
    await page.locator("#new-mac-error").waitFor();
    await look(page, walk, "new-wrong");
    await page.getByLabel(text.mac).fill(walk.mac);
    await page.getByRole("button", { name: text.save }).click();
    await page.waitForURL("**/devices?added=*");
    id = new URL(page.url()).searchParams.get("added");
    await look(page, walk, "added");
  });
  await step(`${walk.name}: assign a line and see its credentials`, async () => {
    await page.locator(`#name-${id}`).click();
    await page.locator(`.acts a[href="/devices/${id}/assign"]`).click();
    await page.locator("#user-name").fill(walk.person);
    await page.locator("#user-extension").fill(walk.extension);
    await page.locator("main form").last().locator("button").click();
    await page.waitForURL("**/devices/*?assigned=1");
    await page.locator(`.note a[href="/devices/${id}/lines/1/credentials"]`).click();
    await page.locator("main button.main").click();
    await page.locator("[data-credential=password]").waitFor();
    await look(page, walk, "credentials");
    await page.locator("main footer a").click();
    await page.waitForURL(`**/devices/${id}`);
  });
  await step(`${walk.name}: filter and open the menu`, async () => {
    await page.goto(`${site.base}/devices`);
    await page.locator("#filter-status").selectOption("unregistered");
    await page.locator("form.filters button").click();
    await page.waitForURL((url) => url.searchParams.get("status") === "unregistered");
    await page.locator(`#name-${id}`).waitFor();
    await page.locator("tbody details.menu summary").first().click();
    await page.locator(`details.menu a[href="/devices/${id}/remove"]`).waitFor();
    await look(page, walk, "menu");
  });
  await walkLinesPlain(page, site, walk, { step, look, check, id });
  await step(`${walk.name}: export`, () => walkExport(page, site, walk, { check, look, id }));
  await step(`${walk.name}: export of line states`, () => walkLineExport(page, site, walk, { check, look }));
  await step(`${walk.name}: remove it`, async () => {
    await page.goto(`${site.base}/devices/${id}/remove`);
    await look(page, walk, "remove");
    await page.locator("main button.danger").click();
    await page.waitForURL("**/devices?removed=*");
    check(`${walk.name}: it is gone`, (await page.locator(`#name-${id}`).count()) === 0);
  });
  await step(`${walk.name}: sign out`, async () => {
    await page.locator(".who form button").last().click();
    await page.waitForURL("**/sign-in?ended=1");
    await page.goto(`${site.base}/devices`);
    check(`${walk.name}: signed out is signed out`, new URL(page.url()).pathname === "/sign-in", page.url());
  });
  await context.close();
}

const DESK = { width: 1360, height: 860 };
const POCKET = { width: 360, height: 740 };
const WALKS = [
  { name: "fr-light-desk", language: "fr", colours: "light", viewport: DESK, mac: "00:15:65:ab:cd:01", extension: "1001", person: "Inès Caron", restarts: true },
  { name: "en-dark-desk", language: "en", colours: "dark", viewport: DESK, mac: "00:15:65:ab:cd:02", extension: "1002", person: "Paul Moreau" },
  { name: "fr-dark-pocket", language: "fr", colours: "dark", viewport: POCKET, mac: "00:15:65:ab:cd:03", extension: "1003", person: "Salle Rhône" },
  { name: "en-light-pocket", language: "en", colours: "light", viewport: POCKET, mac: "00:15:65:ab:cd:04", extension: "1004", person: "Reception" },
];

const folder = mkdtempSync(path.join(os.tmpdir(), "tonalite-walk-"));
let browser = null;
try {
  if (shots !== null) mkdirSync(shots, { recursive: true });
  const site = await install(path.join(folder, "data"));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const means = { browser, site, check, step, look, signIn };
  for (const each of WALKS) {
    const walk = { ...each, script: true };
    const chain = String(48201 + WALKS.indexOf(each));
    await part(`${walk.name} list`, () => walkList({ ...means, walk }));
    await part(`${walk.name} parties`, () => walkParties({ ...means, walk }));
    await part(`${walk.name} sites`, () => walkSites({ ...means, walk }));
    await part(`${walk.name} audit`, () => walkAudit({ ...means, walk }));
    await part(`${walk.name} acting`, () => walkActing({ ...means, walk }));
    await part(`${walk.name} dect`, () => walkDect({ ...means, walk: { ...walk, chain } }));
    await part(`${walk.name} import`, () => walkImport({ ...means, walk }));
    await part(walk.name, () => walkWithScript(browser, site, folder, walk));
  }
  await part("the page about the API", () => walkApiDocs(browser, site, { check, look }));
  await part("the help", () => walkHelp(browser, site, { check, look }));
  const plain = { name: "fr-no-script", language: "fr", viewport: DESK, mac: "64:16:7f:02:9a:11", extension: "1011", person: "Accueil", script: false };
  await part(`${plain.name} parties`, () => walkPartiesWithoutScript({ ...means, walk: { ...plain, viewport: POCKET } }));
  await part(`${plain.name} sites`, () => walkSites({ ...means, walk: { ...plain, viewport: POCKET } }));
  await part(`${plain.name} acting`, () => walkActing({ ...means, walk: plain }));
  await part(`${plain.name} dect`, () => walkDect({ ...means, walk: { ...plain, chain: "48299" } }));
  await part(`${plain.name} import`, () => walkImport({ ...means, walk: plain }));
  await part(plain.name, () => walkWithoutScript(browser, site, plain));
} catch (error) {
  check("the walk could be made at all", false, String(error?.stack ?? error));
} finally {
  await browser?.close();
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);
