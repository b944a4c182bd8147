// <local-times> stands once on a page, anywhere. Times come from the server in the site's zone; where the reader's differs,
// the reader's time goes first and the site's stays beside it. Durations ("for 12 min") are kept true while the page is open.

import { duration, fill, readWords, type Words } from "./words";

const TICK_MS = 20_000;

export class LocalTimes extends HTMLElement {
  private timer = 0;
  private readonly watcher = new MutationObserver(() => this.localize());

  connectedCallback(): void {
    this.localize();
    this.timer = window.setInterval(() => tick(document, readWords(document), Date.now()), TICK_MS);
    // Parts of the page are exchanged (a filter, a live section): their times are new.
    this.watcher.observe(document.body, { childList: true, subtree: true });
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
    this.watcher.disconnect();
  }

  private localize(): void {
    const pattern = readWords(document).get("time-with-site");
    if (pattern === undefined) return;
    for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-offset]")) {
      const at = new Date(time.dateTime);
      const offset = Number(time.dataset["offset"]);
      time.removeAttribute("data-offset"); // done once, so that our own change does not call us again
      if (Number.isNaN(at.valueOf()) || -at.getTimezoneOffset() === offset) continue;
      time.textContent = fill(pattern, { time: written(here(at)), site: written(there(at, offset), here(at)) });
    }
  }
}

/** Rewrites every `<time data-for>` below `page` for the moment `now`. */
export function tick(page: ParentNode, words: Words, now: number): void {
  for (const time of page.querySelectorAll<HTMLTimeElement>("time[data-for]")) {
    const since = Date.parse(time.dateTime);
    if (Number.isNaN(since)) continue;
    const text = duration(words, Math.max(0, (now - since) / 1000));
    if (time.textContent !== text) time.textContent = text;
  }
}

/** A moment as a clock on a wall shows it: its fields are read as UTC, whatever zone the wall is in. */
const here = (at: Date): Date => there(at, -at.getTimezoneOffset());
const there = (at: Date, offsetMinutes: number): Date => new Date(at.valueOf() + offsetMinutes * 60_000);

/** As the server writes times: 24 hours, and the date when it is not today's — or not the one already `said`. */
function written(wall: Date, said?: Date): string {
  const locale = document.documentElement.lang === "fr" ? "fr-FR" : "en-GB";
  const format = (parts: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(locale, { ...parts, timeZone: "UTC" }).format(wall);
  const clock = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const known = said ?? here(new Date());
  if (wall.toISOString().slice(0, 10) === known.toISOString().slice(0, 10)) return clock;
  return `${format({ day: "numeric", month: "short", year: "numeric" })} ${clock}`;
}
