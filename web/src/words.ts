// Words for what changes after the page was made. The server renders them, in the reader's language, as
// <template id="live-words"><data value="state-aged">Âgé</data>…</template>; here they are only looked up and filled.

export type Words = ReadonlyMap<string, string>;

export function readWords(page: ParentNode, where = "template#live-words"): Words {
  const words = new Map<string, string>();
  const template = page.querySelector<HTMLTemplateElement>(where);
  for (const entry of template?.content.querySelectorAll("data") ?? []) {
    words.set(entry.value, entry.textContent ?? "");
  }
  return words;
}

/** Puts values in the places of a pattern: `fill("{n} min", {n: "3"})`. A place without a value stays as it is. */
export function fill(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}

/** "one" or "other": the two forms that English and French patterns come in. */
export function plural(language: string, count: number): "one" | "other" {
  return new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
}

/** "3 of 4 lines": the pattern depends on both numbers, since the noun follows another one in each language. */
export function lineCount(words: Words, language: string, registered: number, assigned: number): string {
  const pattern = words.get(`lines-${plural(language, registered)}-${plural(language, assigned)}`) ?? "";
  const shown = new Intl.NumberFormat(language);
  return fill(pattern, { registered: shown.format(registered), assigned: shown.format(assigned) });
}

/** How long something has lasted, in the coarsest unit that says enough; the same steps as the server's. */
export function duration(words: Words, seconds: number): string {
  if (seconds < 60) return words.get("for-now") ?? "";
  const steps: [string, number, number][] = [
    ["for-minutes", 60, 60],
    ["for-hours", 3600, 48],
    ["for-days", 86400, Infinity],
  ];
  for (const [key, unit, below] of steps) {
    const n = Math.floor(seconds / unit);
    if (n < below) return fill(words.get(key) ?? "", { n: String(n) });
  }
  return "";
}
