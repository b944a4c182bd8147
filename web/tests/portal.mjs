// What the walk walks through: the real binary with an installation of its own, and a simulated phone of the same binary.

import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import dgram from "node:dgram";
import net from "node:net";
import path from "node:path";

const binary = process.env.TONALITE_BIN ?? "target/debug/tonalite";
const children = [];
export const PASSWORD = "a walk in the park, 2026";
// One for each language: the walk switches it, and the portal remembers.
export const PEOPLE = { fr: "anne.leroy", en: "paul.moreau" };
// Who runs the installation: stands above the provider.
export const ABOVE = { fr: "claire.roche", en: "peter.stone" };

async function freePorts() {
  const tcp = net.createServer().listen(0, "127.0.0.1");
  const udp = dgram.createSocket("udp4").bind(0, "127.0.0.1");
  await Promise.all([new Promise((done) => tcp.once("listening", done)), new Promise((done) => udp.once("listening", done))]);
  const ports = { http: tcp.address().port, sip: udp.address().port };
  await Promise.all([new Promise((done) => tcp.close(done)), new Promise((done) => udp.close(done))]);
  return ports;
}

/** An installation with one provider, one customer, one portal user per language, and two sites. */
export async function install(folder) {
  const ports = await freePorts();
  // The binary refuses variables of its name that it does not know: only ours reach it.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TONALITE_"));
  const env = {
    ...Object.fromEntries(inherited),
    TONALITE_DATA: folder,
    TONALITE_HTTP_LISTEN: `127.0.0.1:${ports.http}`,
    TONALITE_PUBLIC_URL: `http://127.0.0.1:${ports.http}`,
    TONALITE_SIP_LISTEN: `127.0.0.1:${ports.sip}`,
    TONALITE_SIP_PUBLIC_ADDRESS: `127.0.0.1:${ports.sip}`,
    ...(process.env.DATABASE === undefined ? {} : { TONALITE_DATABASE_URL: process.env.DATABASE }),
  };
  const run = (args, input) => execFileSync(binary, args, { env, input, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] }).trim();
  const provider = run(["party", "create", "--kind", "provider", "--name", "Cordial Télécom", "--parent", "platform"]);
  const customer = run(["party", "create", "--kind", "customer", "--name", "Clinique du Parc", "--parent", provider]);
  for (const username of Object.values(PEOPLE)) {
    run(["user", "create", "--username", username, "--party", customer, "--role", "admin", "--password-stdin"], `${PASSWORD}\n`);
  }
  for (const username of Object.values(ABOVE)) {
    run(["user", "create", "--username", username, "--party", "platform", "--role", "admin", "--password-stdin"], `${PASSWORD}\n`);
  }
  // Two more whose rights differ, for what not everybody may see.
  const people = { manager: "claire.manager", support: "sam.support" };
  run(["user", "create", "--username", people.manager, "--party", customer, "--role", "manager", "--password-stdin"], `${PASSWORD}\n`);
  run(["user", "create", "--username", people.support, "--party", provider, "--role", "support", "--password-stdin"], `${PASSWORD}\n`);
  const token = run(["token", "create", "--username", PEOPLE.fr]);
  // Somebody of the party above: what a customer cannot do for itself.
  run(["user", "create", "--username", "provider.admin", "--party", provider, "--role", "admin", "--password-stdin"], `${PASSWORD}\n`);
  const providerToken = run(["token", "create", "--username", "provider.admin"]);

  const base = env.TONALITE_PUBLIC_URL;
  const serve = async () => {
    const server = spawn(binary, ["serve"], { env, stdio: ["ignore", "ignore", "inherit"] });
    children.push(server);
    await until("the server is ready", async () => (await fetch(`${base}/readyz`)).ok, 30_000);
    return server;
  };
  let server = await serve();
  for (const [name, time_zone] of [["Lyon Part-Dieu", "Europe/Paris"], ["Fort-de-France", "America/Martinique"]]) {
    const response = await fetch(`${base}/api/v1/sites`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ party_id: customer, name, time_zone, language: "fr" }),
    });
    if (response.status !== 201) throw new Error(`a site was not made: ${response.status} ${await response.text()}`);
  }
  const stop = async () => {
    server.kill("SIGTERM");
    await ended(server);
  };
  const start = async () => { server = await serve(); };
  const switchLineExport = async (on) => {
    const response = await fetch(`${base}/api/v1/parties/${customer}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${providerToken}`, "content-type": "application/json" },
      body: JSON.stringify({ features: { line_state_export: on } }),
    });
    if (response.status !== 200) throw new Error(`the feature was not switched: ${response.status} ${await response.text()}`);
  };
  return { base, env, stop, start, provider, customer, people, providerToken, switchLineExport };
}

/** Opens a section of the portal: from the bar, or from the menu that a small screen has instead. */
export async function section(page, name) {
  const link = page.locator(".sections > .tabs").getByRole("link", { name, exact: true });
  if (await link.isVisible()) return link.click();
  await page.locator(".sections").locator("button, summary").click();
  await page.locator(".sections ul a", { hasText: name }).click();
}

/** A browser window of its own, signed in as this person. */
export async function enter(browser, site, walk, username) {
  const context = await browser.newContext({
    locale: walk.language === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: walk.colours ?? "light", viewport: walk.viewport,
    javaScriptEnabled: walk.script, reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(`${site.base}/sign-in`);
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("main button").click();
  await page.waitForURL("**/devices");
  return page;
}

export async function until(what, holds, within) {
  const end = Date.now() + within;
  for (;;) {
    if (await holds().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** A phone of ours with these credentials. It says goodbye when it is asked to stop. */
export function startPhone(site, folder, credentials) {
  const file = path.join(folder, `phone-${credentials.username}.txt`);
  writeFileSync(file, `${credentials.username};${credentials.domain};${credentials.password}\n`, { mode: 0o600 });
  const phone = spawn(binary, ["phones", "--credentials", file, "--registrar", credentials.registrar, "--expires", "120", "--reboot-time", "3"], {
    env: site.env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  children.push(phone);
  return phone;
}

export async function ended(child) {
  if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once("exit", done));
}

/** Asks everything that was started to stop; who does not within ten seconds is stopped. */
export async function stopAll() {
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(children.map((child) => Promise.race([ended(child), new Promise((done) => setTimeout(done, 10_000))])));
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}
