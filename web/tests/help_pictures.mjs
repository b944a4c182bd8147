// The pictures of the help articles, one of each in each language: what a person sees who follows the article's steps.
// `screenshots.mjs` brings the demo and a page of somebody who manages the clinic's devices.

const DESK = { width: 1200, height: 720 };
const WIDE = { width: 1280, height: 760 };
/** For a window: no larger than needed around it, since an article shows it smaller than it is. */
const WINDOW = { width: 1000, height: 640 };

/** Waits until the page follows the phones, so that no picture says "reconnecting". */
const live = (page) => page.locator("live-status[data-live=on]").waitFor();

/** The list with what `q` finds. */
async function list(page, base, query = "") {
  await page.goto(`${base}/devices${query}`);
  await live(page);
}

/** The window of an act, opened from the menu of the first row of what is found and registered. */
async function act(page, base, q, way) {
  await list(page, base, `?status=registered&q=${encodeURIComponent(q)}`);
  await page.locator("#results tbody [aria-haspopup=menu]").first().click();
  await page.locator(`[role=menu]:popover-open a[href$="/${way}"]`).click();
  const dialog = page.locator("dialog[open]");
  await dialog.locator("h1").waitFor();
  return dialog;
}

async function addDevice(page, base, mac) {
  await list(page, base);
  await page.locator("page-dialog a[href^='/devices/new']").first().click();
  const dialog = page.locator("dialog[open]");
  await dialog.locator("#new-site").selectOption({ index: 1 });
  await dialog.locator("#new-device optgroup").first().waitFor({ state: "attached" });
  await dialog.locator("#new-device").selectOption({ label: "Yealink T54W" });
  await dialog.locator("#new-mac").fill(mac);
  return dialog;
}

async function reboot(page, base) {
  const dialog = await act(page, base, "t46u bureau 12", "reboot");
  await dialog.locator("button.danger").click();
  await page.locator("dialog[open] #progress").or(page.locator("main #progress")).waitFor();
}

/** Rows that are right, and one of each common mistake. */
const IMPORTED = {
  en: "MAC address,Device type,Site,Name\n00:15:65:7a:01:01,Yealink T54W,Lyon Part-Dieu,Room 201\n00:15:65:7a:01:02,Yealink T54W,Lyon Part-Dieu,Room 202\n1.56E+11,Yealink T54W,Lyon Part-Dieu,Room 203\n00:15:65:7a:01:04,Yealink T54,Lyon Part-Dieu,Room 204\n00:15:65:7a:01:05,Yealink T54W,Lyon Part-Dieux,Room 205\n00:15:65:7a:01:01,Yealink T54W,Lyon Part-Dieu,Room 206\n",
  fr: "Adresse MAC;Type d’appareil;Site;Nom\n00:15:65:7a:02:01;Yealink T54W;Lyon Part-Dieu;Chambre 201\n00:15:65:7a:02:02;Yealink T54W;Lyon Part-Dieu;Chambre 202\n1,56E+11;Yealink T54W;Lyon Part-Dieu;Chambre 203\n00:15:65:7a:02:04;Yealink T54;Lyon Part-Dieu;Chambre 204\n00:15:65:7a:02:05;Yealink T54W;Lyon Part-Dieux;Chambre 205\n00:15:65:7a:02:01;Yealink T54W;Lyon Part-Dieu;Chambre 206\n",
};

export const HELP_PICTURES = [
  { name: "getting-started", viewport: WIDE, show: (page, base) => list(page, base) },
  {
    name: "find-a-phone", viewport: DESK,
    async show(page, base) {
      await list(page, base);
      await page.locator("#filter-q").pressSequentially("lyon t54w");
      await page.waitForURL("**/devices?q=lyon%20t54w");
    },
  },
  {
    name: "states", viewport: DESK,
    async show(page, base) {
      await list(page, base, "?problem=1");
      await page.locator("#results tbody [data-state=unregistered] button.state").first().click();
      await page.locator(".explain:popover-open").waitFor();
    },
  },
  {
    name: "device-status", viewport: { width: 1280, height: 640 },
    async show(page, base) {
      const dialog = await act(page, base, "t54w accueil", "status");
      await dialog.locator("#check[data-check=done]").waitFor({ timeout: 10_000 });
    },
  },
  { name: "reboot-ask", viewport: WINDOW, show: (page, base) => act(page, base, "t54w accueil", "reboot") },
  {
    name: "reboot-done", viewport: WINDOW,
    async show(page, base) {
      await reboot(page, base);
      await page.locator("#progress[data-tone=good] [data-step=done]").nth(3).waitFor({ timeout: 120_000 });
    },
  },
  { name: "add-a-device", viewport: WINDOW, show: (page, base) => addDevice(page, base, "00:15:65:ab:cd:ef") },
  {
    name: "add-a-device-error", viewport: { ...WINDOW, height: 720 },
    async show(page, base) {
      const dialog = await addDevice(page, base, "1.56E+11");
      await dialog.locator("footer button").click();
      await dialog.locator("#new-mac-error").waitFor();
    },
  },
  { name: "remove-a-device", viewport: WINDOW, show: (page, base) => act(page, base, "t54w accueil", "remove") },
  { name: "assign-line", viewport: { ...WINDOW, height: 800 }, show: (page, base) => act(page, base, "t54w accueil", "assign") },
  {
    name: "credentials", viewport: { ...WINDOW, height: 720 },
    async show(page, base) {
      await list(page, base, "?q=d785");
      await page.locator("#results [id^=name-]").first().click();
      await page.locator("#lines [aria-haspopup=menu]").first().click();
      await page.locator("[role=menu]:popover-open a[href$='/credentials']").click();
      await page.locator("dialog[open] button.main").click();
      await page.locator("[data-credential=password]").waitFor();
    },
  },
  {
    name: "export-devices", viewport: DESK,
    async show(page, base) {
      await list(page, base);
      await page.locator(".head .acts [aria-haspopup=menu]").first().click();
      await page.locator("[role=menu]:popover-open").waitFor();
    },
  },
  {
    name: "languages-and-keyboard", viewport: DESK,
    async show(page, base) {
      await list(page, base);
      await page.locator("list-keys button").click();
      await page.locator("#keys:popover-open").waitFor();
    },
  },
  {
    name: "api-and-tokens", viewport: WIDE,
    show: (page, base) => page.goto(`${base}/api/docs#create_token`),
  },
  { name: "import-upload", viewport: { width: 1200, height: 860 }, show: (page, base) => page.goto(`${base}/imports/new`) },
  {
    name: "import-results", viewport: DESK,
    async show(page, base, { language }) {
      await page.goto(`${base}/imports/new`);
      await page.locator("#upload-file").setInputFiles({ name: language === "fr" ? "inventaire.csv" : "inventory.csv", mimeType: "text/csv", buffer: Buffer.from(IMPORTED[language]) });
      await page.locator("csv-drop footer button").click();
      await page.locator("#rows table").waitFor({ timeout: 30_000 });
    },
  },
  { name: "line-states", viewport: { width: 1360, height: 760 }, async show(page, base) { await page.goto(`${base}/line-states`); await live(page); } },
  {
    name: "export-device-status", login: "admin", viewport: { width: 1360, height: 640 },
    async show(page, base) {
      // The export is off at first: the platform switches it on for its provider.
      await page.evaluate(async () => {
        const parties = await (await fetch("/api/v1/parties?limit=200")).json();
        const provider = parties.items.find((party) => party.kind === "provider");
        await fetch(`/api/v1/parties/${provider.id}`, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ features: { line_state_export: true } }) });
      });
      await page.goto(`${base}/line-states`);
      await live(page);
      await page.locator("form.export-form button").click();
      await page.locator("[data-exports] [data-fetch]:not([hidden])").first().waitFor({ timeout: 30_000 });
    },
  },
  {
    name: "party-manager", login: "admin", viewport: { width: 1200, height: 660 },
    async show(page, base) {
      await page.goto(`${base}/party-manager`);
      await page.getByRole("link", { name: "Cordial Télécom", exact: true }).first().click();
      await page.locator("#features-title").waitFor();
    },
  },
  {
    name: "dect-system", login: "admin", viewport: { width: 1200, height: 460 },
    async show(page, base, { language }) {
      // One base for each language: whoever made the first picture has put the first one into a system.
      await list(page, base, "?kind=dect_base");
      await page.locator("#results [id^=name-]").nth(language === "fr" ? 1 : 0).click();
      await page.locator("a[href*='/dect-systems/new']").click();
      const dialog = page.locator("dialog[open]");
      await dialog.locator("#dect-name").fill(language === "fr" ? "Bâtiment A" : "Building A");
      await dialog.locator("#dect-chain").fill(language === "fr" ? "40718" : "40717");
      await dialog.locator("footer button").click();
      await page.waitForURL(/\/dect-systems\/[0-9a-f-]{36}/u);
    },
  },
];
