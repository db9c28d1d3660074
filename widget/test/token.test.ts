import assert from "node:assert/strict";
import { test } from "node:test";
import { Token } from "../src/conversation/token.ts";
import { Tab } from "./doubles.ts";

const KEY = "lethe:belle-rive";

test("the token is kept in the tab's storage under the clinic's key, and nothing else is", () => {
  const tab = new Tab();
  const token = new Token(KEY, () => tab.storage);
  assert.deepEqual([...tab.items], [], "before there is a token");
  token.set("a");
  token.set("b");
  assert.deepEqual([...tab.items], [[KEY, "b"]]);
  assert.equal(new Token(KEY, () => tab.storage).get(), "b", "after a reload");
  token.forget();
  assert.deepEqual([...tab.items], []);
  assert.equal(token.get(), null);
});

test("another clinic's token is not ours", () => {
  const tab = new Tab();
  new Token("lethe:other", () => tab.storage).set("theirs");
  assert.equal(new Token(KEY, () => tab.storage).get(), null);
});

test("a browser that blocks storage keeps the token in memory alone", () => {
  const token = new Token(KEY, () => {
    throw new DOMException("blocked", "SecurityError");
  });
  assert.equal(token.get(), null);
  token.set("a");
  assert.equal(token.get(), "a");
  token.forget();
  assert.equal(token.get(), null);
});

test("a storage that is full does not lose the token", () => {
  const tab = new Tab();
  const token = new Token(KEY, () => tab.storage);
  tab.full = true;
  token.set("a");
  assert.equal(token.get(), "a");
});
