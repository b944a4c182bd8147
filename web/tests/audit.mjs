// The audit log, as an administrator reads it: narrowed by what was done, opened, taken away; and what it says on a telephone.
// `walk.mjs` brings the browser, the installation and the helpers.

import { section } from "./portal.mjs";

const TEXTS = {
  fr: { log: "Journal d’audit", done: "Fait", details: "Détails", find: "Rechercher", file: "Exporter en CSV", nothing: "Rien ne correspond", action: "Action" },
  en: { log: "Audit log", done: "Done", details: "Details", find: "Find", file: "Export as CSV", nothing: "Nothing found", action: "Action" },
};

export async function walkAudit({ browser, site, walk, signIn, check, step, look }) {
  const text = TEXTS[walk.language];
  const context = await browser.newContext({
    locale: walk.language === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: walk.colours, viewport: walk.viewport,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await step(`${walk.name} audit: from the bar to the newest acts`, async () => {
    await signIn(page, site, walk);
    await section(page, text.log);
    await page.waitForURL("**/audit");
    check(`${walk.name}: there are acts`, (await page.locator("table.audit > tbody > tr").count()) > 0);
    await look(page, walk, "audit-all");
  });
  await step(`${walk.name} audit: narrowed to signing in, and opened`, async () => {
    await page.locator("#audit-action").selectOption("session.create");
    await page.getByRole("button", { name: text.find, exact: true }).click();
    await page.waitForURL("**/audit?*action=session.create*");
    check(`${walk.name}: the zone is the reader's`, new URL(page.url()).searchParams.get("tz") === "Europe/Paris", page.url());
    check(`${walk.name}: one's own sign-in`, (await page.locator("table.audit > tbody > tr").first().innerText()).includes(text.done));
    await page.goto(`${site.base}/audit`);
    const details = page.locator("table.audit details").first();
    if ((await details.count()) > 0) {
      await details.locator("summary").click();
      await look(page, walk, "audit-open");
    }
    await page.goto(`${site.base}/audit?q=nothing-like-it`);
    await page.locator("#results h2", { hasText: text.nothing }).waitFor();
    await look(page, walk, "audit-nothing");
  });
  await step(`${walk.name} audit: taken away`, async () => {
    await page.goto(`${site.base}/audit`);
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: text.file }).click()]);
    check(`${walk.name}: the file has a name`, file.suggestedFilename().endsWith(".csv"), file.suggestedFilename());
  });
  check(`${walk.name} audit: no complaint of the browser`, complaints.length === 0, complaints.join("; "));
  await context.close();
}
