// Line states, as somebody works with them: from the list of devices and back with the site kept, found, filtered, by
// keyboard, live, and without script. `walk.mjs` brings the browser, the device with a phone, and the helpers.

const TEXTS = {
  fr: { tab: "États des lignes", devices: "Appareils", title: "États des lignes", registered: "Enregistré", unregistered: "Non enregistré", nothing: "Rien ne correspond", all: "Tous les sites" },
  en: { tab: "Line States", devices: "Devices", title: "Line States", registered: "Registered", unregistered: "Unregistered", nothing: "Nothing found", all: "All Sites" },
};

const tab = (page, name) => page.locator(".sub-tabs").getByRole("link", { name, exact: true });
const line = (page, id) => page.locator(`#results [data-line="${id}:1"]`);

/** `id`: a device whose line 1 is registered now; `phone` goes away in the end, by `leave`. */
export async function walkLines(page, site, walk, { step, look, check, id, leave, BADGE_MS }) {
  const text = TEXTS[walk.language];
  await step(`${walk.name} lines: from the list of devices and back, the site kept`, async () => {
    await page.goto(`${site.base}/devices`);
    const chosen = await page.locator("#filter-site option", { hasText: "Lyon" }).first().getAttribute("value");
    await page.locator("#filter-site").selectOption(chosen);
    await page.waitForURL(`**/devices?site=${chosen}`);
    await tab(page, text.tab).click();
    await page.waitForURL(`**/line-states?site=${chosen}`);
    await page.getByRole("heading", { level: 1, name: text.title }).waitFor();
    check(`${walk.name}: the site is still chosen`, (await page.locator("#filter-site").inputValue()) === chosen);
    await line(page, id).waitFor();
    await look(page, walk, "lines");
    check(`${walk.name}: all sites can be chosen`, (await page.locator("#filter-site option").first().textContent()) === text.all);
    await page.locator("#filter-site").selectOption("");
    await page.waitForURL("**/line-states");
    await tab(page, text.devices).click();
    await page.waitForURL("**/devices");
    await page.goto(`${site.base}/line-states?columns=address,agent&limit=100`);
    await line(page, id).waitFor();
    await look(page, walk, "lines-columns");
  });
  await step(`${walk.name} lines: found as one types, filtered, and Back`, async () => {
    await page.goto(`${site.base}/line-states`);
    const search = page.locator("#filter-q");
    await search.click();
    await search.pressSequentially(walk.mac.slice(0, 8), { delay: 30 });
    await page.waitForURL("**/line-states?q=*");
    await line(page, id).waitFor();
    check(`${walk.name}: the focus stayed in the search`, await search.evaluate((field) => field === document.activeElement));
    await page.locator("#filter-state").selectOption("registered");
    await page.waitForURL("**/line-states?q=*&state=registered");
    await line(page, id).waitFor();
    await page.locator("#filter-state").selectOption("aged");
    await page.locator("#results .empty h2", { hasText: text.nothing }).waitFor();
    await look(page, walk, "lines-nothing");
    await page.goBack();
    await line(page, id).waitFor();
    check(`${walk.name}: Back leads to the filter before`, new URL(page.url()).searchParams.get("state") === "registered", page.url());
  });
  await step(`${walk.name} lines: by keyboard to a row, its state, its device`, async () => {
    await page.goto(`${site.base}/line-states?q=${walk.mac}`);
    await line(page, id).waitFor();
    await page.locator("#filter-q").focus();
    await page.keyboard.press("ArrowDown");
    check(`${walk.name}: at the row's device`, await page.locator(`#name-${id}-1`).evaluate((link) => link === document.activeElement));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#explain-registered:popover-open").waitFor();
    await look(page, walk, "lines-explained");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/devices/${id}`);
  });
  await step(`${walk.name} lines: at 400 % zoom nothing is cut off`, async () => {
    await page.setViewportSize({ width: 320, height: 640 }); // 1280 px at 400 %
    await page.goto(`${site.base}/line-states?columns=address,agent`);
    await line(page, id).waitFor();
    await look(page, walk, "lines-zoomed");
    await page.setViewportSize(walk.viewport);
  });
  await step(`${walk.name} lines: the phone says goodbye, and the badge turns within two seconds`, async () => {
    await page.goto(`${site.base}/line-states?columns=address`);
    await page.locator("live-status[data-live=on]").waitFor();
    const badge = line(page, id);
    check(`${walk.name}: registered before`, (await badge.locator("[data-word]").innerText()) === text.registered);
    await badge.locator("button").focus();
    await page.evaluate(() => { scrollBy(0, 24); document.documentElement.dataset.walk = "same page"; });
    const scroll = await page.evaluate(() => scrollY);
    await leave();
    const gone = Date.now();
    await badge.locator("[data-word]", { hasText: new RegExp(`^${text.unregistered}$`) }).waitFor({ timeout: 10_000 });
    check(`${walk.name}: the badge of the line turned in time`, Date.now() - gone <= BADGE_MS, `${Date.now() - gone} ms`);
    check(`${walk.name}: shape and explanation, too`, (await badge.getAttribute("data-state")) === "unregistered" && (await badge.locator("button").getAttribute("popovertarget")) === "explain-unregistered");
    check(`${walk.name}: the remark says why`, (await badge.locator("[data-remark]").innerText()) !== "");
    check(`${walk.name}: focus and scroll stayed`, (await badge.locator("button").evaluate((button) => button === document.activeElement)) && (await page.evaluate(() => scrollY)) === scroll);
    check(`${walk.name}: no reload`, (await page.evaluate(() => document.documentElement.dataset.walk)) === "same page");
    await page.locator(`#address-${id}-1 code`).waitFor({ state: "detached", timeout: 5_000 });
    await look(page, walk, "lines-gone");
  });
}

/** Without script: the tab, the filters with their button, the site in the tabs. */
export async function walkLinesPlain(page, site, walk, { step, look, check, id }) {
  const text = TEXTS[walk.language];
  await step(`${walk.name} lines: the tab, a filter with its button, and back with the site`, async () => {
    await page.goto(`${site.base}/devices`);
    await tab(page, text.tab).click();
    await page.waitForURL("**/line-states");
    const chosen = await page.locator("#filter-site option", { hasText: "Fort-de-France" }).getAttribute("value");
    await page.locator("#filter-site").selectOption(chosen);
    await page.locator("#filter-state").selectOption("unregistered");
    await page.locator("form.filters button").click();
    await page.waitForURL((url) => url.searchParams.get("state") === "unregistered");
    await line(page, id).waitFor();
    await look(page, walk, "lines");
    await tab(page, text.devices).click();
    await page.waitForURL(`**/devices?site=${chosen}`);
  });
}
