// Customers and sites, as somebody who runs the installation keeps them: a customer is found, made, refused to be closed while
// something lives there, closed and opened again; a site is made and deleted; a feature is set for several parties in one act.
// `walk.mjs` brings browser and helpers.

import { ABOVE, PASSWORD, section } from "./portal.mjs";

const TEXTS = {
  fr: { section: "Clients", full: "Elle ne peut pas encore être fermée.", closed: "La partie est fermée.", open: "La partie est rouverte.", deleted: "Le site a été supprimé.", done: "partie a été modifiée" },
  en: { section: "Customers", full: "It cannot be closed yet.", closed: "The party is closed.", open: "The party is open again.", deleted: "The site was deleted.", done: "party was changed" },
};

async function enter(browser, site, walk, username) {
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

/** With script a form is a dialog of the page before; both ways the same fields have the same ids. */
export async function walkSites({ browser, site, walk, check, step, look }) {
  const text = TEXTS[walk.language];
  const named = `${walk.name} sites`;
  const page = await enter(browser, site, walk, ABOVE[walk.language]);
  const name = `Cabinet ${walk.name}`;
  let made = "";
  const press = (form, button) => page.locator(`form[action="${form}"] ${button}`).last().click();

  await step(`${named}: a customer is found as one types`, async () => {
    await page.goto(`${site.base}/devices`);
    await section(page, text.section);
    await page.waitForURL("**/parties");
    await look(page, walk, "customers");
    await page.locator("#parties-q").fill("clinique");
    await page.locator("#parties-q").press("Enter");
    await page.waitForURL("**q=clinique**");
    await page.locator(`#results a[href="/parties/${site.customer}"]`).click();
    await page.waitForURL(`**/parties/${site.customer}`);
    await look(page, walk, "customer");
  });
  await step(`${named}: one where something lives is not closed, and says what`, async () => {
    await page.goto(`${site.base}/parties/${site.provider}/close`);
    await page.getByText(text.full).waitFor();
    check(`${named}: with a way there`, (await page.locator(`.consequences a[href="/parties?below=${site.provider}"]`).count()) === 1);
    check(`${named}: and nothing to press`, (await page.locator("button.danger").count()) === 0);
    await look(page, walk, "close-refused");
  });
  await step(`${named}: a customer is made, with a site`, async () => {
    await page.goto(`${site.base}/parties/new?below=${site.provider}`);
    await look(page, walk, "party-new");
    await page.locator("#party-form-kind").selectOption("customer");
    await page.locator("#party-form-name").fill(name);
    await press("/parties/new", "button.main");
    await page.waitForURL("**saved=new");
    made = new URL(page.url()).pathname.split("/").pop();
    await page.goto(`${site.base}/sites/new?party_id=${made}`);
    await page.locator("#site-name").fill("Nantes");
    await page.locator("#site-zone").fill("Europe/Nantes");
    await press("/sites/new", "button.main");
    await page.locator("#site-zone-error").waitFor();
    check(`${named}: what was typed is still there`, (await page.locator("#site-name").inputValue()) === "Nantes");
    await look(page, walk, "site-wrong");
    await page.locator("#site-zone").fill("Europe/Paris");
    await press("/sites/new", "button.main");
    await page.waitForURL("**saved=new");
    await look(page, walk, "site");
    const address = new URL(page.url()).pathname;
    await page.goto(`${site.base}/sites`);
    await look(page, walk, "sites");
    await page.goto(`${site.base}${address}/delete`);
    await press(`${address}/delete`, "button.danger");
    await page.getByText(text.deleted).waitFor();
  });
  await step(`${named}: a feature for several parties in one act`, async () => {
    await page.goto(`${site.base}/party-manager/features?q=${encodeURIComponent(name)}`);
    await look(page, walk, "many");
    await page.locator(`input[name=party][value="${made}"]`).check();
    await page.locator("#many-set").selectOption("device_reboot=off");
    await page.locator("button[value=confirm]").click();
    await look(page, walk, "many-confirm");
    await page.locator("button[value=apply]").click();
    await page.getByText(text.done).waitFor();
    await look(page, walk, "many-done");
    await page.goto(`${site.base}/party-manager/${made}`);
    check(`${named}: and who did it`, (await page.locator("[aria-labelledby=changes-title]").innerText()).includes(ABOVE[walk.language]));
    await look(page, walk, "party-changes");
  });
  await step(`${named}: closed, and opened again`, async () => {
    await page.goto(`${site.base}/parties/${made}/close`);
    await look(page, walk, "close");
    await press(`/parties/${made}/close`, "button.danger");
    await page.getByText(text.closed, { exact: true }).waitFor();
    await look(page, walk, "closed");
    await page.locator(`form[action="/parties/${made}/reopen"] button`).click();
    await page.getByText(text.open, { exact: true }).waitFor();
    await page.goto(`${site.base}/parties/${made}/close`);
    await press(`/parties/${made}/close`, "button.danger");
    await page.getByText(text.closed, { exact: true }).waitFor();
  });
  await page.context().close();
}
