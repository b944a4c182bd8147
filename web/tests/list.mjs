// The list of devices, as somebody works in it: found as one types, sorted, filtered, with Back, by keyboard alone, on a
// desk and on a telephone. `walk.mjs` brings the browser, the installation and the helpers.

const TEXTS = {
  fr: { search: "Rechercher", nothing: "Rien ne correspond", users: "Utilisateurs" },
  en: { search: "Search", nothing: "Nothing found", users: "Users" },
};

const MACS = [
  ["00:15:65:10:00:01", "yealink-t54w"], ["00:15:65:10:00:02", "yealink-t46u"], ["64:16:7f:10:00:03", "poly-vvx-450"],
  ["00:04:13:10:00:04", "snom-d785"],
];

/** Adds some devices through the API, as the person who is signed in. */
async function fill(page) {
  return page.evaluate(async (macs) => {
    const api = async (path, body) => {
      const init = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
      return (await fetch(`/api/v1/${path}`, init)).json();
    };
    const site = (await api("sites")).items[0];
    const made = [];
    for (const [mac, device_type_id] of macs) made.push((await api("devices", { mac, device_type_id, site_id: site.id, name: `Été ${mac.slice(-2)}` })).id);
    return made;
  }, MACS);
}

export async function walkList({ browser, site, walk, signIn, check, step, look }) {
  const text = TEXTS[walk.language];
  const context = await browser.newContext({
    locale: walk.language === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: walk.colours, viewport: walk.viewport,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  const rows = () => page.locator("#results tbody tr");
  const macs = () => page.locator("#results tbody td.mac a").allInnerTexts();
  const shows = (count) => page.waitForFunction((n) => document.querySelectorAll("#results tbody tr").length === n, count);
  let made = [];
  await step(`${walk.name} list: sign in and add`, async () => {
    await signIn(page, site, walk);
    made = await fill(page);
    await page.goto(`${site.base}/devices`);
    await shows(4);
    await look(page, walk, "list-all");
  });
  await step(`${walk.name} list: found as one types, focus and caret kept`, async () => {
    const search = page.getByLabel(text.search, { exact: true });
    await search.click();
    await search.pressSequentially("0015.65", { delay: 30 });
    await shows(2);
    await page.waitForURL("**/devices?q=0015.65");
    check(`${walk.name}: the focus stayed in the search`, await search.evaluate((field) => field === document.activeElement && field.selectionStart === 7));
    await search.pressSequentially("10", { delay: 30 });
    await page.waitForURL("**/devices?q=0015.6510");
    await search.fill("ete 03");
    await shows(1);
    check(`${walk.name}: accents do not matter`, (await macs())[0] === "64:16:7f:10:00:03");
    check(`${walk.name}: the total is said aloud`, (await page.locator("list-keys [data-said]").textContent()).startsWith("1 "));
    await look(page, walk, "list-found");
    await search.fill("nulle part");
    await page.locator("#results .empty h2", { hasText: text.nothing }).waitFor();
    await look(page, walk, "list-nothing");
    await page.goBack();
    await shows(4);
    check(`${walk.name}: Back leads to the whole list at once`, new URL(page.url()).search === "", page.url());
  });
  await step(`${walk.name} list: sorted by its heads, filters kept`, async () => {
    if (walk.viewport.width < 720) {
      await page.goto(`${site.base}/devices?q=ete&sort=-mac`);
    } else {
      await page.locator("#filter-kind").selectOption("desk");
      await page.waitForURL("**/devices?kind=desk");
      await page.locator("#sort-mac").click();
      await page.waitForURL("**/devices?kind=desk&sort=-mac");
      check(`${walk.name}: the head says so`, (await page.locator("th", { has: page.locator("#sort-mac") }).getAttribute("aria-sort")) === "descending");
    }
    const found = await macs();
    check(`${walk.name}: descending`, found.join() === [...found].sort().reverse().join(), found.join());
    await page.locator("#filter-lines").check();
    await page.waitForURL("**lines_available=1**");
    check(`${walk.name}: the order stayed`, new URL(page.url()).searchParams.get("sort") === "-mac", page.url());
    await look(page, walk, "list-sorted");
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has("lines_available"));
    await page.waitForFunction(() => !document.querySelector("#filter-lines").checked);
  });
  await step(`${walk.name} list: more columns`, async () => {
    await page.goto(`${site.base}/devices`);
    await page.locator("details.view summary").click();
    await look(page, walk, "list-view");
    await page.locator("#column-users").check();
    await page.waitForURL("**columns=users**");
    await page.locator("#column-seen").check();
    await page.waitForURL("**columns=users,seen**");
    check(`${walk.name}: the column is there`, (await page.locator("#results td[data-label='" + text.users + "']").count()) === 4);
    await look(page, walk, "list-columns");
  });
  await step(`${walk.name} list: by keyboard alone`, async () => {
    await page.goto(`${site.base}/devices`);
    await page.keyboard.press("/");
    const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
    check(`${walk.name}: / is the way to the search`, (await focused()) === "filter-q");
    await page.keyboard.type("0015.65");
    await shows(2);
    await page.keyboard.press("ArrowDown");
    const first = await focused();
    check(`${walk.name}: down to the first row`, first.startsWith("name-"), first);
    await page.keyboard.press("j");
    const second = await focused();
    check(`${walk.name}: j is the next row`, second.startsWith("name-") && second !== first, second);
    await page.keyboard.press("j");
    check(`${walk.name}: the last row is the last`, (await focused()) === second);
    await page.keyboard.press("k");
    check(`${walk.name}: k is the row before`, (await focused()) === first);
    await page.keyboard.press("ArrowUp");
    check(`${walk.name}: up to the search again`, (await focused()) === "filter-q");
    await page.keyboard.type("j");
    await page.locator("#results .empty").waitFor();
    check(`${walk.name}: a letter in the search is a letter`, (await page.locator("#filter-q").inputValue()).endsWith("j"));
    await page.locator("#filter-q").fill("");
    await shows(4);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    check(`${walk.name}: the menu of the row is two tabs on`, await page.evaluate(() => document.activeElement.getAttribute("aria-haspopup") === "menu"));
    await page.keyboard.press("ArrowDown");
    await page.locator("[role=menu]:popover-open").waitFor();
    await page.keyboard.press("j");
    check(`${walk.name}: keys belong to an open menu`, await page.evaluate(() => document.activeElement.getAttribute("role") === "menuitem"));
    await page.keyboard.press("Escape");
    await page.locator("list-keys > button").click();
    await page.locator("#keys:popover-open").waitFor();
    await look(page, walk, "list-keys");
    await page.locator("#keys [data-single]").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    check(`${walk.name}: what is switched off is off`, (await focused()) !== "filter-q");
    await page.evaluate(() => localStorage.clear());
    await page.goto(`${site.base}/devices`);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/devices\/[0-9a-f-]{36}$/);
  });
  await step(`${walk.name} list: at 400 % zoom and very wide`, async () => {
    for (const [name, viewport] of [["list-zoomed", { width: 320, height: 640 }], ["list-wide", { width: 3840, height: 2160 }]]) {
      await page.setViewportSize(viewport);
      await page.goto(`${site.base}/devices?q=ete&columns=users,agent,seen&problem=1&status=no_line`);
      await page.goto(`${site.base}/devices?q=ete&columns=users,agent,seen`);
      await look(page, walk, name);
    }
    await page.setViewportSize(walk.viewport);
  });
  await step(`${walk.name} list: put back as it was`, async () => {
    await page.evaluate(async (ids) => { for (const id of ids) await fetch(`/api/v1/devices/${id}`, { method: "DELETE" }); }, made);
    await page.goto(`${site.base}/devices`);
    check(`${walk.name}: nothing is left`, (await rows().count()) === 0);
  });
  check(`${walk.name} list: the browser has nothing to complain of`, complaints.length === 0, complaints.join(" | "));
  await context.close();
}
