/**
 * The launcher's releases: dist/releases/widget.<hash>.js and their list, dist/releases.json, the newest first.
 *
 * Pages pin a release by name and integrity, so one that was dated stays what it is, and stays at all until its
 * successor is 12 months old. The newest has no date (null) while it is being worked on: a build replaces it.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ file: string, integrity: string, released: string | null }} Release */

const KEPT_MONTHS = 12;

/** Lists `script` as the newest release under `dist` and writes its file; an undated one before it goes. */
export function keepRelease(dist, script) {
  const before = readReleases(dist);
  check(dist, before);
  refuseLost(committed(dist), before, today());
  const after = withNewest(before, described(script));
  mkdirSync(join(dist, "releases"), { recursive: true });
  writeFileSync(join(dist, "releases", after[0].file), script);
  writeReleases(dist, before, after);
}

/** Dates the newest release and lets go of those that nobody may expect any more. */
export function dateRelease(dist, day = today()) {
  const before = readReleases(dist);
  writeReleases(dist, before, withoutOld(dated(before, day), day));
}

/** @returns {Release[]} with `release` first: as it is where it is listed already (sources that went back), else undated */
export function withNewest(releases, release) {
  const known = releases.find(({ file }) => file === release.file);
  return [known ?? release, ...releases.filter((other) => other !== known && other.released !== null)];
}

/** @returns {Release[]} with `day` as the newest's date, where it has none */
export function dated(releases, day) {
  return releases.map((release, index) => (index === 0 && release.released === null ? { ...release, released: day } : release));
}

/** @returns {Release[]} without those whose successor is older than 12 months on `day` */
export function withoutOld(releases, day) {
  return releases.filter((_, index) => !mayGo(releases, index, day));
}

/** Throws where a release that `before` lists is not in `after`, and pages may still pin it. */
export function refuseLost(before, after, day) {
  const kept = new Set(after.map(({ file }) => file));
  before.forEach(({ file, released }, index) => {
    if (released !== null && !kept.has(file) && !mayGo(before, index, day))
      throw new Error(`releases.json: ${file} is missing; pages may pin it until its successor is 12 months old`);
  });
}

function mayGo(releases, index, day) {
  const successor = releases[index - 1];
  if (!successor?.released) return false;
  const end = new Date(`${successor.released}T00:00:00Z`);
  end.setUTCMonth(end.getUTCMonth() + KEPT_MONTHS);
  return end.toISOString().slice(0, 10) < day;
}

function described(script) {
  const hash = createHash("sha256").update(script).digest("hex").slice(0, 16);
  return { file: `widget.${hash}.js`, integrity: integrity(script), released: null };
}

function integrity(script) {
  return `sha384-${createHash("sha384").update(script).digest("base64")}`;
}

function check(dist, releases) {
  for (const { file, integrity: listed, released } of releases)
    if (released !== null && integrity(readFileSync(join(dist, "releases", file))) !== listed)
      throw new Error(`${file}: not what its integrity in releases.json says`);
}

/** @returns {Release[]} as last committed, so that one removed by hand is missed; none outside a clone */
function committed(dist) {
  try {
    const shown = execFileSync("git", ["show", `HEAD:./${dist}/releases.json`], { stdio: ["ignore", "pipe", "ignore"] });
    return JSON.parse(shown.toString());
  } catch {
    return []; // no git, no clone, or the first release ever: nothing was promised to any page that could be looked up
  }
}

function readReleases(dist) {
  try {
    return JSON.parse(readFileSync(join(dist, "releases.json"), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return []; // the first release ever; anything else is a fault
    throw error;
  }
}

function writeReleases(dist, before, after) {
  const kept = new Set(after.map(({ file }) => file));
  for (const { file } of before) if (!kept.has(file)) rmSync(join(dist, "releases", file), { force: true });
  writeFileSync(join(dist, "releases.json"), `${JSON.stringify(after, null, 2)}\n`);
}

function today() {
  return new Date().toISOString().slice(0, 10);
}
