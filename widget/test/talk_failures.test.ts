/** Every way in which a message is not answered: what is said, what is offered, and where the message is then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../src/conversation/screen.ts";
import { CALL, DONE, frames, json, problem, settled, until } from "./doubles.ts";
import { EMERGENCY, live, MAIL, scene } from "./talk_scene.ts";

const actions = (screen: ReturnType<typeof scene>["screen"]): Action[] => screen.cards.at(-1)?.actions ?? [];

/** The refusals of the interface (schemas/public.py): what the card says, and whether it offers to try again. */
const REFUSALS: [status: number, code: string, says: string, again: boolean][] = [
  [400, "invalid_request", "not_accepted", false],
  [403, "origin_not_allowed", "not_here", false],
  [404, "unknown_clinic", "not_here", false],
  [404, "not_found", "not_accepted", false],
  [405, "method_not_allowed", "not_accepted", false],
  [413, "message_too_long", "Detail of message_too_long.", false],
  [415, "unsupported_media_type", "not_accepted", false],
  [429, "rate_limited", "Detail of rate_limited.", true],
  [429, "quota_spent", "Detail of quota_spent.", false],
  [503, "overloaded", "Detail of overloaded.", true],
  [503, "sanitiser_failed", "Detail of sanitiser_failed.", true],
  [503, "provider_failed", "Detail of provider_failed.", true],
  [503, "deadline_exceeded", "Detail of deadline_exceeded.", true],
  [503, "interrupted", "Detail of interrupted.", true],
  [503, "draining", "Detail of draining.", true],
  [500, "internal", "Detail of internal.", true],
  [418, "of_next_year", "not_accepted", false],
  [418, "constructor", "not_accepted", false],
];

for (const [status, code, says, again] of REFUSALS) {
  test(`a turn refused as ${code} says why, who helps, and ${again ? "offers to try again" : "gives the message back"}`, async () => {
    const { talk, screen } = scene({ turns: [problem(status, code, { retry_after_s: again ? 7 : 0, actions: [CALL] })] });
    await talk.ask("hi?");
    assert.deepEqual(screen.shown, again ? ["visitor: hi?", `card: ${says} <retry in 7>`] : [`card: ${says}`]);
    assert.deepEqual(actions(screen), [CALL, EMERGENCY]);
    assert.equal(screen.typed, again ? "" : "hi?");
    assert.equal(screen.isBusy, false);
  });

  test(`a session refused as ${code} ends the same way`, async () => {
    const { talk, screen, network } = scene({ sessions: [problem(status, code)] });
    await talk.ask("hi?");
    assert.equal(screen.last, again ? `card: ${says} <retry>` : `card: ${says}`);
    assert.deepEqual(actions(screen), [MAIL, EMERGENCY], "no contact came, so the page's own stands there");
    assert.equal(network.calls.length, 1, "the message was not sent");
  });
}

/** Error frames (schemas/taxonomy.py, ErrorCode). */
for (const code of ["overloaded", "sanitiser_failed", "provider_failed", "deadline_exceeded", "interrupted", "draining", "internal"]) {
  test(`an answer that ends as ${code} keeps what was shown, and the fresh token`, async () => {
    const error = { code, message: "We are sorry.", actions: [CALL], retry_after_s: 2, session: "after" };
    const { talk, screen, token } = scene({ turns: [live(frames(["delta", { text: "Ye" }], ["error", error])).end()] });
    await talk.ask("hi?");
    assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Ye [broken off]", "card: We are sorry. <retry in 2>"]);
    assert.deepEqual(actions(screen), [CALL, EMERGENCY]);
    assert.equal(token(), "after");
    screen.press("retry");
    await until(() => !screen.isBusy);
    assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes. [llm]"]);
  });
}

test("an error frame without a token leaves the old one, and one without a word takes its bubble along", async () => {
  const { talk, screen, token } = scene({ turns: [live(frames(["error", { code: "draining", message: "Soon.", actions: [] }])).end()] });
  await talk.ask("hi?");
  assert.deepEqual(screen.shown, ["visitor: hi?", "card: Soon. <retry>"]);
  assert.equal(token(), "opened-1");
});

test("a wait of more than five minutes is not counted down: the message is given back", async () => {
  const { talk, screen } = scene({ turns: [problem(429, "rate_limited", { retry_after_s: 301 })] });
  await talk.ask("hi?");
  assert.deepEqual(screen.shown, ["card: Detail of rate_limited."]);
  assert.equal(screen.typed, "hi?");
});

test("a refusal without a sentence gets one of ours", async () => {
  const { talk, screen } = scene({ turns: [json(503, { code: "draining", detail: "" }), json(429, { code: "quota_spent" })] });
  await talk.ask("one");
  assert.equal(screen.last, "card: unexpected <retry>");
  await talk.ask("two");
  assert.equal(screen.last, "card: not_accepted");
});

test("something between that answers in the gateway's place is said to be no answer, and not tried again by itself", async () => {
  for (const reply of [{ status: 403, body: "<html>" }, { status: 200, body: "<html>", type: "text/html" }]) {
    const { talk, screen, network, time } = scene({ turns: [reply] });
    await talk.ask("hi?");
    await time.pass(10);
    assert.equal(screen.last, "card: unexpected <retry>");
    assert.deepEqual(actions(screen), [MAIL, EMERGENCY]);
    assert.equal(network.calls.length, 2);
  }
});

test("a garbled frame breaks the answer off: a hole in it could not be seen", async () => {
  const { talk, screen } = scene({ turns: [live(frames(["delta", { text: "€" }], ["delta", { text: 180 }], ["done", DONE])).end()] });
  await talk.ask("hi?");
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: € [broken off]", "card: unexpected <retry>"]);
});

test("a fault of the page itself is shown to the visitor, and not hidden from its makers", async () => {
  const { talk, screen } = scene();
  screen.answer = () => {
    throw new RangeError("a fault");
  };
  await assert.rejects(talk.ask("hi?"), RangeError);
  assert.equal(screen.last, "card: unexpected <retry>");
  assert.equal(screen.isBusy, false);
});

test("trying again while another message is under way waits for its turn", async () => {
  const stream = live();
  const { talk, screen, network } = scene({ turns: [problem(503, "overloaded"), stream] });
  await talk.ask("one");
  const asking = talk.ask("two");
  await until(() => network.calls.length === 3);
  screen.press("retry");
  await settled();
  assert.equal(network.calls.length, 3);
  assert.equal(screen.typed, "");
  stream.write(frames(["delta", { text: "2" }], ["done", DONE])).end();
  await asking;
  screen.press("retry");
  await until(() => !screen.isBusy);
  assert.deepEqual(screen.shown, ["visitor: two", "answer: 2 [llm]", "visitor: one", "answer: Yes. [llm]"]);
});

test("without a network nothing is sent, and the message stands there until it is back", async () => {
  const { talk, screen, network } = scene({ online: false });
  await talk.start();
  assert.equal(screen.isOffline, true);
  await talk.ask("hi?");
  assert.deepEqual(screen.shown, ["visitor: hi?", "card: offline <retry>"]);
  assert.deepEqual(actions(screen), [MAIL, EMERGENCY]);
  assert.deepEqual(network.calls, []);
  talk.connection(true);
  assert.equal(screen.isOffline, false);
  assert.deepEqual(screen.shown, ["visitor: hi?", "card: online <send_now>"]);
  screen.press("send_now");
  await until(() => !screen.isBusy);
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes. [llm]"]);
});

test("a browser that is wrong about its network can be overruled by the visitor", async () => {
  const { talk, screen } = scene({ online: false });
  await talk.ask("hi?");
  screen.press("retry");
  await until(() => !screen.isBusy);
  assert.equal(screen.last, "answer: Yes. [llm]");
});

test("a network that goes and comes without a message waiting is a word, said once", () => {
  const { talk, screen } = scene();
  talk.connection(true);
  assert.deepEqual(screen.shown, []);
  talk.connection(false);
  talk.connection(false);
  assert.equal(screen.isOffline, true);
  talk.connection(true);
  talk.connection(true);
  assert.deepEqual(screen.shown, ["note: online"]);
});

test("an answer that the network cut off can be sent again when it is back", async () => {
  const stream = live(frames(["delta", { text: "Yes" }]));
  const { talk, screen } = scene({ turns: [stream] });
  const asking = talk.ask("hi?");
  await until(() => screen.last === "answer: Yes …");
  talk.connection(false);
  stream.break();
  await asking;
  talk.connection(true);
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes [broken off]", "card: online <send_now>"]);
  screen.press("send_now");
  await until(() => !screen.isBusy);
  talk.connection(false);
  talk.connection(true);
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes. [llm]", "note: online"], "it is not offered twice");
});

test("a page that is left ends its turn; one that comes back goes on where nothing was shown", async () => {
  const stream = live();
  const { talk, screen, network } = scene({ turns: [stream] });
  const asking = talk.ask("hi?");
  await until(() => network.calls.length === 2);
  talk.leave();
  const back = talk.comeBack(); // before the end of the turn is on the screen
  await Promise.all([asking, back]);
  await until(() => !screen.isBusy);
  assert.ok(stream.cancelled);
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes. [llm]"]);
  await talk.comeBack();
  await settled();
  assert.equal(network.calls.length, 3, "once");
});

test("a page that was left after a word was shown asks its visitor", async () => {
  const { talk, screen, network } = scene({ turns: [live(frames(["delta", { text: "Yes" }]))] });
  const asking = talk.ask("hi?");
  await until(() => screen.last === "answer: Yes …");
  talk.leave();
  await asking;
  await talk.comeBack();
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes [broken off]", "card: unreachable <retry>"]);
  assert.equal(network.calls.length, 2);
});

test("a message that cannot be given back, since another was begun there, stays where it is shown", async () => {
  const { talk, screen } = scene({ turns: [problem(429, "quota_spent")] });
  const asked = talk.ask("A long question");
  screen.typed = "Another one";
  await asked;
  assert.equal(screen.typed, "Another one");
  assert.deepEqual(screen.shown, ["visitor: A long question", "card: Detail of quota_spent."]);
});
