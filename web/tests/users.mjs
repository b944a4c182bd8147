// Users, as somebody who manages a site works with them: set one up step by step, find, change and delete it, a shared line,
// a range of ports, credentials of the site in one file. `walk.mjs` brings browser and helpers.

import { readFileSync } from "node:fs";
import { PASSWORD, PEOPLE, section } from "./portal.mjs";

const TEXTS = {
  fr: {
    users: "Utilisateurs", made: "Camille Roux est configuré.", again: "Retour", next: "Suivant", submit: "Configurer l’utilisateur", taken: "est déjà utilisé sur ce site",
    shared: "partagée", saved: "Enregistré.", loses: "perd cette ligne", one: "ranged=2", deleted: "L’utilisateur est supprimé.", head: "Adresse MAC",
  },
  en: {
    users: "Users", made: "Camille Roux is set up.", again: "Back", next: "Next", submit: "Set up the user", taken: "is in use at this site",
    shared: "shared", saved: "Saved.", loses: "loses this line", one: "ranged=2", deleted: "The user is deleted.", head: "MAC address",
  },
};

async function enter(browser, site, walk) {
  const context = await browser.newContext({
    locale: walk.language === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: walk.colours ?? "light", viewport: walk.viewport,
    javaScriptEnabled: walk.script, reducedMotion: "reduce", acceptDownloads: true,
  });
  const page = await context.newPage();
  await page.goto(`${site.base}/sign-in`);
  await page.locator("#username").fill(PEOPLE[walk.language]);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("main button").click();
  await page.waitForURL("**/devices");
  return page;
}

const call = (site, method, address, body) => fetch(`${site.base}/api/v1${address}`, {
  method, headers: { authorization: `Bearer ${site.providerToken}`, "content-type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body),
});

export async function walkUsers({ browser, site, walk, check, step, look }) {
  const text = TEXTS[walk.language];
  const named = `${walk.name} users`;
  const complaints = [];
  let page = null;
  let place = null;
  let gateway = null;
  let phone = null;
  const main = () => page.locator("main");
  const button = (name) => main().getByRole("button", { name, exact: true });

  await step(`${named}: a gateway and a phone stand at the site`, async () => {
    [place] = (await (await call(site, "GET", "/sites")).json()).items;
    const add = async (mac, type) => (await (await call(site, "POST", "/devices", { site_id: place.id, device_type_id: type, mac })).json()).id;
    gateway = await add("000b82300001", "grandstream-ht818");
    phone = await add("001565300001", "yealink-t54w");
    page = await enter(browser, site, walk);
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of (412|422)/.test(message.text())) complaints.push(message.text());
    });
  });
  await step(`${named}: set up step by step`, async () => {
    await section(page, text.users);
    await page.getByRole("heading", { level: 1, name: text.users }).waitFor();
    await look(page, walk, "users-before");
    await main().locator("a[href^='/users/new']").first().click();
    await page.locator("#person-site").selectOption(place.id);
    await button(text.next).click();
    await page.locator("#person-name-error").waitFor();
    await look(page, walk, "user-new-wrong");
    await page.locator("#person-name").fill("Camille Roux");
    await page.locator("#person-email").fill("camille.roux@example.net");
    await look(page, walk, "user-new-who");
    await button(text.next).click();
    await page.locator("#person-extension").fill("3001");
    await page.locator("#person-number").fill("+33 4 78 00 30 01");
    await look(page, walk, "user-new-number");
    await button(text.next).click();
    await main().locator(`input[name='device_id'][value='${phone}']`).check();
    await look(page, walk, "user-new-device");
    await button(text.next).click();
    await button(text.submit).waitFor();
    await look(page, walk, "user-new-check");
    await page.goBack();
    await main().locator("input[name='device_id'][type='radio']").first().waitFor();
    check(`${named}: Back leads to the step before`, await main().locator("input[name='port']").isVisible());
    await page.goForward();
    const before = (await (await call(site, "GET", "/users?q=3001")).json()).items;
    check(`${named}: nothing is written before the last button`, before.length === 0);
    await button(text.submit).click();
    await main().getByText(text.made).waitFor();
    await look(page, walk, "user-made");
  });
  await step(`${named}: a shared line, and a change`, async () => {
    const address = page.url().split("?")[0];
    await page.goto(`${address}/assign`);
    await main().locator(`input[name='device_id'][value='${gateway}']`).check();
    check(`${named}: a further line is shared unless one says otherwise`, await page.locator("#person-use").inputValue() === "shared");
    await look(page, walk, "user-assign");
    await main().locator("footer button").click();
    await page.waitForURL("**done=assigned**");
    check(`${named}: said in words`, (await main().innerText()).includes(text.shared));
    await page.goto(`${address}/edit`);
    await page.locator("#person-name").fill("Camille Roux-Petit");
    await look(page, walk, "user-edit");
    await main().locator("footer button").click();
    await main().getByText(text.saved).waitFor();
    await page.goto(`${site.base}/devices/${phone}/remove`);
    check(`${named}: removing a device names who loses a line`, (await main().innerText()).includes("Camille Roux-Petit (3001)"));
    await look(page, walk, "device-remove-people");
  });
  await step(`${named}: a range of ports`, async () => {
    await page.goto(`${site.base}/devices/${gateway}/assign-range`);
    await page.locator("#range-users").fill("3001\n3101; Salle 1; +33478003101\n3102; Salle 2");
    await page.locator("#range-first").fill("1");
    await main().locator("button[value='check']").click();
    await main().locator(".note.bad").waitFor();
    await look(page, walk, "range-wrong");
    await page.locator("#range-users").fill("3101; Salle 1; +33478003101\n3102; Salle 2");
    await page.locator("#range-first").fill("3");
    await main().locator("button[value='check']").click();
    await main().locator("button[value='assign']").waitFor();
    await look(page, walk, "range-check");
    await main().locator("button[value='assign']").click();
    await page.waitForURL(`**${text.one}`);
    await look(page, walk, "range-done");
  });
  await step(`${named}: found as one types`, async () => {
    await page.goto(`${site.base}/users`);
    await look(page, walk, "users");
    await page.locator("#users-q").click();
    await page.locator("#users-q").pressSequentially("salle", { delay: 30 });
    await page.waitForFunction(() => document.querySelectorAll("#results tbody tr").length === 2);
    await look(page, walk, "users-found");
  });
  await step(`${named}: credentials of the site in one file`, async () => {
    await page.goto(`${site.base}/sites/${place.id}/credentials`);
    await page.locator("#credentials-type").selectOption("grandstream-ht818");
    await look(page, walk, "site-credentials");
    const [download] = await Promise.all([page.waitForEvent("download"), main().locator("footer button").click()]);
    const file = readFileSync(await download.path(), "utf8");
    check(`${named}: a heading in the reader's language, and three lines`, file.includes(text.head) && file.trim().split("\r\n").length === 4, file.slice(0, 200));
    await page.goto(`${site.base}/devices/${gateway}`);
    await look(page, walk, "device-overlap");
  });
  await step(`${named}: deleted with what it loses`, async () => {
    const [user] = (await (await call(site, "GET", "/users?q=3001")).json()).items;
    await page.goto(`${site.base}/users/${user.id}/delete`);
    await look(page, walk, "user-delete");
    await main().locator("footer button").click();
    await main().getByText(text.deleted).waitFor();
  });
  await step(`${named}: tidied up`, async () => {
    for (const id of [gateway, phone]) await call(site, "DELETE", `/devices/${id}`);
    for (const user of (await (await call(site, "GET", "/users?q=salle")).json()).items) await call(site, "DELETE", `/users/${user.id}`);
    check(`${named}: no complaint of the browser`, complaints.length === 0, complaints.join(" | "));
    await page.context().close();
  });
}

/** Without script: the steps are plain forms, and Back goes through them. */
export async function walkUsersWithoutScript({ browser, site, walk, check, step, look }) {
  const text = TEXTS[walk.language];
  const named = `${walk.name} users`;
  let page = null;
  await step(`${named}: set up without script`, async () => {
    const [place] = (await (await call(site, "GET", "/sites")).json()).items;
    page = await enter(browser, site, walk);
    await page.goto(`${site.base}/users/new?site_id=${place.id}`);
    await page.locator("#person-name").fill("Camille Roux");
    await page.getByRole("button", { name: text.next, exact: true }).click();
    await page.locator("#person-extension").fill("3009");
    await page.getByRole("button", { name: text.again, exact: true }).click();
    check(`${named}: Back keeps what was typed`, await page.locator("#person-name").inputValue() === "Camille Roux");
    await page.getByRole("button", { name: text.next, exact: true }).click();
    await page.locator("#person-extension").fill("3009");
    await page.getByRole("button", { name: text.next, exact: true }).click();
    await page.locator("input[type='radio'][value='none']").check();
    await look(page, walk, "user-new-device");
    await page.getByRole("button", { name: text.next, exact: true }).click();
    await page.getByRole("button", { name: text.submit, exact: true }).click();
    await page.getByText(text.made).waitFor();
    await look(page, walk, "user-made");
    const [user] = (await (await call(site, "GET", "/users?q=3009")).json()).items;
    await call(site, "DELETE", `/users/${user.id}`);
    await page.context().close();
  });
}
