// Which releases of the launcher are kept, and that none that a page may pin is lost.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dated, dateRelease, keepRelease, refuseLost, withNewest, withoutOld } from "../releases.mjs";

const release = (name: string, released: string | null = null) => ({ file: `widget.${name}.js`, integrity: "sha384-", released });

test("a build replaces the release that has no date", () => {
  assert.deepEqual(withNewest([release("b"), release("a", "2026-01-01")], release("c")), [release("c"), release("a", "2026-01-01")]);
});

test("a build leaves a dated release where it is", () => {
  assert.deepEqual(withNewest([release("a", "2026-01-01")], release("b")), [release("b"), release("a", "2026-01-01")]);
});

test("the same sources change nothing", () => {
  const listed = [release("b", "2026-02-01"), release("a", "2026-01-01")];
  assert.deepEqual(withNewest(listed, release("b")), listed);
});

test("sources that went back are the old release again, with its date", () => {
  assert.deepEqual(withNewest([release("b"), release("a", "2026-01-01")], release("a")), [release("a", "2026-01-01")]);
});

test("a date is given once", () => {
  assert.deepEqual(dated([release("b"), release("a", "2026-01-01")], "2026-03-01")[0], release("b", "2026-03-01"));
  assert.deepEqual(dated([release("b", "2026-03-01")], "2026-04-01"), [release("b", "2026-03-01")]);
});

test("a release goes when its successor is older than 12 months, and not a day before", () => {
  const listed = [release("b", "2026-02-28"), release("a", "2020-01-01")];
  assert.deepEqual(withoutOld(listed, "2027-02-28"), listed);
  assert.deepEqual(withoutOld(listed, "2027-03-01"), [listed[0]]);
});

test("the newest never goes, nor one whose successor has no date yet", () => {
  const listed = [release("b"), release("a", "2020-01-01")];
  assert.deepEqual(withoutOld(listed, "2099-01-01"), listed);
});

test("one that was removed by hand is missed while pages may pin it", () => {
  const before = [release("b", "2026-02-28"), release("a", "2020-01-01")];
  assert.throws(() => refuseLost(before, [before[0]], "2027-02-28"), /widget\.a\.js is missing/);
  assert.throws(() => refuseLost(before, [], "2099-01-01"), /widget\.b\.js is missing/);
  refuseLost(before, [before[0]], "2027-03-01");
  refuseLost([release("b")], [], "2026-01-01");
});

test("files follow the list, and a changed file is refused", () => {
  const dist = mkdtempSync(join(tmpdir(), "lethe-releases-"));
  const files = () => readdirSync(join(dist, "releases")).length;
  const list = () => JSON.parse(readFileSync(join(dist, "releases.json"), "utf8"));
  try {
    keepRelease(dist, Buffer.from("one"));
    keepRelease(dist, Buffer.from("two"));
    assert.deepEqual([files(), list().length, list()[0].released], [1, 1, null]);
    dateRelease(dist, "2026-01-01");
    keepRelease(dist, Buffer.from("three"));
    assert.deepEqual([files(), list().map(({ released }: { released: string }) => released)], [2, [null, "2026-01-01"]]);
    writeFileSync(join(dist, "releases", list()[1].file), "changed");
    assert.throws(() => keepRelease(dist, Buffer.from("four")), /not what its integrity/);
  } finally {
    rmSync(dist, { recursive: true });
  }
});
