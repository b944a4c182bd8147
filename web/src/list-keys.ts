// <list-keys data-rows="#results" data-search="#filter-q">…help…</list-keys>
// Moves through the rows of a list by keyboard: `/` to the search, arrows or j and k from row to row, Enter is the link's
// own. Arrows act only from within a row or down from the search, else they scroll as ever. Keys of a single character can
// be switched off in the help (WCAG 2.1.4), and are never taken from a field or a menu.

const STORED = "single-keys";

export class ListKeys extends HTMLElement {
  connectedCallback(): void {
    this.hidden = false;
    const single = this.querySelector<HTMLInputElement>("[data-single]");
    if (single !== null) {
      single.checked = localStorage.getItem(STORED) !== "off";
      single.addEventListener("change", () => localStorage.setItem(STORED, single.checked ? "on" : "off"));
    }
    // The form asks while one types. That the field was also left is no news, and would exchange the rows under one's keys.
    document.querySelector(this.dataset.search ?? "")?.addEventListener("change", (event) => event.stopPropagation());
    document.addEventListener("keydown", this.pressed);
    document.addEventListener("htmx:afterSwap", this.swapped);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.pressed);
    document.removeEventListener("htmx:afterSwap", this.swapped);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open], [popover]:popover-open") !== null) return;
    const active = document.activeElement;
    const search = document.querySelector<HTMLInputElement>(this.dataset.search ?? "");
    const row = active?.closest("tbody tr") ?? null;
    const typing = active instanceof HTMLElement && active.matches("input, select, textarea, [contenteditable]");
    switch (event.key) {
      case "ArrowDown":
        if (active === search) this.focusRow(0, event);
        else if (row !== null && !opensMenu(active)) this.focusRow(this.rows().indexOf(row) + 1, event);
        return;
      case "ArrowUp":
        if (row === null || opensMenu(active)) return;
        if (this.rows().indexOf(row) === 0) this.focusSearch(search, event);
        else this.focusRow(this.rows().indexOf(row) - 1, event);
        return;
    }
    if (typing || !this.allowsSingle()) return;
    if (event.key === "/") this.focusSearch(search, event);
    if (event.key === "j") this.focusRow(row === null ? 0 : this.rows().indexOf(row) + 1, event);
    if (event.key === "k" && row !== null) this.focusRow(this.rows().indexOf(row) - 1, event);
  };

  /** Says the total aloud once a search or filter has changed the list: its own text was exchanged with the rows. */
  private readonly swapped = (): void => {
    const said = this.querySelector("[data-said]");
    const total = document.querySelector(`${this.dataset.rows} [data-total], ${this.dataset.rows} .empty h2`);
    if (said !== null) said.textContent = total?.textContent ?? "";
  };

  private allowsSingle(): boolean {
    return this.querySelector<HTMLInputElement>("[data-single]")?.checked ?? false;
  }

  private rows(): Element[] {
    return [...document.querySelectorAll(`${this.dataset.rows} tbody tr`)];
  }

  private focusRow(index: number, event: KeyboardEvent): void {
    const link = this.rows()[index]?.querySelector<HTMLElement>("a");
    if (link === null || link === undefined) return;
    event.preventDefault();
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  }

  private focusSearch(search: HTMLInputElement | null, event: KeyboardEvent): void {
    if (search === null) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
}

function opensMenu(element: Element | null): boolean {
  return element?.hasAttribute("aria-haspopup") ?? false;
}
