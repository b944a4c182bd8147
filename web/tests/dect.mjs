// DECT systems: a customer admin makes one and enters its chain ID; a manager of the customer finds no trace of that ID on any
// page; support of the provider sees it. With and without script. `walk.mjs` brings the browser, the installation, the helpers.

import { PASSWORD, PEOPLE } from "./portal.mjs";

const TEXTS = {
  fr: {
    chain: "ID de la station multicellulaire", create: "Créer un système DECT avec cette base", make: "Créer", save: "Enregistrer",
    wrong: "«\u00a0abc\u00a0» n’est pas un ID de station multicellulaire\u00a0: de 1 à 10 chiffres.", entered: "(saisi)", unset: "non défini",
    factory: "valeur d’usine, non unique", secondary: "Base secondaire", why: "les lignes appartiennent aux combinés",
    systems: "Systèmes DECT", over: "Chaque base a eu son tour.", reboot: "Redémarrer le système",
  },
  en: {
    chain: "Multi Cell Chain ID", create: "Create a DECT system with this base", make: "Create", save: "Save",
    wrong: "“abc” is not a chain ID: 1 to 10 digits.", entered: "(entered)", unset: "not set",
    factory: "factory default, not unique", secondary: "Secondary base", why: "lines belong to the handsets",
    systems: "DECT systems", over: "Every base had its turn.", reboot: "Reboot the system",
  },
};

async function enter(browser, site, walk, username) {
  const context = await browser.newContext({
    locale: walk.language === "fr" ? "fr-FR" : "en-GB", timezoneId: "Europe/Paris", colorScheme: walk.colours ?? "light", viewport: walk.viewport,
    reducedMotion: "reduce", javaScriptEnabled: walk.script,
  });
  const page = await context.newPage();
  await page.goto(`${site.base}/sign-in`);
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("main button").click();
  await page.waitForURL("**/devices");
  return { context, page };
}

/** Two bases at the first site, made through the API as the person who is signed in. */
async function addBases(context, site, chain) {
  const api = async (path, data) => {
    const address = `${site.base}/api/v1/${path}`;
    return (data === undefined ? await context.request.get(address) : await context.request.post(address, { data })).json();
  };
  const place = (await api("sites")).items[0];
  const made = [];
  for (const n of [1, 2]) {
    const mac = `000413${chain}${n}`;
    made.push((await api("devices", { mac, device_type_id: "snom-m700", site_id: place.id, name: `Étage ${n}` })).id);
  }
  return made;
}

export async function walkDect({ browser, site, walk, check, step, look }) {
  const text = TEXTS[walk.language];
  const chain = walk.chain;
  const admin = await enter(browser, site, walk, PEOPLE[walk.language]);
  const { context, page } = admin;
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  // With script a form is a window over the page; without, it is a page.
  const form = () => (walk.script ? page.locator("dialog[open]") : page.locator("main"));
  let bases = [];
  let system = "";
  await step(`${walk.name} dect: a base offers to make a system`, async () => {
    bases = await addBases(context, site, chain);
    await page.goto(`${site.base}/devices/${bases[0]}`);
    check(`${walk.name}: the chain ID is not set, and said to be`, (await page.locator("[data-chain]").innerText()) === text.unset);
    await look(page, walk, "dect-alone");
    await page.getByRole("link", { name: text.create }).click();
    await form().locator("#dect-name").fill("Étages <soins>");
    await form().locator("#dect-chain").fill("abc");
    await form().getByRole("button", { name: text.make, exact: true }).click();
    await form().locator("#dect-chain-error").waitFor();
    check(`${walk.name}: the error stands at its field`, (await form().locator("#dect-chain-error").innerText()) === text.wrong, await form().locator("#dect-chain-error").innerText());
    check(`${walk.name}: what was typed is kept`, (await form().locator("#dect-name").inputValue()) === "Étages <soins>");
    await look(page, walk, "dect-new-wrong");
    await form().locator("#dect-chain").fill(` ${chain} `);
    await form().locator(`[name=device_ids][value="${bases[1]}"]`).check();
    await form().getByRole("button", { name: text.make, exact: true }).click();
    await page.waitForURL(/dect-systems\/[0-9a-f-]{36}$/);
    system = page.url();
  });
  await step(`${walk.name} dect: the system and its chain ID`, async () => {
    const shown = page.locator("[data-chain]");
    check(`${walk.name}: the chain ID, and from where it is known`, (await shown.innerText()).replace(/\s+/g, " ").includes(chain) && (await shown.innerText()).includes(text.entered), await shown.innerText());
    check(`${walk.name}: it can be copied`, (await shown.locator("copy-button button").isVisible()) === walk.script);
    const badge = page.locator(`[data-device="${bases[1]}"]`);
    check(`${walk.name}: a base without lines is no fault`, (await badge.locator("[data-word]").innerText()) === text.secondary, await badge.innerText());
    check(`${walk.name}: and it is said why`, (await badge.locator("[data-count]").innerText()).includes(text.why));
    await look(page, walk, "dect-system");
  });
  await step(`${walk.name} dect: 512 is marked, and taken back`, async () => {
    for (const value of ["512", chain]) {
      await page.locator(`.acts a[href$="/edit"]`).click();
      await form().locator("#dect-chain").fill(value);
      await look(page, walk, `dect-edit-${value === "512" ? "default" : "back"}`);
      await form().getByRole("button", { name: text.save, exact: true }).click();
      await page.locator("[data-chain] code", { hasText: new RegExp(`^${value}$`) }).waitFor();
      const marked = (await page.locator("[data-chain]").innerText()).includes(text.factory);
      check(`${walk.name}: ${value} is ${value === "512" ? "" : "not "}marked`, marked === (value === "512"));
      await look(page, walk, `dect-${value === "512" ? "default" : "own"}`);
    }
  });
  await step(`${walk.name} dect: the reboot of all bases, one by one`, async () => {
    await page.locator(`.acts a[href$="/reboot"]`).click();
    const act = form().getByRole("button", { name: text.reboot });
    await act.waitFor();
    await look(page, walk, "dect-reboot-ask");
    await act.click();
    await form().locator("[data-said]", { hasText: text.over }).waitFor();
    check(`${walk.name}: every base is named`, (await form().locator(".bases li").count()) === 2);
    await look(page, walk, "dect-reboot-over");
  });
  await step(`${walk.name} dect: lists, device and status`, async () => {
    await page.goto(`${site.base}/devices?kind=dect_base`);
    check(`${walk.name}: the list tells no chain ID`, !(await page.content()).includes(chain));
    await look(page, walk, "dect-devices");
    await page.locator(".sub-tabs a", { hasText: text.systems }).click();
    await page.waitForURL("**/dect-systems");
    check(`${walk.name}: the list of systems has it`, (await page.locator("tbody").innerText()).includes(chain));
    await look(page, walk, "dect-list");
    await page.goto(`${site.base}/devices/${bases[0]}`);
    await look(page, walk, "dect-device");
    await page.goto(`${site.base}/devices/${bases[0]}/status`);
    check(`${walk.name}: the status shows it`, (await page.locator("[data-chain]").innerText()).includes(chain));
    await look(page, walk, "dect-status");
  });
  const pages = [system, `${site.base}/dect-systems`, `${site.base}/devices/${bases[0]}`, `${site.base}/devices/${bases[0]}/status`, `${site.base}/devices?kind=dect_base`];
  await step(`${walk.name} dect: a manager of the customer finds no trace of it`, async () => {
    const manager = await enter(browser, site, walk, site.people.manager);
    for (const address of pages) {
      await manager.page.goto(address);
      const source = await manager.page.content();
      check(`${walk.name}: not in ${new URL(address).pathname}`, !source.includes(chain) && !source.includes(text.chain));
    }
    await manager.page.goto(system);
    await look(manager.page, walk, "dect-manager");
    await manager.page.goto(`${system}/edit`);
    check(`${walk.name}: nor is there a field for it`, (await manager.page.locator("#dect-name").count()) === 1 && (await manager.page.locator("#dect-chain").count()) === 0);
    await manager.context.close();
  });
  await step(`${walk.name} dect: support of the provider sees it`, async () => {
    const support = await enter(browser, site, walk, site.people.support);
    for (const address of pages.slice(0, 4)) {
      await support.page.goto(address);
      check(`${walk.name}: in ${new URL(address).pathname}`, (await support.page.locator("main").innerText()).includes(chain));
    }
    await support.page.goto(system);
    check(`${walk.name}: and cannot change it`, (await support.page.locator(`.acts a[href$="/edit"]`).count()) === 0);
    await look(support.page, walk, "dect-support");
    await support.context.close();
  });
  await step(`${walk.name} dect: a base is taken out, the system deleted`, async () => {
    await page.goto(system);
    await page.locator(`a[href$="/bases/${bases[1]}/remove"]`).click();
    await look(page, walk, "dect-take-out");
    await form().locator("button.danger").click();
    await page.locator(`[data-device="${bases[1]}"]`).waitFor({ state: "detached" });
    await page.goto(`${system}/delete`);
    await page.locator("main button.danger").click();
    await page.waitForURL("**/dect-systems");
    for (const id of bases) await context.request.delete(`${site.base}/api/v1/devices/${id}`);
  });
  check(`${walk.name} dect: the browser has nothing to complain of`, complaints.length === 0, complaints.join(" | "));
  await context.close();
}
