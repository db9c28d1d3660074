/** How long the session lasts, and what a reload brings back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, DONE, frames, Late, problem, resumed, settled, until } from "./doubles.ts";
import { KEY, live, scene } from "./talk_scene.ts";

test("a reload shows what the session holds, and keeps the fresh token", async () => {
  const lines = [{ role: "visitor", text: "I'm [name hidden]" }, { role: "assistant", text: "Hello." }] as const;
  const { talk, screen, network, token } = scene({ stored: "old", resumes: [resumed(...lines)] });
  await talk.start();
  assert.deepEqual(screen.shown, ["earlier: visitor I'm [name hidden]", "earlier: assistant Hello."]);
  assert.deepEqual(network.calls, [["/v1/sessions/resume", { session: "old" }]]);
  assert.equal(token(), "resumed");
});

test("a message that is sent during the reload is shown at once, the earlier ones above it when they come", async () => {
  const late = new Late();
  const { talk, screen, network } = scene({ stored: "old", resumes: [late] });
  const [starting, asking] = [talk.start(), talk.ask("hi?")];
  await settled();
  assert.deepEqual([screen.shown, network.paths], [["visitor: hi?"], ["sessions/resume"]]);
  late.letGo(resumed({ role: "visitor", text: "one" }, { role: "assistant", text: "Two." }));
  await Promise.all([starting, asking]);
  assert.deepEqual(screen.shown, ["earlier: visitor one", "earlier: assistant Two.", "visitor: hi?", "answer: Yes. [llm]"]);
  assert.equal(network.calls.at(-1)?.[1].session, "resumed");
});

test("a message that is sent during the reload goes with the old token where the reload fails", async () => {
  const { talk, screen, network, time } = scene({ stored: "old", resumes: ["silent"] });
  const [starting, asking] = [talk.start(), talk.ask("hi?")];
  await settled();
  assert.deepEqual([screen.shown, network.paths, screen.isBusy], [["visitor: hi?"], ["sessions/resume"], true]);
  await time.pass(15);
  await Promise.all([starting, asking]);
  assert.deepEqual(screen.shown, ["visitor: hi?", "note: not_shown", "answer: Yes. [llm]"]);
  assert.equal(network.calls.at(-1)?.[1].session, "old", "the token may be good all the same");
});

test("a message that is stopped while the reload lasts is given back", async () => {
  const { talk, screen } = scene({ stored: "old", resumes: ["silent"] });
  void talk.start();
  const asking = talk.ask("hi?");
  talk.stop();
  await asking;
  assert.deepEqual(screen.shown, ["note: not_sent"]);
  assert.equal(screen.typed, "hi?");
});

test("a stored session that has ended is said to be forgotten, and its token goes", async () => {
  for (const code of ["session_expired", "consent_required"]) {
    const { talk, screen, tab, network } = scene({ stored: "old", resumes: [problem(401, code)] });
    await talk.start();
    assert.deepEqual(screen.shown, ["note: expired"]);
    assert.equal(tab.items.size, 0);
    await talk.ask("hi?");
    assert.deepEqual(screen.shown, ["note: expired", "visitor: hi?", "answer: Yes. [llm]"]);
    assert.deepEqual(network.paths, ["sessions/resume", "sessions", "turns"]);
  }
});

test("a minute before its end the conversation can be kept", async () => {
  const { talk, screen, time, network, token } = scene();
  await talk.ask("hi?");
  await time.pass(839);
  assert.equal(screen.cards.length, 0);
  await time.pass(1);
  assert.equal(screen.last, "card: expiring <keep>");
  await talk.comeBack();
  assert.equal(screen.cards.length, 1, "looked at again: not said again");
  screen.press("keep");
  await until(() => screen.last === "note: kept");
  assert.deepEqual(network.calls.at(-1), ["/v1/sessions/resume", { session: "fresh" }]);
  assert.equal(token(), "resumed");
  assert.equal(screen.cards.length, 0);
  await time.pass(839);
  assert.equal(screen.cards.length, 0);
  await time.pass(1);
  assert.equal(screen.last, "card: expiring <keep>");
});

test("a conversation that is not kept is forgotten; it stays on the screen and the next message begins anew", async () => {
  const { talk, screen, time, network, tab } = scene();
  await talk.ask("hi?");
  await time.pass(900);
  assert.deepEqual(screen.shown, ["visitor: hi?", "answer: Yes. [llm]", "note: ended"]);
  assert.equal(tab.items.size, 0);
  await talk.ask("and?");
  assert.deepEqual(screen.shown.slice(3), ["visitor: and?", "answer: Yes. [llm]"], "that it is new was said");
  assert.deepEqual(network.paths.slice(2), ["sessions", "turns"]);
});

test("a conversation that has lasted as long as any may is warned of without a button", async () => {
  const { talk, screen, time } = scene();
  for (let turn = 0; turn < 5; turn++) {
    await talk.ask("hi?");
    await time.pass(700);
  }
  assert.equal(screen.last, "answer: Yes. [llm]");
  await time.pass(40);
  assert.equal(screen.last, "card: expiring_last");
  await time.pass(60);
  assert.equal(screen.last, "note: ended");
});

test("a session that knows nothing of the visitor ends without a word", async () => {
  const { talk, screen, time, tab } = scene({ turns: [problem(413, "message_too_long")] });
  await talk.ask("hi?");
  await time.pass(900);
  assert.deepEqual(screen.shown, ["card: Detail of message_too_long."]);
  assert.equal(tab.items.size, 0);
});

test("a message takes the warning away and moves the end; one that fails brings it back", async () => {
  const { talk, screen, time } = scene({ turns: [answer(), answer("Two."), problem(503, "overloaded")] });
  await talk.ask("one");
  await time.pass(840);
  await talk.ask("two");
  assert.deepEqual(screen.shown.slice(2), ["visitor: two", "answer: Two. [llm]"]);
  await time.pass(840);
  await talk.ask("three");
  assert.deepEqual(screen.shown.slice(4), ["visitor: three", "card: Detail of overloaded. <retry>", "card: expiring <keep>"]);
});

test("the end does not come in the middle of an answer", async () => {
  const stream = live(frames(["delta", { text: "Ye" }]));
  const { talk, screen, time, token } = scene({ turns: [answer(), stream] });
  await talk.ask("one");
  await time.pass(835);
  const asking = talk.ask("two");
  for (let s = 0; s < 55; s += 5) {
    await time.pass(5);
    stream.write(": ping\n\n");
  }
  await time.pass(4);
  time.sleep(30);
  assert.equal(screen.last, "answer: Ye …");
  stream.write(frames(["delta", { text: "s." }], ["done", DONE])).end();
  await asking;
  await settled();
  assert.equal(screen.last, "answer: Yes. [llm]");
  assert.equal(token(), "fresh");
});

test("what cannot be kept is said: it has ended, or it may be tried again while there is time", async () => {
  const ended = scene({ resumes: [problem(401, "session_expired")] });
  await ended.talk.ask("hi?");
  await ended.time.pass(840);
  ended.screen.press("keep");
  await until(() => ended.screen.last === "note: ended");
  assert.equal(ended.tab.items.size, 0);

  const away = scene({ resumes: ["broken"] });
  await away.talk.ask("hi?");
  await away.time.pass(840);
  away.screen.press("keep");
  await until(() => away.screen.last === "card: expiring <keep>");
  assert.equal(away.screen.shown.at(-2), "note: not_kept");
  away.screen.press("keep");
  await until(() => away.screen.last === "note: kept");
});

test("a turn that is quicker than keeping wins: its token knows more", async () => {
  for (const reply of [resumed(), problem(401, "session_expired")]) {
    const late = new Late();
    const { talk, screen, time, network, token } = scene({ resumes: [late] });
    await talk.ask("one");
    await time.pass(840);
    screen.press("keep");
    network.turns.push(answer("Two.", { session: "fresher" }));
    await talk.ask("two");
    late.letGo(reply);
    await settled();
    assert.equal(token(), "fresher");
    assert.equal(screen.last, "answer: Two. [llm]");
  }
});

test("a conversation that begins after another was forgotten can be kept like any", async () => {
  const { talk, screen, time } = scene();
  talk.forget();
  await talk.ask("hi?");
  await time.pass(840);
  screen.press("keep");
  await settled();
  assert.equal(screen.last, "note: kept");
});

test("a conversation that a reload brought back is warned of and ends like any; an empty one without a word", async () => {
  const { talk, screen, time } = scene({ stored: "old", resumes: [resumed({ role: "visitor", text: "hi?" })] });
  await talk.start();
  await time.pass(840);
  assert.equal(screen.last, "card: expiring <keep>");
  await time.pass(60);
  assert.equal(screen.last, "note: ended");
  const empty = scene({ stored: "old" });
  await empty.talk.start();
  await empty.time.pass(900);
  assert.deepEqual([empty.screen.shown, empty.tab.items.size], [[], 0]);
});

test("a reload that fails after the visitor forgot says nothing", async () => {
  const late = new Late();
  const { talk, screen } = scene({ stored: "old", resumes: [late] });
  const starting = talk.start();
  talk.forget();
  late.letGo({ status: 403, body: "" });
  await starting;
  assert.deepEqual(screen.shown, ["note: forgotten"]);
});

test("keeping is undone by forgetting", async () => {
  const { talk, screen, time, tab } = scene();
  await talk.ask("hi?");
  await time.pass(840);
  screen.press("keep");
  talk.forget();
  await settled();
  assert.deepEqual(screen.shown, ["note: forgotten"]);
  assert.equal(tab.items.size, 0);
  assert.equal(time.waiting, 0);
});

test("a machine that slept through the end says so when it is looked at", async () => {
  const { talk, screen, time } = scene();
  await talk.ask("hi?");
  time.sleep(3_000);
  await talk.comeBack();
  assert.equal(screen.last, "note: ended");
});

test("two tabs have a session each", async () => {
  const [one, two] = [scene(), scene()];
  await one.talk.ask("hi?");
  await two.talk.start();
  assert.deepEqual([one.token(), two.token(), two.screen.shown], ["fresh", undefined, []]);
  assert.deepEqual([...one.tab.items.keys()], [KEY]);
});
