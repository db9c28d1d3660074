import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, frameOf } from "../src/conversation/frames.ts";
import { Problem } from "../src/conversation/problem.ts";

const frame = (event: string, data: unknown): Frame | null => frameOf({ event, data: JSON.stringify(data) });
const CALL = { kind: "call", label: "Call us", url: "tel:+3225550100" };
const DONE = { session: "t", path: "llm", intent: "price", topic: "none", language: "en", actions: [CALL], sources: [{ title: "Prices" }] };

test("every event of the interface becomes its frame", () => {
  assert.deepEqual(frame("accepted", { turn: "a" }), { event: "accepted" });
  assert.deepEqual(frame("redacted", { text: "I'm [name hidden]", count: 1 }), { event: "redacted", text: "I'm [name hidden]", count: 1 });
  assert.deepEqual(frame("delta", { text: "Yes" }), { event: "delta", text: "Yes" });
  assert.deepEqual(frame("restart", {}), { event: "restart" });
  const ending = { path: "llm", actions: [CALL], sources: [{ title: "Prices" }] };
  assert.deepEqual(frame("done", DONE), { event: "done", session: "t", ending });
  const error = frame("error", { code: "draining", message: "Soon.", retry_after_s: 2, session: "s", actions: [CALL] });
  assert.ok(error?.event === "error");
  const { code, detail, retryAfterS, actions } = error.problem;
  assert.deepEqual({ code, detail, retryAfterS, actions }, { code: "draining", detail: "Soon.", retryAfterS: 2, actions: [CALL] });
  assert.equal(error.session, "s");
});

test("an event of an unknown name is no frame, whatever its data", () => {
  for (const name of ["thinking", "message", "toString", "constructor", "__proto__"]) {
    assert.equal(frameOf({ event: name, data: "not json" }), null);
  }
});

const MALFORMED: [string, string][] = [
  ["delta", "not json"],
  ["delta", "null"],
  ["delta", '"text"'],
  ["delta", "[]"],
  ["delta", "{}"],
  ["delta", '{"text": 5}'],
  ["restart", "7"],
  ["redacted", '{"text": "a"}'],
  ["redacted", '{"text": "a", "count": "1"}'],
  ["redacted", '{"text": "a", "count": 0}'],
  ["redacted", '{"text": "a", "count": 1.5}'],
  ["redacted", '{"count": 1}'],
  ["done", '{"path": "llm"}'],
  ["done", '{"session": 1, "path": "llm"}'],
  ["done", '{"session": "t"}'],
  ["error", '{"message": "a"}'],
];

for (const [event, data] of MALFORMED) {
  test(`a stream with ${event} ${data} is broken`, () => {
    assert.throws(() => frameOf({ event, data }), (error) => error instanceof Problem && error.code === "unexpected");
  });
}

test("only actions and sources that can be shown are kept", () => {
  const actions = [
    CALL,
    { ...CALL, kind: "dance" },
    { ...CALL, kind: 5 },
    { kind: "link", label: "a", url: "javascript:alert(1)" },
    { kind: "link", label: "a", url: "http://a.example" },
    { kind: "link", label: "a", url: "//a.example" },
    { kind: "link", label: 5, url: "https://a.example" },
    { kind: "link", label: "a" },
    null,
    "call",
  ];
  const sources = [{ title: "A", url: "https://a.example" }, { title: "B", url: "data:text/html,x" }, { url: "https://a.example" }, 7];
  const made = frame("done", { ...DONE, actions, sources });
  assert.ok(made?.event === "done");
  assert.deepEqual(made.ending.actions, [CALL, { ...CALL, kind: "link" }, { ...CALL, kind: "link" }]);
  assert.deepEqual(made.ending.sources, [{ title: "A", url: "https://a.example" }, { title: "B" }]);
  const without = frame("done", { session: "t", path: "llm", actions: "no", sources: { length: 3 } });
  assert.deepEqual(without?.event === "done" && [without.ending.actions, without.ending.sources], [[], []]);
});

test("a path that is new since the page was opened is an answer without a special look", () => {
  const made = frame("done", { ...DONE, path: "telepathy" });
  assert.equal(made?.event === "done" && made.ending.path, "fallback");
});

for (const seconds of ['"5"', "-1", "null", "1e999", "{}"]) {
  test(`a wait of ${seconds} s is none`, () => {
    const made = frameOf({ event: "error", data: `{"code": "draining", "message": "Soon.", "retry_after_s": ${seconds}}` });
    assert.equal(made?.event === "error" && made.problem.retryAfterS, 0);
  });
}
