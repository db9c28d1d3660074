/** Consent: nothing is sent before it is given, and what was typed is kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, CALL, json, problem, resumed, settled, until } from "./doubles.ts";
import { EMERGENCY, MAIL, scene } from "./talk_scene.ts";

const consent = (version = 3, more: object = { actions: [CALL] }) => problem(403, "consent_required", { consent: { version, text: "May we?" }, ...more });
const QUESTION = "card: May we? <accept> <decline>";

test("consent is asked before the message leaves the page, and given with its version", async () => {
  const { talk, screen, network, tab } = scene({ sessions: [consent()] });
  const asking = talk.ask("a secret");
  await until(() => screen.last === QUESTION);
  assert.deepEqual(network.calls, [["/v1/sessions", { clinic: "belle-rive", language: "en" }]]);
  assert.equal(tab.items.size, 0);
  assert.deepEqual(screen.cards[0]?.actions, [CALL, EMERGENCY]);
  assert.equal(screen.cards[0]?.title, "consent_title");
  assert.equal(screen.focused, "May we?");
  screen.press("accept");
  await asking;
  assert.deepEqual(screen.shown, ["visitor: a secret", "answer: Yes. [llm]"]);
  assert.deepEqual(network.calls[1]?.[1], { clinic: "belle-rive", language: "en", consent: { version: 3, choice: "given" } });
});

test("who declines is told how to reach the clinic, keeps the message, and is counted", async () => {
  const { talk, screen, network, tab } = scene({ sessions: [consent(), consent()] });
  const asking = talk.ask("a secret");
  await until(() => screen.last === QUESTION);
  screen.press("decline");
  await asking;
  assert.deepEqual(screen.shown, ["card: declined"]);
  assert.deepEqual(screen.cards[0]?.actions, [CALL, EMERGENCY]);
  assert.equal(screen.typed, "a secret");
  assert.deepEqual(network.calls.map(([, body]) => body.consent?.choice), [undefined, "refused"]);
  assert.equal(tab.items.size, 0);
});

test("declining holds though the gateway cannot be told, or opens a session all the same", async () => {
  for (const reply of ["broken", "silent", json(201, { session: "s", expires_in_s: 900 })] as const) {
    const { talk, screen, tab } = scene({ sessions: [consent(), reply] });
    const asking = talk.ask("hi?");
    await until(() => screen.last === QUESTION);
    screen.press("decline");
    await asking;
    await settled();
    assert.deepEqual(screen.shown, ["card: declined"]);
    assert.equal(tab.items.size, 0);
  }
});

test("a text that changed between is asked about again; consent that is given in vain is not asked for ever", async () => {
  const { talk, screen, network } = scene({ sessions: [consent(3), consent(4), consent(4)] });
  const asking = talk.ask("hi?");
  for (const calls of [1, 2]) {
    await until(() => network.calls.length === calls && screen.last === QUESTION);
    screen.press("accept");
  }
  await asking;
  assert.deepEqual(network.calls.map(([, body]) => body.consent?.version), [undefined, 3, 4]);
  assert.equal(screen.last, "card: unexpected <retry>");
});

test("a demand for consent without a text is no question that could be put", async () => {
  const { talk, screen } = scene({ sessions: [problem(403, "consent_required", { consent: { version: "3", text: "" } })] });
  await talk.ask("hi?");
  assert.equal(screen.last, "card: unexpected <retry>");
});

test("the question goes when the visitor stops, forgets or leaves", async () => {
  for (const act of ["stop", "forget", "leave"] as const) {
    const { talk, screen, network } = scene({ sessions: [consent(3, {})] });
    const asking = talk.ask("hi?");
    await until(() => screen.last === QUESTION);
    assert.deepEqual(screen.cards[0]?.actions, [MAIL, EMERGENCY]);
    talk[act]();
    await asking;
    const end = { stop: ["note: not_sent"], forget: ["note: forgotten"], leave: ["visitor: hi?", "card: unreachable <retry>"] };
    assert.deepEqual(screen.shown, end[act]);
    assert.equal(network.calls.length, 1);
  }
});

test("a session of an older consent text is replaced by one of the new", async () => {
  const { talk, screen, network } = scene({ stored: "old", resumes: [resumed()], turns: [consent(4)], sessions: [consent(4)] });
  await talk.start();
  const asking = talk.ask("hi?");
  await until(() => screen.last === QUESTION);
  screen.press("accept");
  await asking;
  assert.equal(screen.last, "answer: Yes. [llm]");
  assert.deepEqual(network.paths, ["sessions/resume", "turns", "sessions", "sessions", "turns"]);
});

test("a message that waits for consent to a new session can be stopped, and is given back", async () => {
  const { talk, screen } = scene({ turns: [answer(), problem(401, "session_expired")], sessions: [json(201, { session: "s", expires_in_s: 900 }), consent()] });
  await talk.ask("one");
  const asking = talk.ask("two");
  await until(() => screen.last === QUESTION);
  talk.stop();
  await asking;
  assert.deepEqual(screen.shown.slice(2), ["note: new_session", "note: not_sent"]);
  assert.equal(screen.typed, "two");
});
