// Builds what browsers get, into dist/ (committed; CI builds again and compares). Same sources, same bytes.
import { build, transform } from "esbuild";
import { readFile } from "node:fs/promises";
import { keepRelease } from "./releases.mjs";

const SHARED = { bundle: true, minify: true, target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning" };

/** The launcher has its styles inside, as text: it may not add a request, nor a <style> where a page forbids one. */
const stylesAsText = {
  name: "styles-as-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path), { loader: "css", minify: true, target: SHARED.target });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

await build({
  ...SHARED,
  entryPoints: { conversation: "src/conversation/main.ts" },
  format: "esm",
  outdir: "dist",
});
await build({ ...SHARED, entryPoints: { conversation: "src/conversation/conversation.css" }, outdir: "dist" });

const launcher = await build({
  ...SHARED,
  entryPoints: ["src/launcher/main.ts"],
  format: "iife",
  tsconfigRaw: {}, // else esbuild says "use strict", which costs bytes and changes nothing here
  plugins: [stylesAsText],
  write: false,
});
keepRelease("dist", launcher.outputFiles[0].contents);
