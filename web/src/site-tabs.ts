// <site-tabs data-select="#filter-site"> around links from one list to another: the site that is chosen in the page goes
// along. The server writes it into the links of a page; here they follow a choice that exchanges only a part of it.

export class SiteTabs extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("change", this.changed);
    // A browser restores what was chosen after the page is there.
    window.addEventListener("pageshow", this.follow);
    this.follow();
  }

  disconnectedCallback(): void {
    document.removeEventListener("change", this.changed);
    window.removeEventListener("pageshow", this.follow);
  }

  private readonly changed = (event: Event): void => {
    if (event.target === this.select()) this.follow();
  };

  private readonly follow = (): void => {
    const site = this.select()?.value;
    if (site === undefined) return;
    for (const link of this.querySelectorAll("a")) {
      const address = new URL(link.href);
      address.search = site === "" ? "" : `?site=${encodeURIComponent(site)}`;
      link.href = address.pathname + address.search;
    }
  };

  private select(): HTMLSelectElement | null {
    return document.querySelector<HTMLSelectElement>(this.dataset["select"] ?? "");
  }
}
