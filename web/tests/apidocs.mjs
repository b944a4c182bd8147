// The page about the API, as a stranger and as somebody signed in see it: it needs neither an account nor a script.

export async function walkApiDocs(browser, site, { check, look }) {
  const ways = [
    { name: "api-fr-light-desk", language: "fr", colours: "light", viewport: { width: 1360, height: 860 }, script: true, title: "Référence de l’API" },
    { name: "api-en-dark-desk", language: "en", colours: "dark", viewport: { width: 1360, height: 860 }, script: true, title: "API reference" },
    { name: "api-fr-dark-pocket", language: "fr", colours: "dark", viewport: { width: 360, height: 740 }, script: true, title: "Référence de l’API" },
    { name: "api-en-light-pocket", language: "en", colours: "light", viewport: { width: 360, height: 740 }, script: true, title: "API reference" },
    { name: "api-en-no-script", language: "en", colours: "light", viewport: { width: 1360, height: 860 }, script: false, title: "API reference" },
  ];
  for (const way of ways) {
    const context = await browser.newContext({
      locale: way.language === "fr" ? "fr-FR" : "en-GB", colorScheme: way.colours, viewport: way.viewport, javaScriptEnabled: way.script, reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await page.goto(`${site.base}/sign-in`);
    await page.locator(".who a[href='/api/docs']").click();
    await page.waitForURL("**/api/docs");
    check(`${way.name}: the page is in the browser's language`, (await page.locator("html").getAttribute("lang")) === way.language);
    check(`${way.name}: it has its title`, (await page.locator("h1").innerText()) === way.title, await page.locator("h1").innerText());
    const operation = page.locator("#create_device");
    check(`${way.name}: an operation says its path`, (await operation.locator(".call").innerText()).includes("/api/v1/devices"));
    const text = await operation.innerText();
    for (const word of ["mac_taken", "site_id", "curl", "Idempotency-Key", "00:15:65:ab:cd:ef"]) {
      check(`${way.name}: an operation says ${word}`, text.includes(word) || (await operation.textContent()).includes(word));
    }
    await page.locator("nav.contents a[href='#create_device']").click();
    check(`${way.name}: the contents lead there`, page.url().endsWith("#create_device"), page.url());
    const leads = await page.evaluate(() => [...document.querySelectorAll("main a[href^='#']")].filter((a) => document.getElementById(a.getAttribute("href").slice(1)) === null).map((a) => a.getAttribute("href")));
    check(`${way.name}: every link within the page leads somewhere`, leads.length === 0, leads.join(" "));
    await look(page, way, "reference");
    await page.locator("form[action='/language'] button").click();
    await page.waitForURL("**/api/docs");
    check(`${way.name}: the language is switched on the page itself`, (await page.locator("html").getAttribute("lang")) !== way.language);
    await context.close();
  }
}
