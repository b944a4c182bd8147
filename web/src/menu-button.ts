// <menu-button><details><summary>Actions</summary><ul>…links…</ul></details></menu-button>
// Without script it is what it says. With script: a button and a menu in the top layer, which no scrolling table clips,
// with the keys of the WAI-ARIA menu button pattern.

const EDGE = 4;
const COPIED_SHOWN_MS = 900;

export class MenuButton extends HTMLElement {
  private button!: HTMLButtonElement;
  private menu!: HTMLElement;
  private placedAt = { top: 0, left: 0 };

  connectedCallback(): void {
    const details = this.querySelector("details");
    const summary = details?.querySelector("summary");
    const list = details?.querySelector("ul");
    if (!details || !summary || !list) return;

    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = summary.className;
    this.button.append(...summary.childNodes);
    this.button.setAttribute("aria-label", summary.getAttribute("aria-label") ?? "");
    this.button.setAttribute("aria-haspopup", "menu");
    this.button.setAttribute("aria-expanded", "false");

    this.menu = list;
    this.menu.popover = "auto";
    this.menu.setAttribute("role", "menu");
    this.menu.setAttribute("aria-label", this.button.getAttribute("aria-label") ?? "");
    for (const item of this.menu.children) item.setAttribute("role", "none");
    for (const wrapper of this.menu.querySelectorAll("copy-button")) wrapper.setAttribute("role", "none");
    details.replaceWith(this.button, this.menu);
    this.button.popoverTargetElement = this.menu;

    // Before the menu is seen, so that whoever sees it can rely on what its entries say they are.
    this.menu.addEventListener("beforetoggle", () => this.nameItems());
    this.menu.addEventListener("toggle", (event) => this.toggled((event as ToggleEvent).newState === "open"));
    this.menu.addEventListener("keydown", (event) => this.menuKey(event));
    this.menu.addEventListener("click", (event) => {
      if ((event.target as Element).closest("copy-button") === null) this.close();
    });
    this.menu.addEventListener("copied", () => setTimeout(this.close, COPIED_SHOWN_MS));
    this.button.addEventListener("keydown", (event) => this.buttonKey(event));
  }

  private items(): HTMLElement[] {
    return [...this.menu.querySelectorAll<HTMLElement>("a, button:not([hidden])")];
  }

  private nameItems(): void {
    for (const item of this.items()) {
      item.setAttribute("role", "menuitem");
      item.tabIndex = -1;
    }
  }

  private toggled(open: boolean): void {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) {
      window.removeEventListener("scroll", this.scrolled, true);
      return;
    }
    this.place();
    const items = this.items();
    if (!items.includes(document.activeElement as HTMLElement)) items[0]?.focus({ preventScroll: true });
    window.addEventListener("scroll", this.scrolled, { capture: true, passive: true });
  }

  // The menu is placed once; a table that scrolls under it would leave it hanging in the air. A scroll that ended before
  // the menu opened is told of only with the next frame: it has moved nothing since.
  private readonly scrolled = (): void => {
    const { top, left } = this.button.getBoundingClientRect();
    if (top !== this.placedAt.top || left !== this.placedAt.left) this.close();
  };

  private readonly close = (): void => {
    const inside = this.menu.contains(document.activeElement);
    this.menu.hidePopover();
    if (inside) this.button.focus({ preventScroll: true });
  };

  private place(): void {
    const anchor = this.button.getBoundingClientRect();
    this.placedAt = { top: anchor.top, left: anchor.left };
    const { offsetWidth: width, offsetHeight: height } = this.menu;
    const below = anchor.bottom + EDGE + height <= document.documentElement.clientHeight;
    const top = below ? anchor.bottom + EDGE : Math.max(EDGE, anchor.top - EDGE - height);
    const left = Math.max(EDGE, Math.min(anchor.right - width, document.documentElement.clientWidth - width - EDGE));
    this.menu.style.top = `${top}px`;
    this.menu.style.left = `${left}px`;
  }

  private buttonKey(event: KeyboardEvent): void {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    this.menu.showPopover();
    const items = this.items();
    this.focusItem(items, event.key === "ArrowDown" ? 0 : items.length - 1);
  }

  private menuKey(event: KeyboardEvent): void {
    const items = this.items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    switch (event.key) {
      case "ArrowDown": this.focusItem(items, at + 1); break;
      case "ArrowUp": this.focusItem(items, at - 1); break;
      case "Home": this.focusItem(items, 0); break;
      case "End": this.focusItem(items, items.length - 1); break;
      case "Escape": this.close(); break;
      case "Tab": this.close(); return; // and let the focus move on from the button
      case " ":
        if (!(document.activeElement instanceof HTMLAnchorElement)) return; // a button has its own space key
        document.activeElement.click();
        break;
      default: {
        if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
        const wanted = event.key.toLocaleLowerCase();
        const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
        order.find((item) => item.textContent?.trim().toLocaleLowerCase().startsWith(wanted))?.focus();
      }
    }
    event.preventDefault();
  }

  private focusItem(items: HTMLElement[], index: number): void {
    items[(index + items.length) % items.length]?.focus({ preventScroll: true });
  }
}
