// <type-picker><form>…</form></type-picker>
// The list of device types: found as one types, all or none of a maker, or of all, at one press, counted as one chooses. Without script
// each of these buttons sends the form, and the server does the same.

const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class TypePicker extends HTMLElement {
  connectedCallback(): void {
    const search = this.querySelector<HTMLInputElement>("input[type=search]");
    const find = this.querySelector<HTMLButtonElement>("[data-find]");
    if (search === null || find === null) return;
    // Still the form's first button, hence what Enter presses in any field; only that there is nothing left to ask for.
    find.hidden = true;
    search.addEventListener("input", () => this.narrow(search.value));
    this.addEventListener("click", this.pressed);
    this.addEventListener("change", this.changed);
    this.narrow(search.value);
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.pressed);
    this.removeEventListener("change", this.changed);
  }

  private readonly pressed = (event: Event): void => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-find], [data-all], [data-none]") : null;
    if (button === null) return;
    event.preventDefault();
    if (button.matches("[data-find]")) return;
    const chosen = button.matches("[data-all]");
    // Those alone that one sees: who has searched means what was found.
    const part = button.closest("[data-maker]") ?? this;
    for (const box of part.querySelectorAll<HTMLInputElement>("label:not([hidden]) input[name=type]")) box.checked = chosen;
    this.ownList();
    this.count();
  };

  private readonly changed = (event: Event): void => {
    if (event.target instanceof HTMLInputElement && event.target.type === "checkbox") this.ownList();
    this.count();
  };

  /** Who chooses single types means a list of one's own. */
  private ownList(): void {
    const own = this.querySelector<HTMLInputElement>("input[name=mode][value=own]");
    if (own !== null) own.checked = true;
  }

  private narrow(text: string): void {
    const words = folded(text).split(/\s+/).filter((word) => word !== "");
    for (const maker of this.querySelectorAll<HTMLElement>("[data-maker]")) {
      let any = false;
      for (const label of maker.querySelectorAll<HTMLElement>("label")) {
        const name = folded(label.textContent ?? "");
        label.hidden = !words.every((word) => name.includes(word));
        any ||= !label.hidden;
      }
      maker.hidden = !any;
    }
  }

  private count(): void {
    const said = this.querySelector<HTMLElement>("[data-count]");
    const boxes = [...this.querySelectorAll<HTMLInputElement>("input[name=type]")];
    const chosen = boxes.filter((box) => box.type === "hidden" || box.checked).length;
    if (said !== null) {
      said.textContent = (said.dataset.count ?? "").replace("{chosen}", String(chosen)).replace("{total}", String(boxes.length));
    }
  }
}
