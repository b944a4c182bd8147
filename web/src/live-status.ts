// <live-status src="/api/v1/events"> keeps the states on the page true: words, shapes, counts and times change in place,
// and focus, selection and scroll stay where they are.
//
// An event names what changed and is shown at once; what it does not carry (totals, contacts, the timeline) is read from
// this same page a little later, at most every `data-refresh` seconds. After a gap the whole page is read anew, so nothing
// depends on having seen every event.

import { tick } from "./local-times";
import { fill, lineCount, plural, readWords, type Words } from "./words";

const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 30_000;
// A browser has six connections for one origin in all its tabs: a tab that nobody sees gives its own back.
const HIDDEN_MS = 15_000;
const SUMMARY_MS = 4_000;

interface Change {
  device_id: string;
  status: string;
  status_detail?: string | null;
  lines_registered: number;
  lines_assigned: number;
  since?: string | null;
}

interface RebootChange {
  id: string;
  device_id: string;
}

interface ImportChange {
  id: string;
  state: string;
}

interface LineChange {
  device_id: string;
  port: number;
  state: string;
  state_detail?: string | null;
  since?: string | null;
}

export class LiveStatus extends HTMLElement {
  private words: Words = new Map();
  private source: EventSource | null = null;
  private lastId = "";
  private wait = RETRY_FIRST_MS;
  private retryTimer = 0;
  private hiddenTimer = 0;
  private refreshTimer = 0;
  private refreshedAt = 0;
  private gap = false;
  private summaryTimer = 0;
  private readonly changed = new Set<string>();

  connectedCallback(): void {
    this.words = readWords(document);
    document.addEventListener("visibilitychange", this.visibility);
    window.addEventListener("pagehide", this.stop);
    window.addEventListener("pageshow", this.shown);
    this.connect();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.visibility);
    window.removeEventListener("pagehide", this.stop);
    window.removeEventListener("pageshow", this.shown);
    this.stop();
  }

  private connect(): void {
    this.stop();
    const address = new URL(this.getAttribute("src") ?? "/api/v1/events", location.href);
    // The browser itself sends Last-Event-ID only when *it* reconnects; a stream that we open anew says it in the query.
    if (this.lastId !== "") address.searchParams.set("last_event_id", this.lastId);
    const source = new EventSource(address);
    this.source = source;
    source.addEventListener("open", () => {
      this.wait = RETRY_FIRST_MS;
      this.say("live-on");
      document.dispatchEvent(new CustomEvent("live"));
      if (this.gap) this.refresh();
      this.gap = false;
    });
    source.addEventListener("error", () => this.failed(source));
    // The server no longer holds what came after our last event.
    source.addEventListener("reset", () => {
      document.dispatchEvent(new CustomEvent("live"));
      this.refresh();
    });
    this.listen<Change>(source, "device.status", (change) => this.device(change));
    this.listen<LineChange>(source, "line.state", (change) => this.line(change));
    // Who follows this reboot (the page or window of its steps) reads it anew; its device's timeline follows.
    this.listen<RebootChange>(source, "reboot", (change) => {
      document.body.dispatchEvent(new CustomEvent(`reboot-${change.id}`));
      if (document.querySelector(`[data-device="${CSS.escape(change.device_id)}"]`) !== null) this.refreshSoon();
    });
    // Who follows this import reads it anew; its end is told on every page.
    this.listen<ImportChange>(source, "import", (change) => {
      document.body.dispatchEvent(new CustomEvent(`import-${change.id}`));
      document.dispatchEvent(new CustomEvent("import", { detail: change }));
    });
    // Rows come and go with the next page; the totals follow at once.
    this.listen(source, "device.added", () => this.refreshSoon());
    this.listen(source, "device.removed", () => this.refreshSoon());
  }

  private listen<T>(source: EventSource, name: string, apply: (data: T) => void): void {
    source.addEventListener(name, (event) => {
      if (event.lastEventId !== "") this.lastId = event.lastEventId;
      apply(JSON.parse(event.data as string) as T);
    });
  }

  private failed(source: EventSource): void {
    this.gap = true;
    this.say("live-off");
    // CONNECTING: the browser retries by itself. CLOSED: the server answered with an error, and it gave up.
    if (source.readyState !== EventSource.CLOSED) return;
    this.stop();
    this.refresh();
    this.retryTimer = window.setTimeout(() => this.connect(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, RETRY_MOST_MS);
  }

  private readonly stop = (): void => {
    clearTimeout(this.retryTimer);
    clearTimeout(this.hiddenTimer);
    this.source?.close();
    this.source = null;
  };

  private readonly shown = (event: PageTransitionEvent): void => {
    if (!event.persisted) return;
    this.gap = true;
    this.connect();
  };

  private readonly visibility = (): void => {
    clearTimeout(this.hiddenTimer);
    if (document.hidden) {
      this.hiddenTimer = window.setTimeout(() => { this.gap = true; this.stop(); }, HIDDEN_MS);
    } else if (this.source === null) {
      this.connect();
    }
  };

  private device(change: Change): void {
    const state = change.status_detail === "no_line" ? "no_line" : change.status;
    const partial = state === "registered" && change.lines_registered < change.lines_assigned;
    const count = state === "no_line" ? "" : lineCount(this.words, this.language(), change.lines_registered, change.lines_assigned);
    for (const badge of document.querySelectorAll(`[data-device="${CSS.escape(change.device_id)}"]`)) {
      this.show(badge, state, change.since ?? null);
      const pill = badge.querySelector<HTMLElement>("[data-partial]");
      if (pill !== null) pill.hidden = !partial;
      setText(badge.querySelector("[data-count]"), (state === "no_line" ? badge.getAttribute("data-secondary") : null) ?? count);
      this.changed.add(change.device_id);
    }
    this.announce();
    this.refreshSoon();
  }

  private line(change: LineChange): void {
    for (const badge of document.querySelectorAll(`[data-line="${CSS.escape(`${change.device_id}:${change.port}`)}"]`)) {
      this.show(badge, change.state, change.since ?? null);
      setText(badge.querySelector("[data-remark]"), this.words.get(`detail-${change.state_detail ?? ""}`) ?? "");
      this.changed.add(change.device_id);
      this.refreshSoon();
    }
    this.announce();
  }

  private show(badge: Element, state: string, since: string | null): void {
    // A base of a DECT system with other bases: that it has no line is as it should be.
    const meaning = state === "no_line" && badge.hasAttribute("data-secondary") ? "secondary_base" : state;
    const word = this.words.get(`state-${meaning}`);
    if (word === undefined) return;
    badge.setAttribute("data-state", state);
    setText(badge.querySelector("[data-word]"), word);
    badge.querySelector("[popovertarget]")?.setAttribute("popovertarget", `explain-${meaning}`);
    // In a list of lines the time stands in a cell of its own.
    const line = CSS.escape(badge.getAttribute("data-line") ?? "");
    const time = badge.querySelector<HTMLTimeElement>("time[data-for]") ?? document.querySelector<HTMLTimeElement>(`time[data-of="${line}"]`);
    if (time === null) return;
    time.dateTime = since ?? "";
    if (since === null) time.textContent = "";
    tick(time.parentElement ?? badge, this.words, Date.now());
  }

  /** Reads this page again and takes over what is live in it; what the reader is using is left alone. */
  private refresh(): void {
    clearTimeout(this.refreshTimer);
    this.refreshTimer = 0;
    this.refreshedAt = Date.now();
    const address = location.href;
    void (async () => {
      // As a part, where the page has parts: the list boxes around a list do not change with its states.
      const response = await fetch(address, { headers: { Accept: "text/html", "HX-Request": "true" } });
      if (response.redirected && document.querySelector("dialog[open]") === null) location.reload(); // signed out
      if (!response.ok || response.redirected || location.href !== address) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const badge of document.querySelectorAll("[data-device], [data-line]")) takeBadge(badge, fresh);
      for (const value of document.querySelectorAll("[data-live-text]")) {
        const twin = fresh.getElementById(value.id);
        if (twin !== null) setText(value, twin.textContent ?? "");
      }
      for (const section of document.querySelectorAll("[data-live-section]")) takeSection(section, fresh);
    })().catch(() => undefined); // offline: the stream's own error has said so, and its return refreshes again
  }

  private refreshSoon(): void {
    if (this.refreshTimer !== 0) return;
    const every = 1000 * Number(this.dataset["refresh"] ?? "5");
    const wait = Math.max(250, this.refreshedAt + every - Date.now());
    this.refreshTimer = window.setTimeout(() => this.refresh(), wait);
  }

  /** Says how many devices changed, politely, and not more often than one can listen to. */
  private announce(): void {
    if (this.changed.size === 0 || this.summaryTimer !== 0) return;
    this.summaryTimer = window.setTimeout(() => {
      this.summaryTimer = 0;
      const pattern = this.words.get(`changed-${plural(this.language(), this.changed.size)}`) ?? "";
      setText(this.querySelector("[data-summary]"), fill(pattern, { n: String(this.changed.size) }));
      this.changed.clear();
    }, SUMMARY_MS);
  }

  private say(key: "live-on" | "live-off"): void {
    this.setAttribute("data-live", key === "live-on" ? "on" : "off");
    setText(this.querySelector("[data-indicator]"), this.words.get(key) ?? "");
  }

  private language(): string {
    return document.documentElement.lang;
  }
}

function setText(element: Element | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

function takeBadge(badge: Element, fresh: Document): void {
  const name = badge.hasAttribute("data-device") ? "data-device" : "data-line";
  const twin = fresh.querySelector(`[${name}="${CSS.escape(badge.getAttribute(name) ?? "")}"]`);
  if (twin === null) return; // filtered away by now; the row stays until the reader asks anew
  badge.setAttribute("data-state", twin.getAttribute("data-state") ?? "");
  for (const part of ["[data-word]", "[data-count]", "[data-remark]"]) {
    setText(badge.querySelector(part), twin.querySelector(part)?.textContent ?? "");
  }
  const target = twin.querySelector("[popovertarget]")?.getAttribute("popovertarget");
  if (target) badge.querySelector("[popovertarget]")?.setAttribute("popovertarget", target);
  const pill = badge.querySelector<HTMLElement>("[data-partial]");
  if (pill !== null) pill.hidden = twin.querySelector<HTMLElement>("[data-partial]")?.hidden ?? true;
  const time = badge.querySelector<HTMLTimeElement>("time[data-for]");
  const freshTime = twin.querySelector<HTMLTimeElement>("time[data-for]");
  if (time !== null && freshTime !== null) {
    time.dateTime = freshTime.dateTime;
    setText(time, freshTime.textContent ?? "");
  }
}

// What the server last sent for a section: islands may have changed the section since, so it cannot be compared with itself.
const taken = new WeakMap<Element, string>();

function takeSection(section: Element, fresh: Document): void {
  const twin = fresh.getElementById(section.id);
  if (twin === null || section.contains(document.activeElement)) return;
  const selection = document.getSelection();
  if (selection !== null && !selection.isCollapsed && selection.containsNode(section, true)) return;
  if (taken.get(section) === twin.innerHTML) return;
  taken.set(section, twin.innerHTML);
  section.replaceChildren(...document.adoptNode(twin).childNodes);
}
