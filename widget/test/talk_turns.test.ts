/** The way of a message from the visitor to its answer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, DONE, frames, json, Late, problem, resumed, settled, Stream, until } from "./doubles.ts";
import { live, scene } from "./talk_scene.ts";

test("nothing is sent or stored before the visitor acts", async () => {
  const { talk, network, tab, screen, time } = scene();
  await talk.start();
  assert.deepEqual([network.calls, [...tab.items], screen.items, time.waiting], [[], [], [], 0]);
});

test("a question opens a session, shows the answer, and keeps the fresh token", async () => {
  const { talk, network, screen, token } = scene({ turns: [answer("Yes.", { path: "deterministic" })] });
  await talk.ask("hi?");
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes. [deterministic]"]);
  assert.deepEqual(network.calls, [
    ["/v1/sessions", { clinic: "belle-rive", language: "en" }],
    ["/v1/turns", { session: "opened-1", message: "hi?" }],
  ]);
  assert.equal(token(), "fresh");
  await talk.ask("and?");
  assert.deepEqual(network.calls[2], ["/v1/turns", { session: "fresh", message: "and?" }]);
});

test("words are shown as they come, and the screen is busy until the last", async () => {
  const stream = live();
  const { talk, screen } = scene({ turns: [stream] });
  const asking = talk.ask("hi?");
  await until(() => screen.last === "answer:  …", "waiting for words");
  assert.equal(screen.isBusy, true);
  stream.write(frames(["accepted", {}], ["delta", { text: "Y" }]));
  await until(() => screen.last === "answer: Y …");
  stream.write(frames(["delta", { text: "es" }], ["done", DONE]));
  await asking;
  assert.equal(screen.last, "answer: Yes [llm]");
  assert.equal(screen.isBusy, false, "though the stream is not closed yet");
});

test("what was hidden disappears from the visitor's bubble", async () => {
  const stream = live(frames(["redacted", { text: "I'm [name hidden]", count: 1 }], ["delta", { text: "Hi." }], ["done", DONE])).end();
  const { talk, screen } = scene({ turns: [stream] });
  await talk.ask("I'm Emma");
  assert.deepEqual(screen.shown, ["visitor: I'm [name hidden] (1)", "answer: Hi. [llm]"]);
});

test("a restart makes what was shown void", async () => {
  const stream = live(frames(["delta", { text: "Wrong" }], ["restart", {}], ["delta", { text: "Right." }], ["done", DONE])).end();
  const { talk, screen } = scene({ turns: [stream] });
  await talk.ask("hi?");
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Right. [llm]"]);
});

test("an answer without a word is not passed off as one", async () => {
  for (const events of [frames(["done", DONE]), frames(["delta", { text: " \n" }], ["done", DONE]), frames(["delta", { text: "No" }], ["restart", {}], ["done", DONE])]) {
    const { talk, screen, token } = scene({ turns: [live(events).end()] });
    await talk.ask("hi?");
    assert.equal(screen.last, "card: no_answer <retry>");
    assert.equal(token(), "fresh");
  }
});

test("a second message while the first is under way goes back where it was typed", async () => {
  const stream = live();
  const { talk, screen, network } = scene({ turns: [stream] });
  const first = talk.ask("one");
  const second = talk.ask("two");
  assert.equal(screen.typed, "two");
  await until(() => network.calls.length === 2);
  stream.write(frames(["delta", { text: "1" }], ["done", DONE])).end();
  await Promise.all([first, second]);
  assert.deepEqual(screen.shown, ["visitor: one", "answer: 1 [llm]"]);
});

test("a stopped turn keeps what was shown, says so, and is cancelled at the gateway", async () => {
  const stream = live(frames(["delta", { text: "Yes, and" }]));
  const { talk, screen, token } = scene({ turns: [stream] });
  const asking = talk.ask("hi?");
  await until(() => screen.last === "answer: Yes, and …");
  talk.stop();
  await asking;
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes, and [broken off]", "note: stopped"]);
  assert.ok(stream.cancelled);
  assert.equal(token(), "opened-1", "the session goes on");
  await talk.ask("and?");
  assert.equal(screen.last, "answer: Yes. [llm]");
});

test("a turn that is stopped before anything was sent gives the message back", async () => {
  const { talk, screen, network } = scene({ sessions: ["silent"] });
  const asking = talk.ask("hi?");
  await until(() => network.calls.length === 1);
  talk.stop();
  await asking;
  assert.deepEqual(screen.shown, ["note: not_sent"]);
  assert.equal(screen.typed, "hi?");
  assert.equal(screen.isBusy, false);
});

test("a stop while nothing is under way is nothing", () => {
  const { talk, screen } = scene();
  talk.stop();
  assert.deepEqual(screen.shown, []);
});

test("forgetting clears screen, token and typed text, even during a turn", async () => {
  const stream = live(frames(["delta", { text: "Yes" }]));
  const { talk, screen, tab, time, network } = scene({ turns: [answer(), stream] });
  await talk.ask("one");
  const asking = talk.ask("a secret");
  await until(() => screen.last === "answer: Yes …");
  talk.forget();
  assert.deepEqual(screen.shown, ["note: forgotten"]);
  assert.deepEqual([screen.cleared, screen.isBusy, tab.items.size], [1, false, 0]);
  await asking;
  await time.pass(5_000);
  assert.deepEqual(screen.shown, ["note: forgotten"], "nothing comes after");
  assert.equal(tab.items.size, 0);
  assert.ok(stream.cancelled);
  await talk.ask("again");
  assert.equal(network.paths.at(-2), "sessions", "a new session");
});

test("a token that arrives after the visitor forgot is not kept", async () => {
  const { talk, tab, network, screen, time } = scene({ sessions: ["silent"], stored: "old", resumes: ["silent"] });
  const resuming = talk.start();
  talk.forget();
  await resuming;
  const asking = talk.ask("hi?");
  await until(() => network.calls.length === 2);
  talk.forget();
  const stream = live();
  network.turns.push(stream);
  const again = talk.ask("new");
  await asking;
  await until(() => screen.last === "answer:  …");
  assert.equal(screen.isBusy, true, "the old turn's end is not the new one's");
  stream.write(frames(["delta", { text: "Yes." }], ["done", DONE])).end();
  await again;
  assert.deepEqual(screen.shown, ["note: forgotten", "visitor: new", "answer: Yes. [llm]"]);
  assert.equal(tab.items.get("lethe:belle-rive"), "fresh");
  assert.equal(time.waiting, 1, "only the end of the new session is waited for");
});

test("what was on its way when the visitor forgot changes nothing", async () => {
  const [opening, resuming, words] = [new Late(), new Late(), new Late()];
  const { talk, load, screen, tab } = scene({ sessions: [opening], resumes: [resuming], turns: [words] });
  tab.items.set("lethe:belle-rive", "old");
  const reloaded = load();
  const starting = reloaded.start();
  reloaded.forget();
  resuming.letGo(resumed({ role: "visitor", text: "a secret" }));
  await starting;
  const asking = talk.ask("a secret");
  await settled();
  talk.forget();
  opening.letGo(json(201, { session: "unwanted", expires_in_s: 900 }));
  await asking;
  assert.deepEqual([screen.shown, tab.items.size], [["note: forgotten"], 0]);
  const answered = talk.ask("another");
  await settled();
  talk.forget();
  words.letGo(answer());
  await answered;
  assert.deepEqual([screen.shown, tab.items.size], [["note: forgotten"], 0]);
});

test("a broken connection is tried again by itself, once, as long as nothing was shown", async () => {
  for (const reply of ["broken", live().end(), live(frames(["accepted", {}])).break(), { status: 502, body: "<html>" }] as const) {
    const { talk, screen, network, time } = scene({ turns: [reply] });
    const asking = talk.ask("hi?");
    await until(() => time.waiting === 1 && screen.last === "answer:  …" && network.calls.length === 2);
    await settled();
    assert.equal(network.calls.length, 2, "not at once: a gateway that restarts is not back yet");
    await time.pass(2);
    await asking;
    assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes. [llm]"]);
    assert.deepEqual(network.paths, ["sessions", "turns", "turns"]);
  }
});

test("a gateway that is away when the session is opened is tried again too", async () => {
  const { talk, screen, network, time } = scene({ sessions: ["broken"] });
  const asking = talk.ask("hi?");
  await time.pass(2);
  await asking;
  assert.equal(screen.last, "answer: Yes. [llm]");
  assert.deepEqual(network.paths, ["sessions", "sessions", "turns"]);
});

test("a gateway restarted in mid-conversation goes on with the same session", async () => {
  const { talk, network, time } = scene({ turns: [answer(), "broken", answer("Here.")] });
  await talk.ask("one");
  const asking = talk.ask("two");
  await time.pass(2);
  await asking;
  assert.deepEqual(network.calls.slice(2), [["/v1/turns", { session: "fresh", message: "two" }], ["/v1/turns", { session: "fresh", message: "two" }]]);
});

test("a connection that breaks twice is left to the visitor", async () => {
  const { talk, screen, time, network } = scene({ turns: ["broken", new Stream().break()] });
  const asking = talk.ask("hi?");
  await time.pass(60);
  await asking;
  assert.deepEqual(screen.shown, ["visitor: hi?", "card: unreachable <retry>"]);
  screen.press("retry");
  await until(() => !screen.isBusy);
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes. [llm]"]);
  assert.equal(network.calls.length, 4);
});

test("a connection that breaks after a word was shown is left to the visitor at once", async () => {
  for (const end of ["end", "break"] as const) {
    const stream = live(frames(["delta", { text: "Yes, and" }]));
    const { talk, screen, network, time } = scene({ turns: [stream] });
    const asking = talk.ask("hi?");
    await until(() => screen.last === "answer: Yes, and …");
    stream[end]();
    await asking;
    assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes, and [broken off]", "card: unreachable <retry>"]);
    await time.pass(60);
    assert.equal(network.calls.length, 2);
  }
});

test("a stop during the wait before another try ends it", async () => {
  const { talk, screen, network, time } = scene({ turns: ["broken"] });
  const asking = talk.ask("hi?");
  await until(() => network.calls.length === 2);
  await settled();
  talk.stop();
  await asking;
  await time.pass(60);
  assert.deepEqual(screen.shown, ["visitor: hi?", "note: stopped"]);
  assert.equal(network.calls.length, 2);
});

test("a session that has expired is replaced once and the same message sent again", async () => {
  const { talk, screen, network, token } = scene({ turns: [answer(), problem(401, "session_expired"), answer("Here.")] });
  await talk.ask("one");
  await talk.ask("two");
  assert.deepEqual(screen.shown.slice(2), ["visitor: two", "note: new_session", "answer: Here. [llm]"]);
  assert.deepEqual(network.paths, ["sessions", "turns", "turns", "sessions", "turns"]);
  assert.equal(network.calls.at(-1)?.[1].session, "opened-2");
  assert.equal(token(), "fresh");
});

test("that a conversation was forgotten is said once", async () => {
  const gone = problem(401, "session_expired");
  const { talk, screen } = scene({ turns: [answer(), gone, gone, gone, answer("Here.")] });
  await talk.ask("one");
  await talk.ask("two");
  assert.deepEqual(screen.shown.slice(2), ["note: new_session", "card: Detail of session_expired."]);
  await talk.ask("three");
  assert.deepEqual(screen.shown.slice(4), ["visitor: three", "answer: Here. [llm]"]);
});

test("a session that expires twice is not replaced for ever, and the message is given back", async () => {
  const { talk, screen, network } = scene({ turns: [problem(401, "session_expired"), problem(401, "session_expired")] });
  await talk.ask("hi?");
  assert.deepEqual(screen.shown, ["card: Detail of session_expired."], "nothing was forgotten, so nothing is said of it");
  assert.equal(screen.typed, "hi?");
  assert.equal(network.calls.length, 4);
});
