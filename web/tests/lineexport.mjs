// Exporting line states as a person does it, under the contract: switched off and by whom it can be switched on, a double
// click, shared with another's export, refused and tried again by itself, and without script. Files are read byte by byte.

import { readFileSync } from "node:fs";

const TEXTS = {
  fr: {
    button: "Exporter l’état de l’appareil", off: "Les administrateurs de Cordial Télécom peuvent l’activer", first: "Client;Site;Adresse MAC;", again: "Réessayer",
    delayed: "Une autre de vos exportations est en cours", shared: "Partagée avec une exportation d’il y a", countdown: "Nouvel essai automatique dans",
    refused: "venez de lancer une exportation", ready: "Le fichier est prêt.", print: "Code HTTP 429", name: /^tonalite-lignes-Clinique-du-Parc-tous-\d{8}T\d{4}Z\.csv$/,
  },
  en: {
    button: "Export Device Status", off: "The administrators of Cordial Télécom can switch it on", first: "Customer,Site,MAC address,", again: "Try again",
    delayed: "Another of your exports is under way", shared: "Shared with an export of", countdown: "Tries again by itself in",
    refused: "began an export a moment ago", ready: "The file is ready.", print: "HTTP status 429", name: /^tonalite-lines-Clinique-du-Parc-all-\d{8}T\d{4}Z\.csv$/,
  },
};

const read = async (file) => ({ name: file.suggestedFilename(), content: readFileSync(await file.path(), "utf8") });

/** The provider's own export of the same rows, once the window of the customer is over. */
async function exportAsProvider(site) {
  for (let tries = 0; tries < 20; tries += 1) {
    const response = await fetch(`${site.base}/api/v1/exports/line-states.csv?party_id=${site.customer}`, { headers: { authorization: `Bearer ${site.providerToken}` } });
    await response.arrayBuffer();
    if (response.status === 200 && response.headers.get("age") === null) return;
    await new Promise((done) => setTimeout(done, 1_000));
  }
  throw new Error("the provider's export was never made");
}

export async function walkLineExport(page, site, walk, { check, look }) {
  const text = TEXTS[walk.language];
  const open = async () => {
    await page.goto(`${site.base}/line-states`);
    return page.getByRole("button", { name: text.button, exact: true });
  };
  await site.switchLineExport(false);
  let button = await open();
  check(`${walk.name}: no button while it is switched off`, (await button.count()) === 0);
  check(`${walk.name}: it says who can switch it on`, (await page.locator(".export-none").innerText()).includes(text.off), await page.locator(".export-none").innerText());
  await look(page, walk, "lineexport-off");
  await site.switchLineExport(true);
  button = await open();

  if (!walk.script) {
    const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
    const { name, content } = await read(file);
    check(`${walk.name}: the file has a name that says what it is`, text.name.test(name), name);
    check(`${walk.name}: the form for a person`, content.startsWith(`\ufeff${text.first}`), content.slice(0, 80));
    await button.click();
    await page.waitForURL("**/line-states/export?*");
    check(`${walk.name}: the page says why`, (await page.locator("main").innerText()).includes(text.refused), await page.locator("main").innerText());
    check(`${walk.name}: with the code in small print`, (await page.locator("main").innerText()).includes(text.print));
    await look(page, walk, "lineexport-again");
    await new Promise((done) => setTimeout(done, 5_000));
    const [second] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: text.again, exact: true }).click()]);
    check(`${walk.name}: the button tries again`, (await read(second)).content.startsWith(`\ufeff${text.first}`));
    return;
  }

  const items = page.locator("[data-exports] > li");
  const detail = (n) => items.nth(n).locator("[data-detail]");
  const link = (n) => items.nth(n).locator("[data-fetch]");
  // A double click: both asked at once, before the first can have ended.
  const downloads = [];
  page.on("download", (file) => downloads.push(file));
  await button.evaluate((element) => { element.click(); element.click(); });
  // Which of the two came first, the network decides.
  await items.filter({ hasText: new RegExp(`${text.delayed}|${text.refused}`) }).waitFor({ timeout: 10_000 });
  await items.filter({ hasText: text.ready }).first().waitFor({ timeout: 10_000 });
  await look(page, walk, "lineexport-double");
  for (const n of [0, 1]) await link(n).waitFor({ timeout: 15_000 });
  check(`${walk.name}: both have their file`, (await detail(0).innerText()).includes(text.ready) && (await detail(1).innerText()).includes(text.ready));
  const { name, content } = await read(downloads[0]);
  check(`${walk.name}: the file has a name that says what it is`, text.name.test(name), name);
  check(`${walk.name}: the form for a person`, content.startsWith(`\ufeff${text.first}`), content.slice(0, 80));
  check(`${walk.name}: times are in the reader's zone`, content.split("\r\n")[0].includes("(Europe/Paris)"), content.split("\r\n")[0]);

  // What another has just made is shared; a second of one's own in the window is refused, counted down, and tried by itself.
  await exportAsProvider(site);
  await new Promise((done) => setTimeout(done, 1_500));
  await button.click();
  await detail(0).filter({ hasText: text.shared }).waitFor({ timeout: 10_000 });
  check(`${walk.name}: who asked is not named to a party below`, !(await detail(0).innerText()).includes("provider.admin"), await detail(0).innerText());
  await look(page, walk, "lineexport-shared");
  const countdown = items.nth(0).locator("[data-countdown]").filter({ hasText: text.countdown });
  await button.click();
  // On a slow machine the provider's window is over by now: then this one is made, and opens a window of its own.
  await page.locator("[data-exports] > li:first-child:is([data-state=rejected], [data-state=ready])").waitFor({ timeout: 10_000 });
  if ((await items.nth(0).getAttribute("data-state")) === "ready") await button.click();
  await countdown.waitFor({ timeout: 10_000 });
  check(`${walk.name}: the reason`, (await detail(0).innerText()).includes(text.refused), await detail(0).innerText());
  check(`${walk.name}: the code in small print`, (await items.nth(0).locator("[data-print]").innerText()).includes(text.print));
  await look(page, walk, "lineexport-rejected");
  await link(0).waitFor({ timeout: 15_000 });
  check(`${walk.name}: it was tried again by itself`, (await detail(0).innerText()).includes(text.ready), await detail(0).innerText());
  check(`${walk.name}: the page is still the list`, new URL(page.url()).pathname === "/line-states", page.url());
}
