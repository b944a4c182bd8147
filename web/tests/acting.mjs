// Acting for a customer, as an agent of its provider does it: found by search, worked for under a banner that stays, ended by
// hand; and what the customer's own device says afterwards. `walk.mjs` brings browser and helpers.

import { enter } from "./portal.mjs";

const TEXTS = {
  fr: { for: "Vous agissez pour Clinique du Parc.", begin: "Agir pour Clinique du Parc", end: "Ne plus agir pour lui" },
  en: { for: "You act for Clinique du Parc.", begin: "Act for Clinique du Parc", end: "Stop acting" },
};

export async function walkActing({ browser, site, walk, check, step, look }) {
  const text = TEXTS[walk.language];
  const named = `${walk.name} acting`;
  const complaints = [];
  let agent = null;
  await step(`${named}: sign in as an agent`, async () => {
    agent = await enter(browser, site, walk, site.people.support);
    agent.on("pageerror", (error) => complaints.push(String(error)));
    agent.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  });
  await step(`${named}: find the customer`, async () => {
    await agent.locator('.who a[href="/acting"]').click();
    await agent.waitForURL("**/acting");
    await agent.locator("#acting-q").fill("parc clin");
    if (!walk.script) await agent.locator("form.filters button").click();
    await agent.waitForURL("**q=parc**");
    await agent.getByRole("button", { name: text.begin }).waitFor();
    check(`${named}: nothing else is found`, (await agent.locator("#results tbody tr").count()) === 1);
    await look(agent, walk, "acting");
  });
  await step(`${named}: work in its portal`, async () => {
    await agent.getByRole("button", { name: text.begin }).click();
    await agent.waitForURL("**/devices");
    for (const address of ["/line-states", "/help", "/devices/00000000-0000-7000-8000-000000000000", "/devices"]) {
      await agent.goto(`${site.base}${address}`);
      check(`${named}: the banner is on ${address}`, (await agent.locator(".acting").innerText()).includes(text.for));
    }
    complaints.splice(0); // the page that was not found
    check(`${named}: no other customer is offered`, (await agent.locator('.who a[href="/acting"]').count()) === 0);
    await look(agent, walk, "acting-devices");
    await agent.evaluate(() => scrollTo(0, document.body.scrollHeight));
    check(`${named}: the banner stays in sight`, await agent.locator(".acting").isVisible() && await agent.evaluate(() => document.querySelector(".acting").getBoundingClientRect().top >= 0));
  });
  await step(`${named}: stop`, async () => {
    await agent.getByRole("button", { name: text.end }).click();
    await agent.waitForURL("**/acting");
    check(`${named}: the banner is gone`, (await agent.locator(".acting").count()) === 0);
  });
  check(`${named}: the browser has nothing to complain of`, complaints.length === 0, complaints.join(" | "));
  await agent?.context().close();
}
