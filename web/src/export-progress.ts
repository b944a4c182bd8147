// <export-progress> asks for an export and follows it, where the form inside would make the browser wait for an answer:
// delayed, third in the queue, shared with another's, ready with its file, refused and tried again by itself once.
// The texts of each state come from the server; here they are shown, counted down and announced.

import { fill, readWords, type Words } from "./words";

const LOOK_MS = 1_000;
const SHOWN = 4;
const BEGIN = "/api/v1/exports/line-states";
/** Names of the list's address, and of the API. */
const NAMES: readonly [string, string][] = [["q", "q"], ["site", "site_id"], ["type", "device_type_id"], ["kind", "kind"], ["state", "state"]];

interface Export {
  id: string;
  state: string;
  detail: string;
  status: number | null;
  retry_after: number | null;
  failure_id: string | null;
  file: string | null;
  expires_at: string | null;
}

interface Problem {
  detail: string;
  errors: { message: string }[];
  request_id: string;
}

type Wish = Record<string, string>;

export class ExportProgress extends HTMLElement {
  private words: Words = new Map();

  connectedCallback(): void {
    this.words = readWords(this, "template[data-words]");
    this.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add(this.wish());
    });
  }

  /** What is asked for: the filters as they are now, which script may have changed since the page was made. */
  private wish(): Wish {
    const shown = new URL(location.href).searchParams;
    const wish: Wish = { tz: Intl.DateTimeFormat().resolvedOptions().timeZone };
    for (const [name, field] of NAMES) {
      const value = shown.get(name) ?? "";
      if (value !== "") wish[field] = value;
    }
    const party = this.querySelector<HTMLInputElement | HTMLSelectElement>("[name=party]")?.value ?? "";
    // A site says whose it is. The customer of a page that was made for a site is that site's, and none of all sites.
    const ofSite = this.querySelector("input[name=site]") !== null;
    if (party !== "" && wish["site_id"] === undefined && !ofSite) wish["party_id"] = party;
    return wish;
  }

  private add(wish: Wish): void {
    const list = this.querySelector<HTMLElement>("[data-exports]");
    const template = this.querySelector<HTMLTemplateElement>("template[data-item]");
    const item = template?.content.firstElementChild?.cloneNode(true);
    if (list === null || !(item instanceof HTMLElement)) return;
    list.hidden = false;
    list.prepend(item);
    while (list.children.length > SHOWN) list.lastElementChild?.remove();
    void this.begin(item, wish, true);
  }

  private async begin(item: HTMLElement, wish: Wish, mayRepeat: boolean): Promise<void> {
    this.show(item, this.word("asking"), null, null);
    let response: Response;
    try {
      response = await fetch(BEGIN, { method: "POST", body: JSON.stringify(wish), headers: this.headers("application/json") });
    } catch {
      return this.over(item, wish, this.word("unsent"), null, null);
    }
    if (response.status === 202) return this.follow(item, wish, (await response.json()) as Export, mayRepeat);
    const problem = (await response.json().catch(() => null)) as Problem | null;
    const detail = problem?.errors[0]?.message ?? problem?.detail ?? this.word("unsent");
    const again = Number(response.headers.get("retry-after") ?? "0");
    if (response.status === 429 && again > 0) return this.refused(item, wish, detail, again, mayRepeat);
    this.over(item, wish, detail, response.status, response.status >= 500 ? (problem?.request_id ?? null) : null);
  }

  private async follow(item: HTMLElement, wish: Wish, begun: Export, mayRepeat: boolean): Promise<void> {
    let now = begun;
    while (item.isConnected) {
      switch (now.state) {
        case "delayed": case "queued": case "running":
          this.show(item, now.detail, null, null, now.state);
          break;
        case "ready": return this.ready(item, now);
        case "rejected": return this.refused(item, wish, now.detail, now.retry_after ?? 1, mayRepeat);
        default: return this.over(item, wish, now.detail, now.status, now.failure_id);
      }
      await pause(LOOK_MS);
      try {
        const response = await fetch(`/api/v1/exports/${now.id}`, { headers: this.headers() });
        if (response.ok) now = (await response.json()) as Export;
        else if (response.status < 500) return this.over(item, wish, this.word("gone"), response.status, null);
      } catch {
        this.show(item, this.word("lost"), null, null);
      }
    }
  }

  private ready(item: HTMLElement, now: Export): void {
    this.show(item, now.detail, now.status, null, now.state);
    const link = item.querySelector<HTMLAnchorElement>("[data-fetch]");
    if (link === null || now.file === null) return;
    link.href = now.file;
    link.hidden = false;
    link.click();
    const countdown = item.querySelector("[data-countdown]");
    if (countdown !== null) countdown.textContent = this.word("until");
    const left = now.expires_at === null ? 0 : Date.parse(now.expires_at) - Date.now();
    // The clocks of server and browser may differ: never less than four minutes of the five.
    window.setTimeout(() => {
      link.hidden = true;
      if (countdown !== null) countdown.textContent = "";
      this.show(item, this.word("gone"), null, null);
    }, Math.min(Math.max(left, 240_000), 300_000));
  }

  /** Counts down, then asks again: by itself once, after that by hand. */
  private async refused(item: HTMLElement, wish: Wish, detail: string, seconds: number, mayRepeat: boolean): Promise<void> {
    if (!mayRepeat) return this.over(item, wish, detail, 429, null);
    this.show(item, detail, 429, null, "rejected");
    const countdown = item.querySelector("[data-countdown]");
    for (let left = seconds; left > 0 && item.isConnected; left -= 1) {
      if (countdown !== null) countdown.textContent = fill(this.word("countdown"), { seconds: String(left) });
      await pause(1_000);
    }
    if (countdown !== null) countdown.textContent = "";
    if (item.isConnected) return this.begin(item, wish, false);
  }

  private over(item: HTMLElement, wish: Wish, detail: string, status: number | null, failure: string | null): void {
    this.show(item, detail, status, failure, "over");
    const again = item.querySelector<HTMLButtonElement>("[data-again]");
    if (again === null) return;
    again.hidden = false;
    again.onclick = () => {
      again.hidden = true;
      void this.begin(item, wish, true);
    };
  }

  /** Shows a state; a new one is said aloud, the seconds that pass are not. */
  private show(item: HTMLElement, detail: string, status: number | null, failure: string | null, state = ""): void {
    const text = item.querySelector("[data-detail]");
    if (text !== null) text.textContent = detail;
    if (item.dataset["state"] !== state) {
      item.dataset["state"] = state;
      const said = this.querySelector("[data-said]");
      if (said !== null) said.textContent = detail;
    }
    const print = item.querySelector<HTMLElement>("[data-print]");
    if (print === null) return;
    const parts = [];
    if (status !== null) parts.push(fill(this.word("status"), { status: String(status) }));
    if (failure !== null) parts.push(fill(this.word("failure"), { id: failure }));
    print.textContent = parts.join(" · ");
    print.hidden = parts.length === 0;
  }

  private headers(type?: string): Record<string, string> {
    const headers: Record<string, string> = { "Accept-Language": document.documentElement.lang };
    if (type !== undefined) headers["Content-Type"] = type;
    return headers;
  }

  private word(key: string): string {
    return this.words.get(key) ?? "";
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve, milliseconds));
}
