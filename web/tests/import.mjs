// Import of devices as a person does it: the template, a file with wrong rows, its results, the mended file, the news on
// another page, the devices in the list, and undoing it all. `walk.mjs` brings the browser, the installation and the helpers.

import { readFileSync } from "node:fs";

const TEXTS = {
  fr: {
    menu: "Importer", template: "Télécharger le modèle .CSV", instructions: "Instructions", upload: "Télécharger le fichier .CSV",
    head: "Adresse MAC;Type d’appareil;Site;Nom;Numéro de série;N° d’inventaire;Remarque;ID de la station multicellulaire", separator: ";",
    nothing: "Rien n’a encore été ajouté", download: "Télécharger les 2 lignes à corriger (.csv)", one: "Ajouter l’appareil valide",
    added: "3 appareils ont été ajoutés.", addedOne: "1 appareil a été ajouté.", fix: "À corriger", there: "Déjà présents", lost: "elle est perdue",
    meant: "Le plus proche", undo: "Défaire cette importation", undone: "3 appareils ont été retirés.", missing: "Choisissez d’abord un fichier.",
  },
  en: {
    menu: "Import", template: "Download .CSV template", instructions: "Instructions", upload: "Upload .CSV file",
    head: "MAC address,Device type,Site,Name,Serial number,Inventory ID,Note,Multi Cell Chain ID", separator: ",",
    nothing: "Nothing has been added yet", download: "Download the 2 rows to fix (.csv)", one: "Add the valid device",
    added: "3 devices were added.", addedOne: "1 device was added.", fix: "To fix", there: "Already there", lost: "cannot be recovered",
    meant: "Nearest", undo: "Undo this import", undone: "3 devices were removed.", missing: "Choose a file first.",
  },
};

const content = async (download) => readFileSync(await (await download).path(), "utf8");

export async function walkImport({ browser, site, walk, signIn, check, step, look }) {
  const text = TEXTS[walk.language];
  // Each walk has addresses of its own: one that ended early leaves its devices to nobody else.
  const mac = (n) => `00:15:65:20:${walk.extension.slice(-2)}:0${n}`;
  const MACS = [mac(1), mac(2), mac(3)];
  const context = await browser.newContext({
    locale: walk.language === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: walk.colours ?? "light", viewport: walk.viewport,
    reducedMotion: "reduce", javaScriptEnabled: walk.script,
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  const name = `${walk.name} import`;
  const openMenu = async () => {
    if (walk.script) await page.getByRole("button", { name: text.menu, exact: true }).click();
    else await page.locator(".head details.menu summary").nth(1).click();
  };
  const item = (label) => page.getByRole(walk.script ? "menuitem" : "link", { name: label, exact: true }).first();
  const file = (rows) => ({ name: "inventaire.csv", mimeType: "text/csv", buffer: Buffer.from(rows) });
  const upload = async (rows) => {
    await page.goto(`${site.base}/imports/new`);
    await page.locator("#upload-file").setInputFiles(file(rows));
    await page.locator("form[enctype] button.main").click();
    await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
  };
  /** The page of the result: by its event, or as it loads itself without script. */
  const result = async () => { await page.locator(".band, .note").first().waitFor({ timeout: 20_000 }); };
  let template = "";
  let id = "";

  await step(`${name}: sign in`, () => signIn(page, site, walk));
  await step(`${name}: the template, from the menu`, async () => {
    await openMenu();
    await item(text.template).waitFor();
    await look(page, walk, "import-menu");
    const [download] = await Promise.all([page.waitForEvent("download"), item(text.template).click()]);
    check(`${name}: its name`, download.suggestedFilename() === "tonalite-devices-template.csv", download.suggestedFilename());
    template = await content(download);
    const lines = template.split("\r\n");
    check(`${name}: a mark and the headings`, lines[0] === `\ufeff${text.head}`, lines[0]);
    check(`${name}: sites and types are in it`, template.includes("Lyon Part-Dieu") && template.includes("Fort-de-France") && template.includes("Yealink T54W"));
    check(`${name}: all rows are comments`, lines.slice(1, -1).every((line) => line.startsWith("#")));
  });
  await step(`${name}: the instructions`, async () => {
    await page.goto(`${site.base}/devices`);
    await openMenu();
    await item(text.instructions).click();
    await page.waitForURL("**/imports/instructions");
    check(`${name}: every code is there`, (await page.locator("#codes tbody tr").count()) === 41, String(await page.locator("#codes tbody tr").count()));
    await look(page, walk, "import-instructions");
  });
  await step(`${name}: the form`, async () => {
    await page.goto(`${site.base}/devices`);
    await openMenu();
    await item(text.upload).click();
    await page.waitForURL("**/imports/new?*");
    check(`${name}: added at once, unless one unticks it`, await page.locator("form[enctype] input[name=at_once]").isChecked());
    await look(page, walk, "import-new");
    await page.locator("form[enctype] button.main").click();
    await page.getByText(text.missing).first().waitFor();
    await look(page, walk, "import-new-missing");
  });
  const s = text.separator;
  const wrong = `${template}${MACS[0]}${s}Yealink T54W${s}Lyon Part-Dieu${s}Accueil${s}${s}${s}\r\n`
    + `1${s === ";" ? "," : "."}57E+11${s}Yealink T54W${s}Lyon Part-Dieu${s}${s}${s}${s}\r\n`
    + `${MACS[2]}${s}Yealink T54${s}Lyonn${s}=1+1${s}${s}${s}\r\n`;
  await step(`${name}: a file with wrong rows`, async () => {
    await upload(wrong);
    await result();
    check(`${name}: nothing is written`, (await page.getByText(text.nothing).count()) > 0);
    const rows = await page.locator("#rows tbody").innerText();
    check(`${name}: each problem in words`, rows.includes(text.lost) && rows.includes(text.meant) && rows.includes("R04") && rows.includes("R13"), rows);
    check(`${name}: one row of problems each`, (await page.locator("#rows tbody tr").count()) === 3);
    check(`${name}: what is right is offered second`, (await page.getByRole("button", { name: text.one }).count()) === 1);
    await look(page, walk, "import-wrong");
  });
  let rejected = "";
  await step(`${name}: the rows to fix`, async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: text.download }).click()]);
    rejected = await content(download);
    check(`${name}: the rows and what is wrong`, rejected.includes("R04") && rejected.includes("Lyonn") && !rejected.includes(MACS[0]), rejected);
    await page.locator(".band a").first().click();
    await page.locator("#rows tbody tr").first().waitFor();
    check(`${name}: the right row`, (await page.locator("#rows tbody").innerText()).includes(MACS[0]));
    await look(page, walk, "import-right");
  });
  await step(`${name}: mended, sent again, and told on another page`, async () => {
    const mended = rejected.replace(/^("?)1[.,]57E\+11("?)/m, `$1${MACS[1]}$2`).replace("Yealink T54\"", "Yealink T54W\"").replace(/Yealink T54(?=[;,])/, "Yealink T54W").replace("Lyonn", "Lyon Part-Dieu");
    // Whoever sees the end on the import's own page is not told of it again: this browser does not get to see that page.
    const own = /\/imports\/[0-9a-f-]{36}$/;
    await page.route(own, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>x</title>" }));
    await upload(`${mended.trimEnd()}\r\n${MACS[0]}${s}Yealink T54W${s}Lyon Part-Dieu${s}Accueil\r\n`);
    id = new URL(page.url()).pathname.split("/").pop();
    await page.unroute(own);
    await page.goto(`${site.base}/devices/new`);
    if (!walk.script) {
      for (let n = 0; n < 50 && (await page.locator("[data-told]").count()) === 0; n += 1) await page.reload();
    }
    const told = page.locator(`[data-told="${id}"]`);
    await told.waitFor({ timeout: 20_000 });
    check(`${name}: how many were added`, (await told.innerText()).includes(text.added), await told.innerText());
    await look(page, walk, "import-told");
    await told.locator("a").click();
    await page.waitForURL(`**/imports/${id}`);
    await result();
    await look(page, walk, "import-applied");
    await page.goto(`${site.base}/devices`);
    check(`${name}: what was seen is not told again`, (await page.locator("[data-told]").count()) === 0);
    const list = await page.locator("#results").innerText();
    check(`${name}: the devices are in the list`, MACS.every((mac) => list.includes(mac)), list);
  });
  await step(`${name}: the same file again harms nothing`, async () => {
    await upload(`${text.head}\r\n${MACS[0]}${s}Yealink T54W${s}Lyon Part-Dieu${s}Accueil${s}${s}${s}${s}\r\n`);
    await result();
    check(`${name}: already there`, (await page.locator(".band").innerText()).includes(text.there));
    await look(page, walk, "import-there");
  });
  if (walk.script) {
    await step(`${name}: an end that is heard while one looks at the list`, async () => {
      await page.goto(`${site.base}/devices`);
      await page.locator("live-status[data-live=on]").waitFor();
      await page.evaluate(async (address) => {
        const body = `mac,device_type,site\r\n${address},Yealink T54W,Lyon Part-Dieu\r\n`;
        await fetch("/api/v1/imports?apply=all_or_nothing", { method: "POST", headers: { "Content-Type": "text/csv" }, body });
      }, mac(4));
      const told = page.locator("[data-told]").first();
      await told.waitFor({ timeout: 15_000 });
      check(`${name}: it is told`, (await told.innerText()).includes(text.addedOne), await told.innerText());
      await look(page, walk, "import-heard");
      const other = await told.getAttribute("data-told");
      await told.locator("button").focus();
      await page.keyboard.press("Enter");
      await told.waitFor({ state: "detached" });
      check(`${name}: closed by keyboard, and the focus is somewhere`, await page.evaluate(() => document.activeElement !== document.body));
      await page.goto(`${site.base}/imports/${other}/undo`);
      await page.locator("button.danger").click();
      await page.waitForURL(`**/imports/${other}`);
      await result();
    });
    await step(`${name}: typed by keyboard alone`, async () => {
      await page.goto(`${site.base}/imports/new`);
      await page.locator("#paste-type").selectOption({ label: "Yealink T54W" });
      await page.locator("#paste-site").selectOption({ label: "Fort-de-France" });
      await page.locator("#paste-macs").focus();
      // A scanner ends each code with Enter: that must not send the form.
      await page.keyboard.type(`${mac(5)}\n`);
      await page.keyboard.type(`${mac(6).replaceAll(":", "")}\n`);
      await look(page, walk, "import-typed");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
      await result();
      await look(page, walk, "import-typed-result");
    });
  }
  await step(`${name}: the list of imports`, async () => {
    await page.goto(`${site.base}/imports`);
    check(`${name}: the file is there`, (await page.locator(`a[href="/imports/${id}"]`).count()) === 1);
    await look(page, walk, "import-list");
  });
  await step(`${name}: undone`, async () => {
    await page.goto(`${site.base}/imports/${id}`);
    await page.getByRole("link", { name: text.undo }).click();
    await page.locator("button.danger").waitFor();
    await look(page, walk, "import-undo");
    await page.locator("button.danger").click();
    await page.getByText(text.undone).first().waitFor({ timeout: 15_000 });
    await look(page, walk, "import-undone");
    await page.goto(`${site.base}/devices`);
    const list = await page.locator("#results").innerText();
    check(`${name}: they are gone`, MACS.every((mac) => !list.includes(mac)), list);
  });
  if (walk.script && walk.viewport.width > 720) {
    await step(`${name}: at 400 % zoom nothing is cut off`, async () => {
      await page.setViewportSize({ width: 320, height: 640 });
      for (const [picture, address] of [["import-zoomed-new", "/imports/new"], ["import-zoomed", `/imports/${id}`], ["import-zoomed-help", "/imports/instructions"]]) {
        await page.goto(site.base + address);
        await look(page, walk, picture);
      }
    });
  }
  check(`${name}: the browser has nothing to complain of`, complaints.length === 0, complaints.join(" | "));
  await context.close();
}
