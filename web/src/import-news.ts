// <import-news data-awaited="id id">: tells, on whatever page one is, that an import of one's own came to its end. The server
// writes what is known when the page is made; here events add to it. What is told stays until it is closed.

const ENDED = new Set(["applied", "planned", "failed"]);

export class ImportNews extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("import", this.heard);
    document.addEventListener("live", this.caughtUp);
    this.addEventListener("submit", this.close);
    // Pages that do not change by themselves have no stream of events: this is the one thing that they wait for.
    if (document.querySelector("live-status") === null) {
      const live = document.createElement("live-status");
      live.hidden = true;
      this.after(live);
    }
  }

  disconnectedCallback(): void {
    document.removeEventListener("import", this.heard);
    document.removeEventListener("live", this.caughtUp);
  }

  private readonly heard = (event: Event): void => {
    const { id, state } = (event as CustomEvent<{ id: string; state: string }>).detail;
    if (ENDED.has(state)) void this.tell(id);
  };

  /** Between the making of this page and the first event something may have ended unheard. */
  private readonly caughtUp = (): void => {
    for (const id of (this.dataset["awaited"] ?? "").split(" ")) {
      if (id !== "") void this.tell(id);
    }
  };

  private async tell(id: string): Promise<void> {
    if (location.pathname.startsWith(`/imports/${id}`)) return;
    const response = await fetch(`/imports/${id}/told`, { headers: { Accept: "text/html", "HX-Request": "true", "HX-Current-URL": location.href } }).catch(() => null);
    if (response === null || response.status !== 200 || response.redirected) return;
    const part = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-told]");
    if (part === null) return;
    const told = this.querySelector(`[data-told="${CSS.escape(id)}"]`);
    const fresh = document.adoptNode(part);
    if (told === null) this.append(fresh);
    // The same sentence again would be read aloud again.
    else if (told.querySelector("p")?.textContent !== fresh.querySelector("p")?.textContent) told.replaceWith(fresh);
  }

  private readonly close = (event: Event): void => {
    const form = event.target as HTMLFormElement;
    event.preventDefault();
    const told = form.closest("[data-told]");
    // Whether or not it arrives: at worst it is told once more.
    void fetch(form.action, { method: "POST", body: new URLSearchParams(), headers: { "HX-Request": "true" } }).catch(() => undefined);
    const next = told?.nextElementSibling ?? told?.previousElementSibling;
    told?.remove();
    (next?.querySelector<HTMLElement>("a") ?? document.querySelector<HTMLElement>("main"))?.focus();
  };
}
