// Exporting the device list as a person does it: from the menu, all of it and what a filter shows. The files are read
// byte by byte: what a spreadsheet makes of them begins there.

import { readFileSync } from "node:fs";

const TEXTS = {
  fr: {
    menu: "Exporter", all: "Exporter tous les appareils", shown: "Exporter les résultats affichés",
    columns: "Exporter tous les appareils avec toutes les colonnes", first: "Adresse MAC;Type d’appareil;Lignes disponibles;Site",
    since: "Depuis (Europe/Paris)", file: /^tonalite-appareils-Clinique-du-Parc-tous-\d{8}T\d{4}Z\.csv$/,
  },
  en: {
    menu: "Export", all: "Export all devices", shown: "Export the results shown",
    columns: "Export all devices with all columns", first: "MAC address,Device type,Available lines,Site",
    since: "Since (Europe/Paris)", file: /^tonalite-devices-Clinique-du-Parc-all-\d{8}T\d{4}Z\.csv$/,
  },
};

/** `id`: a device of the list that is unregistered. */
export async function walkExport(page, site, walk, { check, look, id }) {
  const text = TEXTS[walk.language];
  const download = async (item) => {
    if (walk.script) await page.getByRole("button", { name: text.menu, exact: true }).click();
    else await page.locator(".head details.menu summary").first().click();
    const link = walk.script ? page.getByRole("menuitem", { name: item, exact: true }) : page.getByRole("link", { name: item, exact: true });
    await link.waitFor();
    if (item === text.all) await look(page, walk, "export");
    const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
    return { name: file.suggestedFilename(), content: readFileSync(await file.path(), "utf8") };
  };
  await page.goto(`${site.base}/devices`);
  const mac = (await page.locator(`#name-${id}`).innerText()).trim();

  const all = await download(text.all);
  check(`${walk.name}: the file has a name that says what it is`, text.file.test(all.name), all.name);
  const lines = all.content.split("\r\n");
  check(`${walk.name}: a mark, and the article's four columns`, lines[0] === `\ufeff${text.first}`, lines[0]);
  check(`${walk.name}: the device is in it`, lines.some((line) => line.startsWith(mac)));
  check(`${walk.name}: the page is still the list`, new URL(page.url()).pathname === "/devices", page.url());

  if (walk.script) {
    await page.goto(`${site.base}/devices`);
    const columns = await download(text.columns);
    check(`${walk.name}: times are in the reader's zone`, columns.content.split("\r\n")[0].includes(text.since), columns.content.split("\r\n")[0]);
    await page.goto(`${site.base}/devices`);
    await page.locator("#filter-status").selectOption("aged");
    await page.waitForURL("**/devices?status=aged");
  } else {
    await page.goto(`${site.base}/devices?status=aged`);
  }
  const shown = await download(text.shown);
  check(`${walk.name}: what is shown is what is exported`, !shown.content.includes(mac) && shown.content.startsWith(`\ufeff${text.first}`), shown.content);
}
