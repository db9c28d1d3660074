import assert from "node:assert/strict";
import { test } from "node:test";
import { Frame, type FrameWindow } from "../src/conversation/frame.ts";
import type { ToLauncher } from "../src/protocol.ts";

const CLINIC = "https://clinic.example";

/** The window around the conversation, and what it was told. */
class Around {
  readonly told: [ToLauncher, string][] = [];
  readonly happened: string[] = [];
  readonly parent = { postMessage: (message: ToLauncher, origin: string) => void this.told.push([message, origin]) };
  readonly frame: Frame;
  #listener: (event: MessageEvent<unknown>) => void = () => {};

  constructor() {
    const window: FrameWindow = {
      parent: this.parent,
      addEventListener: (_type, listener) => {
        this.#listener = listener;
      },
    };
    const events = { framed: () => this.happened.push("framed"), shown: () => this.happened.push("shown") };
    this.frame = new Frame(window, [CLINIC, "https://other.example"], events);
  }

  say(data: unknown, { origin = CLINIC, source = this.parent as unknown } = {}): void {
    this.#listener({ data, origin, source } as MessageEvent<unknown>);
  }

  says(...types: string[]): void {
    for (const type of types) this.say({ lethe: 1, type });
  }

  get types(): string[] {
    return this.told.map(([message]) => message.type);
  }
}

test("before hello nobody is told anything", () => {
  const around = new Around();
  around.frame.resized(400);
  around.frame.news();
  around.frame.close();
  assert.deepEqual(around.told, []);
});

test("hello is answered to the origin that said it, with the height that was missed", () => {
  const around = new Around();
  around.frame.resized(400);
  around.says("hello");
  assert.deepEqual(around.told, [
    [{ lethe: 1, type: "ready" }, CLINIC],
    [{ lethe: 1, type: "height", px: 420 }, CLINIC],
  ]);
  assert.deepEqual(around.happened, ["framed"]);
});

test("hello is said until it is answered, and is an event but once", () => {
  const around = new Around();
  around.says("hello", "hello");
  assert.deepEqual(around.types, ["ready", "ready"]);
  assert.deepEqual(around.happened, ["framed"]);
});

const IGNORED: [string, unknown, { origin?: string; source?: unknown }][] = [
  ["of a stranger's origin", { lethe: 1, type: "hello" }, { origin: "https://stranger.example" }],
  ["of an origin that only begins as the clinic's", { lethe: 1, type: "hello" }, { origin: `${CLINIC}.stranger.example` }],
  ["of a sandboxed page", { lethe: 1, type: "hello" }, { origin: "null" }],
  ["of another window than the parent", { lethe: 1, type: "hello" }, { source: {} }],
  ["of another version", { lethe: 2, type: "hello" }, {}],
  ["of an unknown type", { lethe: 1, type: "open" }, {}],
  ["of a frame's own types", { lethe: 1, type: "ready" }, {}],
  ["without a type", { lethe: 1 }, {}],
  ["that is text", "hello", {}],
  ["that is nothing", null, {}],
];
for (const [name, data, sender] of IGNORED) {
  test(`a message ${name} is ignored`, () => {
    const around = new Around();
    around.say(data, sender);
    assert.deepEqual(around.told, []);
    assert.deepEqual(around.happened, []);
  });
}

test("answers are counted while hidden, and not while shown", () => {
  const around = new Around();
  around.says("hello");
  around.frame.news();
  around.says("hidden");
  around.frame.news();
  around.frame.news();
  around.says("shown");
  around.frame.news();
  const counts = around.told.flatMap(([message]) => (message.type === "unread" ? [message.count] : []));
  assert.deepEqual(counts, [1, 2, 0]);
  assert.deepEqual(around.happened, ["framed", "shown"]);
});

test("a height is told in a few steps, and never that it fell: not how long an answer is", () => {
  const around = new Around();
  around.says("hello");
  for (const px of [400, 401, 420, 378, 434, 458, 505, 9_000, 12_000]) around.frame.resized(px);
  const heights = around.told.flatMap(([message]) => (message.type === "height" ? [message.px] : []));
  assert.deepEqual(heights, [420, 560, 700]);
});
