import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../src/conversation/view/fill.ts";

test("every gap that has a value is filled, and nothing else", () => {
  assert.equal(fill("{count} of {limit}, {count}", { count: 2, limit: 3 }), "2 of 3, 2");
  assert.equal(fill("{unknown} {}", { count: 2 }), "{unknown} {}");
});

test("a value is never read as a pattern or filled again", () => {
  assert.equal(fill("{name}", { name: "$& {name}" }), "$& {name}");
});
