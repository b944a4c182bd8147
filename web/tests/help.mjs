// The help, as a stranger and as somebody signed in see it: behind the header of every page, without account and without
// script, in both languages, on a desk and on a telephone.

const TEXTS = {
  fr: { help: "Aide", states: "Ce que signifient les états", aged: "âgé", all: "Tous les articles", reboot: "Aide : Redémarrer un appareil", contents: "Dans cet article" },
  en: { help: "Help", states: "What the states mean", aged: "aged", all: "All articles", reboot: "Help: Reboot a device", contents: "In this article" },
};

const DESK = { width: 1360, height: 860 };
const POCKET = { width: 360, height: 740 };

const WAYS = [
  { name: "help-fr-light-desk", language: "fr", colours: "light", viewport: DESK, script: true },
  { name: "help-en-dark-desk", language: "en", colours: "dark", viewport: DESK, script: true },
  { name: "help-fr-dark-pocket", language: "fr", colours: "dark", viewport: POCKET, script: true },
  { name: "help-en-light-pocket", language: "en", colours: "light", viewport: POCKET, script: true },
  { name: "help-fr-no-script", language: "fr", colours: "light", viewport: DESK, script: false },
];

export async function walkHelp(browser, site, { check, look }) {
  for (const way of WAYS) {
    const text = TEXTS[way.language];
    const context = await browser.newContext({
      locale: way.language === "fr" ? "fr-FR" : "en-GB", colorScheme: way.colours, viewport: way.viewport, javaScriptEnabled: way.script, reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await page.goto(`${site.base}/sign-in`);
    await page.locator(".who").getByRole("link", { name: text.help, exact: true }).click();
    await page.waitForURL("**/help");
    check(`${way.name}: the index is in the browser's language`, (await page.locator("html").getAttribute("lang")) === way.language);
    check(`${way.name}: it has its title`, (await page.locator("h1").innerText()) === text.help, await page.locator("h1").innerText());
    await look(page, way, "index");
    const articles = await page.locator("main li > a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
    check(`${way.name}: there is an article for each task`, articles.length >= 16, String(articles.length));

    for (const address of articles) {
      const response = await page.goto(site.base + address);
      const name = address.replace("/help/", "");
      check(`${way.name}: ${name} is there`, response.status() === 200, String(response.status()));
      // A picture is loaded when one comes near it.
      for (const picture of await page.locator("article img").all()) {
        await picture.scrollIntoViewIfNeeded();
        const loaded = await picture.evaluate((img) => img.decode().then(() => img.naturalWidth > 0, () => false));
        check(`${way.name}: a picture of ${name} is shown`, loaded, await picture.getAttribute("src"));
      }
      const lost = await page.evaluate(() => [...document.querySelectorAll("main a[href^='#']")].filter((a) => document.getElementById(decodeURIComponent(a.getAttribute("href").slice(1))) === null).map((a) => a.getAttribute("href")));
      check(`${way.name}: every entry of the contents of ${name} leads somewhere`, lost.length === 0, lost.join(" "));
      await look(page, way, name);
    }

    await page.goto(`${site.base}/help/states#${text.aged}`);
    check(`${way.name}: the help on a state begins at it`, (await page.locator(":target").innerText()).toLowerCase() === text.aged);
    await page.locator("form[action='/language'] button").click();
    await page.waitForURL("**/help/states");
    check(`${way.name}: the language is switched on the article itself`, (await page.locator("html").getAttribute("lang")) !== way.language);
    await page.locator("form[action='/language'] button").click();
    await page.getByRole("link", { name: text.all }).click();
    await page.waitForURL("**/help");
    await page.emulateMedia({ media: "print" });
    await page.goto(`${site.base}/help/reboot`);
    check(`${way.name}: on paper there are no contents`, !(await page.locator("nav.contents").isVisible()) && (await page.locator("article").isVisible()));
    await context.close();
  }
}

/** The ways to the help from the pages, as somebody signed in. */
export async function walkHelpLinks(page, walk, id, { step, check }) {
  const text = TEXTS[walk.language];
  await step(`${walk.name}: from a state to its help, and from a window beside it`, async () => {
    await page.locator(".status button.state").first().click();
    const more = page.locator(".explain:popover-open a");
    check(`${walk.name}: the explanation leads to the help`, (await more.getAttribute("href")).startsWith("/help/states#"));
    await page.keyboard.press("Escape");
    await page.locator(`.acts a[href="/devices/${id}/reboot"]`).click();
    const dialog = page.locator("dialog[open]");
    const link = dialog.locator("a.help-link");
    check(`${walk.name}: the window names its help`, (await link.getAttribute("aria-label")).replaceAll("\u00a0", " ").startsWith(text.reboot), await link.getAttribute("aria-label"));
    const [beside] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
    await beside.waitForURL("**/help/reboot");
    await beside.close();
    check(`${walk.name}: the window is still open`, await dialog.isVisible());
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
}
