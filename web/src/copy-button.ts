// <copy-button value="00:15:65:ab:cd:ef" done="Copied"><button hidden>Copy</button></copy-button>
// The button is hidden until it can work. What was copied is said aloud, and shown for two seconds.

const SHOWN_MS = 2000;

export class CopyButton extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (button === null) return;
    button.hidden = false;
    button.addEventListener("click", () => void this.copy(button));
  }

  private async copy(button: HTMLButtonElement): Promise<void> {
    const label = button.querySelector("[data-label]") ?? button;
    const before = label.textContent;
    if (this.hasAttribute("data-copied") || !(await writeText(this.getAttribute("value") ?? ""))) return;
    label.textContent = this.getAttribute("done") ?? before;
    label.setAttribute("role", "status");
    this.setAttribute("data-copied", "");
    this.dispatchEvent(new CustomEvent("copied", { bubbles: true }));
    setTimeout(() => {
      label.textContent = before;
      label.removeAttribute("role");
      this.removeAttribute("data-copied");
    }, SHOWN_MS);
  }
}

// The clipboard interface exists on HTTPS and loopback only; a portal tried out over plain HTTP on a LAN has the old way.
async function writeText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the browser's policy: the old way may still be allowed.
    }
  }
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "vh";
  (focused?.closest("dialog") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
