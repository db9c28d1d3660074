// The launcher's pure parts: what a page's attributes mean, which messages of a frame count, how long it is waited for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Attribute, readConfig } from "../src/launcher/config.ts";
import { handshake } from "../src/launcher/handshake.ts";
import { fromFrame } from "../src/launcher/messages.ts";
import { spoken, TEXTS } from "../src/launcher/texts.ts";

const SCRIPT = "https://chat.example:8443/widget.0123456789abcdef.js";

function read(attributes: Partial<Record<Attribute, string>>, languages: string[] = []) {
  return readConfig((name) => attributes[name] ?? null, SCRIPT, languages);
}

test("the conversation is on the origin that the script came from", () => {
  assert.equal(read({ clinic: "belle-rive" })?.address, "https://chat.example:8443/embed/belle-rive");
});

test("a page that names its gateway goes there", () => {
  assert.equal(read({ clinic: "belle-rive", gateway: "http://localhost:8000/any?thing" })?.address, "http://localhost:8000/embed/belle-rive");
});

for (const gateway of ["javascript:alert(1)", "data:text/html,x", "chat.example", "https://", "//chat.example", " https://chat.example"])
  test(`${gateway} is no gateway`, () => assert.equal(read({ clinic: "belle-rive", gateway }), undefined));

for (const clinic of ["", "x", "Belle", "1st", "a/b", "a?lang=x", "../admin", "a".repeat(41), "belle rive", "belle\n"])
  test(`${JSON.stringify(clinic)} is no clinic`, () => assert.equal(read({ clinic }), undefined));

test("the language is the attribute's, else the page's, else the browser's, else left to the gateway", () => {
  const languageIn = (attribute: string, ...others: string[]) => read({ clinic: "belle-rive", language: attribute }, others);
  assert.match(languageIn("nl", "fr")!.address, /\?lang=nl$/);
  assert.match(languageIn("", "fr-BE", "nl")!.address, /\?lang=fr$/);
  assert.match(languageIn("it", "", "DE-at")!.address, /\?lang=de$/);
  assert.doesNotMatch(languageIn("it", "es", "constructor")!.address, /lang/);
  assert.equal(languageIn("it", "es")!.language, "en");
});

test("what every object inherits is no language", () => {
  Object.assign(Object.prototype, { xx: ["poisoned"] });
  try {
    assert.equal(spoken(["xx"]), undefined);
  } finally {
    delete (Object.prototype as unknown as Record<string, unknown>).xx;
  }
});

test("every language has all the words", () => {
  for (const words of Object.values(TEXTS)) assert.deepEqual([words.length, words.every(Boolean)], [TEXTS.en.length, true]);
});

test("a phone number keeps what can be dialled", () => {
  assert.equal(read({ clinic: "belle-rive", phone: "+32 (0)2 555.01-00" })?.phone, "+32025550100");
  assert.equal(read({ clinic: "belle-rive" })?.phone, "");
  assert.equal(read({ clinic: "belle-rive", phone: "javascript:alert(1)" })?.phone, "1");
});

test("the protocol's messages are understood", () => {
  assert.deepEqual(fromFrame({ lethe: 1, type: "ready" }), { type: "ready", amount: 0 });
  assert.deepEqual(fromFrame({ lethe: 1, type: "close", count: "x" }), { type: "close", amount: 0 });
  assert.deepEqual(fromFrame({ lethe: 1, type: "unread", count: 3 }), { type: "unread", amount: 3 });
  assert.deepEqual(fromFrame({ lethe: 1, type: "height", px: 640 }), { type: "height", amount: 640 });
});

const NONSENSE = [
  undefined, null, 1, "ready", [], {}, { type: "ready" }, { lethe: 2, type: "ready" }, { lethe: "1", type: "ready" }, { lethe: 1 },
  { lethe: 1, type: "hello" }, { lethe: 1, type: "constructor" }, { lethe: 1, type: "__proto__" }, { lethe: 1, type: "unread" },
  { lethe: 1, type: "unread", px: 3 }, { lethe: 1, type: "unread", count: "3" }, { lethe: 1, type: "unread", count: -1 },
  { lethe: 1, type: "unread", count: 1.5 }, { lethe: 1, type: "unread", count: Number.NaN }, { lethe: 1, type: "height", px: 10_001 },
  { lethe: 1, type: "height", px: Number.POSITIVE_INFINITY },
];
for (const [index, data] of NONSENSE.entries())
  test(`nonsense ${index} is ignored`, () => assert.equal(fromFrame(data), undefined));

function greeted() {
  const seen = { hellos: 0, gaveUp: 0 };
  return { seen, hand: handshake(() => seen.hellos++, () => seen.gaveUp++) };
}

test("a frame that answers is left alone", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { seen, hand } = greeted();
  hand.begin();
  context.mock.timers.tick(400);
  hand.stop();
  context.mock.timers.tick(60_000);
  assert.deepEqual(seen, { hellos: 2, gaveUp: 0 });
});

test("nothing is said to a frame before it loaded, and it is given up after ten seconds", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { seen } = greeted();
  context.mock.timers.tick(9_999);
  assert.deepEqual(seen, { hellos: 0, gaveUp: 0 });
  context.mock.timers.tick(1);
  assert.deepEqual(seen, { hellos: 0, gaveUp: 1 });
});

test("a frame that loaded and does not answer is given up once, after a handful of words", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { seen, hand } = greeted();
  context.mock.timers.tick(9_000);
  hand.begin();
  for (let ms = 0; ms < 9_300; ms += 100) context.mock.timers.tick(100);
  assert.deepEqual(seen, { hellos: 5, gaveUp: 1 });
  context.mock.timers.tick(60_000);
  assert.deepEqual(seen, { hellos: 5, gaveUp: 1 });
});

test("another page in the frame is greeted anew", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { seen, hand } = greeted();
  hand.begin();
  hand.stop();
  hand.begin();
  assert.deepEqual(seen, { hellos: 2, gaveUp: 0 });
  hand.stop();
});
