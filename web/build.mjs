// Builds web/dist: one script, one style sheet, one sprite of icons, the favicon; each with its brotli and gzip twin.
// What is served is exactly what lies here: nothing is loaded from elsewhere, and nothing of it is committed.

import { build } from "esbuild";
import { readFile, writeFile, mkdir, rm, readdir } from "node:fs/promises";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";
import { fileURLToPath } from "node:url";
import path from "node:path";

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, "dist");

// The icons that templates may name, from lucide-static. One that is missing there fails the build.
const ICONS = [
  "arrow-down", "arrow-left", "arrow-right", "arrow-up", "check", "chevron-down", "circle-question-mark", "copy", "download", "history", "info",
  "key-round", "keyboard", "log-out", "phone", "plus", "rotate-cw", "sliders-horizontal", "trash-2", "triangle-alert",
  "upload", "user-plus", "x",
];

// Our own mark: a pulse on a line. Drawn once, used as brand and as favicon.
const PULSE = "M2 12h4l2.5-7 5 14 3.5-10 2 3h3";

async function sprite() {
  const symbols = await Promise.all(ICONS.map(async (name) => {
    const svg = await readFile(path.join(root, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  }));
  symbols.push(`<symbol id="pulse" viewBox="0 0 24 24"><path d="${PULSE}"/></symbol>`);
  // Presentation (stroke, caps) is the style sheet's, on the <svg> that uses a symbol.
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

// A favicon stands on browser chrome of either brightness, so it brings its own ground.
const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#1b5cc4"/>`
  + `<g transform="translate(2.4 2.4) scale(.8)"><path d="${PULSE}" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></g></svg>\n`;

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ["src/app.ts", "src/app.css"],
  outdir: dist,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  logLevel: "warning",
});
await writeFile(path.join(dist, "icons.svg"), await sprite());
await writeFile(path.join(dist, "favicon.svg"), favicon);

for (const name of (await readdir(dist)).sort()) {
  const file = path.join(dist, name);
  const bytes = await readFile(file);
  const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  const gz = gzipSync(bytes, { level: 9 });
  await writeFile(`${file}.br`, br);
  await writeFile(`${file}.gz`, gz);
  console.log(`${name.padEnd(12)} ${String(bytes.length).padStart(7)} bytes, ${br.length} as brotli, ${gz.length} as gzip`);
}
