// <page-dialog><a href="/devices/new">…</a></page-dialog>
// Shows the [data-dialog] part of the linked page in a <dialog>, and sends its forms from there. The page is the truth:
// whatever goes wrong here ends with the browser simply going to it.

import htmx from "htmx.org";

export class PageDialog extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", (event) => {
      const link = (event.target as Element).closest("a");
      if (link === null || event.defaultPrevented || event.button !== 0) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      void openPage(link.href);
    });
  }
}

async function openPage(address: string): Promise<void> {
  const part = await load(address).catch(() => null);
  if (part === null) {
    location.assign(address);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.append(part);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-cancel]") === null) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post") return;
    event.preventDefault();
    void send(dialog, form, (event as SubmitEvent).submitter);
  });
  settle(dialog);
  dialog.showModal();
  firstPlace(dialog)?.focus();
}

/** Sends a form; the answer is either where to go, or the same part again with its errors. */
async function send(dialog: HTMLDialogElement, form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  if (dialog.hasAttribute("aria-busy")) return;
  dialog.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, submitter)) body.append(name, String(value));
    const response = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    const next = response.headers.get("HX-Redirect");
    if (next !== null) {
      location.assign(next);
      return;
    }
    const part = dialogPart(await response.text());
    if (part === null) throw new Error("an answer without a part for a dialog");
    dialog.replaceChildren(part);
    settle(dialog);
    firstPlace(dialog)?.focus();
  } catch {
    // The network failed, or the answer was not a page of ours: the browser says it better than we could.
    HTMLFormElement.prototype.submit.call(form);
  } finally {
    dialog.removeAttribute("aria-busy");
  }
}

async function load(address: string): Promise<Element | null> {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  return dialogPart(await response.text());
}

function dialogPart(html: string): Element | null {
  const part = new DOMParser().parseFromString(html, "text/html").querySelector("[data-dialog]");
  return part === null ? null : document.adoptNode(part);
}

function settle(dialog: HTMLDialogElement): void {
  const heading = dialog.querySelector("h1");
  if (heading !== null) {
    heading.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  htmx.process(dialog);
}

function firstPlace(dialog: HTMLDialogElement): HTMLElement | null {
  return dialog.querySelector<HTMLElement>("[aria-invalid=true]")
    ?? dialog.querySelector<HTMLElement>("select, input:not([type=hidden]), [data-cancel]");
}
