// <csv-drop data-limit="bytes"><form enctype="multipart/form-data">…</form></csv-drop>
// The form works without it. With it, a file may be dropped anywhere on the form, one that is too large is refused before it
// is sent, and sending shows how far it is.

import { fill, type Words } from "./words";

export class CsvDrop extends HTMLElement {
  private words: Words = new Map();
  private sending: XMLHttpRequest | null = null;

  connectedCallback(): void {
    const entries = this.querySelector<HTMLTemplateElement>("template[data-words]")?.content.querySelectorAll("data") ?? [];
    this.words = new Map([...entries].map((entry) => [entry.value, entry.textContent ?? ""]));
    this.addEventListener("dragover", this.over);
    this.addEventListener("dragleave", () => this.mark(false));
    this.addEventListener("drop", this.drop);
    this.addEventListener("change", () => this.wrong(""));
    this.addEventListener("submit", this.submit);
    // Back from the result: the browser may show this page as it was when it was left.
    window.addEventListener("pageshow", this.reset);
  }

  disconnectedCallback(): void {
    window.removeEventListener("pageshow", this.reset);
    this.sending?.abort();
  }

  private get input(): HTMLInputElement | null {
    return this.querySelector("input[type=file]");
  }

  private readonly over = (event: DragEvent): void => {
    if (!(event.dataTransfer?.types.includes("Files") ?? false)) return;
    event.preventDefault();
    this.mark(true);
  };

  private readonly drop = (event: DragEvent): void => {
    const files = event.dataTransfer?.files;
    if (files === undefined || files.length === 0) return;
    event.preventDefault();
    this.mark(false);
    const file = files[0];
    if (files.length > 1 || file === undefined) {
      this.wrong("file-many");
      return;
    }
    if (this.input !== null) this.input.files = files;
    this.wrong("");
    this.say(fill(this.words.get("dropped") ?? "", { name: file.name }));
    this.input?.focus();
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.sending !== null) return;
    const file = this.input?.files?.[0];
    if (file === undefined) return this.wrong("file-missing");
    if (file.size > Number(this.dataset["limit"])) return this.wrong("too-large");
    this.wrong("");
    this.send(event.target as HTMLFormElement);
  };

  private send(form: HTMLFormElement): void {
    const request = new XMLHttpRequest();
    this.sending = request;
    form.setAttribute("aria-busy", "true");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((event.loaded / event.total) * 100);
      this.progress(percent);
    });
    request.upload.addEventListener("load", () => this.progress(100));
    request.addEventListener("load", () => this.answered(request));
    // A file that changed on the disk since it was chosen ends here as well.
    request.addEventListener("error", () => { this.reset(); this.wrong("broken"); });
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Accept", "text/html");
    request.send(new FormData(form));
  }

  /** The way to the import; or this page again, or another, with what is wrong. */
  private answered(request: XMLHttpRequest): void {
    const next = request.getResponseHeader("HX-Redirect");
    if (next !== null) {
      location.assign(next);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
    const main = document.querySelector("main");
    if (answer === null || main === null) {
      this.reset();
      this.wrong("broken");
      return;
    }
    main.replaceWith(document.adoptNode(answer));
    (document.querySelector<HTMLElement>("main [aria-invalid=true]") ?? document.querySelector<HTMLElement>("main"))?.focus();
  }

  private progress(percent: number): void {
    const part = this.querySelector<HTMLElement>("[data-sending]");
    if (part !== null) part.hidden = false;
    const bar = this.querySelector("progress");
    if (bar !== null) bar.value = percent;
    // Read aloud in steps that one can listen to.
    if (percent === 100) this.say(this.words.get("sent") ?? "");
    else if (percent % 25 === 0 || part?.querySelector("[data-said]")?.textContent === "") this.say(fill(this.words.get("sending") ?? "", { percent: String(percent) }));
  }

  private say(text: string): void {
    const part = this.querySelector<HTMLElement>("[data-sending]");
    if (part !== null) part.hidden = false;
    const said = this.querySelector("[data-said]");
    if (said !== null && said.textContent !== text) said.textContent = text;
    this.querySelector("progress")?.toggleAttribute("hidden", this.sending === null);
  }

  private wrong(word: string): void {
    const place = this.querySelector<HTMLElement>("[data-wrong]");
    if (place === null) return;
    place.textContent = this.words.get(word) ?? "";
    place.hidden = word === "";
    if (word !== "") this.input?.focus();
  }

  private mark(over: boolean): void {
    this.querySelector("[data-drop]")?.toggleAttribute("data-over", over);
  }

  private readonly reset = (): void => {
    this.sending = null;
    this.querySelector("form")?.removeAttribute("aria-busy");
    const part = this.querySelector<HTMLElement>("[data-sending]");
    if (part !== null) part.hidden = true;
  };
}
