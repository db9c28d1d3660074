// Runs test/*.test.ts with Node's own runner: each is bundled first, since Node 20 reads no TypeScript.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const chosen = process.argv.slice(2);
const tests = readdirSync("test").filter((name) => name.endsWith(".test.ts") && (!chosen.length || chosen.includes(name)));
if (!tests.length) throw new Error("no such test");
const folder = mkdtempSync(join(tmpdir(), "lethe-widget-"));
try {
  await build({
    entryPoints: tests.map((name) => join("test", name)),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
  const built = tests.map((name) => join(folder, name.replace(/\.ts$/, ".mjs")));
  process.exitCode = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
