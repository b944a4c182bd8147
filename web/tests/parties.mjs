// Party Manager, as somebody who runs the installation uses it, and what a customer's own people see of it on pages that are
// open meanwhile: a feature goes and comes back, a site may have two models only. `walk.mjs` brings browser and helpers.

import { ABOVE, PEOPLE, enter, section } from "./portal.mjs";

const CONTACT = "+33 4 78 00 00 00";
const TEXTS = {
  fr: {
    off: "Désactivé ici, et donc pour tout ce qui en dépend.", saved: "Les fonctions sont enregistrées.", reboot: "Redémarrer l’appareil",
    refused: "La fonction «\u00a0Redémarrage d’appareils\u00a0» est désactivée pour Clinique du Parc. Les administrateurs de Cordial Télécom peuvent l’activer.",
    asks: `Cordial Télécom\u00a0: ${CONTACT}`, count: "Choisis\u00a0: 2 sur ", taken: "Retirer ces types d’appareil\u202f?", setBy: "Défini par les administrateurs de Cordial Télécom.",
  },
  en: {
    off: "Switched off here, and so for all below.", saved: "The features are saved.", reboot: "Reboot Device",
    refused: "“Reboot of devices” is switched off for Clinique du Parc. The administrators of Cordial Télécom can switch it on.",
    asks: `Cordial Télécom: ${CONTACT}`, count: "2 of ", taken: "Take these device types away?", setBy: "Set by the administrators of Cordial Télécom.",
  },
};

const sites = (page) => page.evaluate(async () => (await (await fetch("/api/v1/sites")).json()).items);

export async function walkParties({ browser, site, walk, check, step, look }) {
  const text = TEXTS[walk.language];
  const named = `${walk.name} parties`;
  const complaints = [];
  let above = null;
  let person = null;
  let device = "";
  const opened = `${site.base}/party-manager/${site.customer}`;
  const switchReboot = async (to) => {
    await above.goto(opened);
    await above.locator("#feature-device_reboot").selectOption(to);
    await above.locator("#save-features").click();
    await above.waitForURL("**saved=features");
    await above.locator(".note.good", { hasText: text.saved }).waitFor();
  };

  await step(`${named}: sign in, above and below`, async () => {
    above = await enter(browser, site, walk, ABOVE[walk.language]);
    person = await enter(browser, site, walk, PEOPLE[walk.language]);
    for (const page of [above, person]) {
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" && !/status of (403|422)/.test(message.text())) complaints.push(message.text());
      });
    }
    const [at] = await sites(person);
    device = await person.evaluate(async (body) => {
      const made = await fetch("/api/v1/devices", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      return (await made.json()).id;
    }, { site_id: at.id, device_type_id: "yealink-t54w", mac: "00:15:65:20:00:01" });
  });
  await step(`${named}: found as one types`, async () => {
    await section(above, "Party Manager");
    await above.getByRole("heading", { level: 1, name: "Party Manager" }).waitFor();
    await look(above, walk, "parties");
    const search = above.locator("#party-q");
    await search.click();
    await search.pressSequentially("clin parc", { delay: 30 });
    await above.waitForFunction(() => document.querySelectorAll("#results tbody tr").length === 1);
    check(`${named}: the focus stayed in the search`, await search.evaluate((field) => field === document.activeElement));
    check(`${named}: where it stands`, (await above.locator("#results tbody tr").innerText()).includes("Cordial Télécom"));
    await look(above, walk, "parties-found");
    await search.fill("nulle part");
    await above.locator("#results .empty").waitFor();
    await look(above, walk, "parties-nothing");
    await search.fill("clinique");
    await above.locator(`#results a[href="/party-manager/${site.customer}"]`).click();
    await above.waitForURL(opened);
    await look(above, walk, "party");
  });
  await step(`${named}: the provider says how it is reached`, async () => {
    await above.goto(`${site.base}/party-manager/${site.provider}`);
    await look(above, walk, "party-provider");
    await above.locator("#party-contact").fill(CONTACT);
    await above.locator("#party-contact").press("Enter");
    await above.waitForURL("**saved=contact");
  });
  await step(`${named}: switched off, an open page is refused with the words`, async () => {
    await person.goto(`${site.base}/devices/${device}`);
    const button = person.getByRole("link", { name: text.reboot });
    await button.waitFor();
    await switchReboot("off");
    check(`${named}: the page says why`, (await above.locator("main").innerText()).includes(text.off));
    await look(above, walk, "party-off");
    // The page of the customer's person still has the button.
    await button.click();
    const dialog = person.locator("dialog[open]");
    await dialog.getByText(text.refused).waitFor();
    check(`${named}: with whom to ask`, (await dialog.innerText()).includes(text.asks), await dialog.innerText());
    check(`${named}: nothing to press`, (await dialog.locator("button.danger").count()) === 0);
    await look(person, walk, "reboot-off");
    await person.keyboard.press("Escape");
    const refused = await person.evaluate(async (id) => {
      const answer = await fetch(`/api/v1/devices/${id}/reboots`, { method: "POST", headers: { "Accept-Language": document.documentElement.lang } });
      return { status: answer.status, ...(await answer.json()) };
    }, device);
    check(`${named}: the API says the same`, refused.code === "feature_disabled" && refused.detail.startsWith(text.refused), JSON.stringify(refused));
    await person.reload();
    check(`${named}: no button any more`, (await person.getByRole("link", { name: text.reboot }).count()) === 0);
    await person.getByText(text.refused).waitFor();
    await look(person, walk, "device-off");
    await person.goto(`${site.base}/devices`);
    check(`${named}: nor in the menus of the list`, (await person.locator(`a[href$="/reboot"]`).count()) === 0);
  });
  await step(`${named}: a customer's administrators read what is set for them`, async () => {
    await section(person, "Party Manager");
    await person.waitForURL(opened);
    await person.getByText(text.setBy).waitFor();
    check(`${named}: and switch nothing`, (await person.locator("#save-features").count()) === 0);
    await look(person, walk, "party-own");
  });
  await step(`${named}: switched on again`, async () => {
    await switchReboot("inherit");
    await person.goto(`${site.base}/devices/${device}`);
    await person.getByRole("link", { name: text.reboot }).waitFor();
  });
  await step(`${named}: two models for a site`, async () => {
    const lyon = (await sites(person)).find((found) => found.name === "Lyon Part-Dieu");
    await above.goto(opened);
    await above.locator(`a[href="/party-manager/sites/${lyon.id}/device-types"]`).click();
    await look(above, walk, "types");
    await above.locator(`.find [data-none]`).click();
    const search = above.locator("#types-q");
    for (const model of ["T54W", "vvx 450"]) {
      await search.fill(model);
      await above.waitForFunction(() => document.querySelectorAll(".makers label:not([hidden])").length === 1);
      await above.locator(".makers label:not([hidden]) input").focus();
      await above.keyboard.press("Space");
    }
    await search.press("Enter");
    check(`${named}: Enter in the search sends nothing`, new URL(above.url()).pathname.endsWith("/device-types"));
    check(`${named}: two are chosen`, (await above.locator("[data-count]").innerText()).startsWith(text.count), await above.locator("[data-count]").innerText());
    await search.fill("");
    await look(above, walk, "types-chosen");
    await above.locator("button[value=save]").click();
    await above.getByRole("heading", { name: text.taken }).waitFor();
    await look(above, walk, "types-taken");
    await above.locator("button[value=save]").click();
    await above.waitForURL("**saved=types");
    await look(above, walk, "party-types-saved");
    await person.goto(`${site.base}/devices/new?site_id=${lyon.id}`);
    const models = await person.locator("#new-device optgroup option").allInnerTexts();
    check(`${named}: only these can be added`, models.sort().join() === "Poly VVX 450,Yealink T54W", models.join());
    check(`${named}: and whom to ask for another`, (await person.locator("#new-device-hint").innerText()).includes(text.asks));
    await look(person, walk, "new-approved");
    await above.goto(`${site.base}/party-manager/sites/${lyon.id}/device-types`);
    await above.locator("input[name=mode][value=inherit]").check();
    await above.locator("button[value=save]").click();
    await above.waitForURL("**saved=types");
  });
  await step(`${named}: put back as it was`, async () => {
    await person.evaluate((id) => fetch(`/api/v1/devices/${id}`, { method: "DELETE" }), device);
  });
  check(`${named}: the browser has nothing to complain of`, complaints.length === 0, complaints.join(" | "));
  await above?.context().close();
  await person?.context().close();
}

export async function walkPartiesWithoutScript({ browser, site, walk, check, step, look }) {
  const text = TEXTS[walk.language];
  const named = `${walk.name} parties`;
  await step(`${named}: found, switched and approved without script`, async () => {
    const page = await enter(browser, site, walk, ABOVE[walk.language]);
    await page.goto(`${site.base}/party-manager`);
    await page.locator("#party-q").fill("clinique");
    await page.locator("form.filters button").click();
    await page.waitForURL("**q=clinique**");
    await look(page, walk, "parties");
    await page.locator("#results tbody a").first().click();
    for (const [to, on] of [["off", false], ["inherit", true]]) {
      await page.locator("#feature-device_reboot").selectOption(to);
      await page.locator("#save-features").click();
      await page.waitForURL("**saved=features");
      check(`${named}: ${to}`, (await page.getByText(text.off).count() === 0) === on);
    }
    await look(page, walk, "party");
    await page.locator(`a[href="/party-manager/${site.customer}/device-types"]`).click();
    await page.locator(".find button[value='none:*']").click();
    await page.locator("#types-q").fill("snom d7");
    await page.locator("#types-q").press("Enter");
    await page.locator(".makers button[value='all:snom']").click();
    check(`${named}: what was looked for is still looked for`, (await page.locator("#types-q").inputValue()) === "snom d7");
    check(`${named}: all of it is chosen`, (await page.locator(".makers input:not(:checked)").count()) === 0);
    await look(page, walk, "types");
    await page.locator("button[value=save]").click();
    await page.getByRole("heading", { name: text.taken }).waitFor();
    await look(page, walk, "types-taken");
    await page.locator("button[value=edit]").click();
    await page.locator("input[name=mode][value=inherit]").check();
    await page.locator("button[value=save]").click();
    await page.waitForURL("**saved=types");
    await page.context().close();
  });
}
