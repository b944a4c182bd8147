// The part of the walk about one phone's status and reboot, by keyboard alone: the window opens with what is known, asks the
// phone by itself, and says what came of it; a reboot is asked once and followed to its end.

const TEXTS = {
  fr: {
    status: "État de l’appareil", reboot: "Redémarrer l’appareil", again: "Vérifier de nouveau",
    gone: "Impossible\u00a0: l’appareil n’a aucun contact actif.", back: /De retour en \d+ s/,
  },
  en: {
    status: "Device Status", reboot: "Reboot Device", again: "Check again",
    gone: "Not possible: the device has no live contact.", back: /Back in \d+ s/,
  },
};

/** Opens a window from the device's page by keyboard, and gives it. */
async function open(page, href) {
  await page.locator(`.acts a[href="${href}"]`).focus();
  await page.keyboard.press("Enter");
  const dialog = page.locator("dialog[open]");
  await dialog.waitFor();
  return dialog;
}

async function close(page, dialog) {
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

/** The status of a phone that is registered. */
export async function walkStatus(page, walk, id, { step, look, check }) {
  const text = TEXTS[walk.language];
  await step(`${walk.name}: the status is shown at once, then the phone is asked`, async () => {
    const dialog = await open(page, `/devices/${id}/status`);
    await dialog.getByRole("heading", { level: 1, name: text.status }).waitFor();
    check(`${walk.name}: the focus is in the window`, await dialog.evaluate((window) => window.contains(document.activeElement)));
    await dialog.locator("#check[data-check=done]").waitFor({ timeout: 8_000 });
    check(`${walk.name}: the focus is still in the window`, await dialog.evaluate((window) => window.contains(document.activeElement)));
    check(`${walk.name}: each contact has an answer`, (await dialog.locator("#check .contact[data-tone]").count()) === 1);
    check(`${walk.name}: silent or not, it is registered`, (await dialog.locator("#check .status").first().getAttribute("data-state")) === "registered");
    await dialog.getByRole("button", { name: text.again }).waitFor();
    await look(page, walk, "status");
    await close(page, dialog);
  });
}

/** The reboot of a phone that is not there. */
export async function walkImpossibleReboot(page, walk, id, { step, look, check }) {
  const text = TEXTS[walk.language];
  await step(`${walk.name}: a phone without contact cannot be rebooted, and that is said at once`, async () => {
    const dialog = await open(page, `/devices/${id}/reboot`);
    await dialog.locator("button.danger", { hasText: text.reboot }).waitFor();
    check(`${walk.name}: who is without telephone is named`, (await dialog.locator(".people li").innerText()).includes(walk.person));
    await look(page, walk, "reboot-ask");
    await dialog.locator("button.danger").focus();
    await page.keyboard.press("Enter");
    await dialog.locator("[data-said]", { hasText: text.gone }).waitFor();
    await look(page, walk, "reboot-impossible");
    await close(page, dialog);
  });
}

/** The reboot of a phone that accepts and restarts: for a simulated phone that understands `check-sync`. */
export async function walkReboot(page, walk, id, { step, look }) {
  const text = TEXTS[walk.language];
  await step(`${walk.name}: a reboot, followed until the phone is back`, async () => {
    const dialog = await open(page, `/devices/${id}/reboot`);
    await dialog.locator("button.danger").focus();
    await page.keyboard.press("Enter");
    await dialog.locator("[data-step=done]").first().waitFor();
    await look(page, walk, "reboot-begun");
    await dialog.locator("[data-step=done]", { hasText: text.back }).waitFor({ timeout: 60_000 });
    await look(page, walk, "reboot-back");
    await close(page, dialog);
  });
}
