// What can be tested without a browser: the colours keep their contrast, patterns are filled, durations are stepped.

import test from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

const tokens = await readFile(new URL("../src/tokens.css", import.meta.url), "utf8");
const bundled = await build({
  entryPoints: [new URL("../src/words.ts", import.meta.url).pathname],
  bundle: true, write: false, format: "esm", target: "es2022",
});
const words = await import(`data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].contents).toString("base64")}`);

function pair(name) {
  const found = new RegExp(`--${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(tokens);
  assert.ok(found, `--${name} is a pair of colours`);
  return { light: found[1], dark: found[2] };
}

// WCAG 2.2, relative luminance and contrast ratio.
function luminance(hex) {
  const [r, g, b] = [0, 2, 4].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const PLAIN = ["ground", "sheet", "sunk", "chosen"];
const TEXT = [
  ["ink", [...PLAIN, "good-ground", "warn-ground", "bad-ground"]],
  ["ink-soft", [...PLAIN, "good-ground"]],
  ["accent", [...PLAIN, "good-ground"]],
  ["good", [...PLAIN, "good-ground"]],
  ["warn", [...PLAIN, "warn-ground", "good-ground"]],
  ["bad", [...PLAIN, "bad-ground", "good-ground"]],
  ["none", [...PLAIN, "good-ground"]],
  ["on-accent", ["accent", "accent-strong"]],
  ["on-danger", ["danger"]],
];

for (const scheme of ["light", "dark"]) {
  test(`text stands out, ${scheme}`, () => {
    for (const [text, grounds] of TEXT) {
      for (const ground of grounds) {
        const ratio = contrast(pair(text)[scheme], pair(ground)[scheme]);
        assert.ok(ratio >= 4.5, `--${text} on --${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });
  test(`borders of controls stand out, ${scheme}`, () => {
    for (const ground of ["ground", "sheet", "sunk"]) {
      const ratio = contrast(pair("control")[scheme], pair(ground)[scheme]);
      assert.ok(ratio >= 3, `--control on --${ground}: ${ratio.toFixed(2)}`);
    }
  });
}

test("patterns are filled, and unknown places stay", () => {
  assert.equal(words.fill("{n} of {all} {x}", { n: "3", all: "4" }), "3 of 4 {x}");
});

test("zero is singular in French and plural in English", () => {
  assert.deepEqual(["fr", "en"].map((language) => words.plural(language, 0)), ["one", "other"]);
  assert.deepEqual(["fr", "en"].map((language) => words.plural(language, 1)), ["one", "one"]);
});

test("the count takes the pattern of both numbers", () => {
  const patterns = new Map([["lines-one-other", "{registered} ligne sur {assigned}"], ["lines-other-other", "{registered} lignes sur {assigned}"]]);
  assert.equal(words.lineCount(patterns, "fr", 1, 4), "1 ligne sur 4");
  assert.equal(words.lineCount(patterns, "fr", 3, 4), "3 lignes sur 4");
});

test("durations take the coarsest unit, as the server does", () => {
  const patterns = new Map([["for-now", "now"], ["for-minutes", "{n} min"], ["for-hours", "{n} h"], ["for-days", "{n} d"]]);
  const said = (seconds) => words.duration(patterns, seconds);
  assert.deepEqual([0, 59, 60, 3_599, 3_600, 172_799, 172_800].map(said), ["now", "now", "1 min", "59 min", "1 h", "47 h", "2 d"]);
});
