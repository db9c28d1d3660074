import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "../src/conversation/frames.ts";
import { Gateway } from "../src/conversation/gateway.ts";
import { Problem } from "../src/conversation/problem.ts";
import { answer, CALL, DONE, frames, json, Network, problem, type Reply, resumed, settled, Stream, Time, until } from "./doubles.ts";

function scene(...turns: Reply[]) {
  const [network, time, stopper] = [new Network(), new Time(), new AbortController()];
  network.turns.push(...turns);
  const gateway = new Gateway(network.fetch, time);
  const seen: Frame[] = [];
  const read = async () => {
    for await (const frame of gateway.sendTurn("token", "hi", stopper.signal)) seen.push(frame);
  };
  return { network, time, stopper, gateway, seen, read };
}

const coded = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test("a call is a POST of JSON to a relative path, without credentials and past every cache", async () => {
  const { gateway, network, stopper } = scene();
  await gateway.openSession({ clinic: "belle-rive", language: "en" }, stopper.signal);
  assert.deepEqual(network.calls, [["/v1/sessions", { clinic: "belle-rive", language: "en" }]]);
  const { method, credentials, cache, headers } = network.inits[0] ?? {};
  const wanted = { method: "POST", credentials: "omit", cache: "no-store", headers: { "Content-Type": "application/json" } };
  assert.deepEqual({ method, credentials, cache, headers }, wanted);
});

test("a session is opened and resumed", async () => {
  const { gateway, network, stopper } = scene();
  assert.deepEqual(await gateway.openSession({ clinic: "c", language: "en" }, stopper.signal), { session: "opened-1", expiresInS: 900 });
  network.resumes.push(json(200, {
    session: "s",
    expires_in_s: 60,
    history: [{ role: "visitor", text: "a" }, { role: "system", text: "b" }, { role: "assistant" }, null, { role: "assistant", text: "c" }],
  }));
  const history = [{ role: "visitor", text: "a" }, { role: "assistant", text: "c" }];
  assert.deepEqual(await gateway.resumeSession("t", stopper.signal), { session: "s", expiresInS: 60, history });
});

for (const body of ["", "<html>Welcome to our Wi-Fi</html>", "null", "[]", "{}", '{"session": 1, "expires_in_s": 9}', '{"session": "", "expires_in_s": 9}', '{"session": "s", "expires_in_s": "9"}']) {
  test(`a session's answer that reads ${body || "nothing"} is not the gateway's`, async () => {
    const { gateway, network, stopper } = scene();
    network.sessions.push({ status: 200, body });
    await assert.rejects(gateway.openSession({ clinic: "c", language: "en" }, stopper.signal), coded("unexpected"));
  });
}

test("a refusal is a Problem with all that it says", async () => {
  const { read } = scene(problem(403, "consent_required", { retry_after_s: 3, actions: [CALL, { label: 1 }], consent: { version: 3, text: "May we?" } }));
  await assert.rejects(read(), (error) => {
    assert.ok(error instanceof Problem);
    const { code, detail, retryAfterS, actions, consent } = error;
    assert.deepEqual({ code, detail, retryAfterS }, { code: "consent_required", detail: "Detail of consent_required.", retryAfterS: 3 });
    assert.deepEqual({ actions, consent }, { actions: [CALL], consent: { version: 3, text: "May we?" } });
    return true;
  });
});

test("the header says how long to wait where the body does not", async () => {
  const waits = async (more: object, header: string) => {
    const { read } = scene(json(429, { code: "rate_limited", ...more }, { "Retry-After": header }));
    return read().catch((error: Problem) => error.retryAfterS);
  };
  assert.equal(await waits({}, "7"), 7);
  assert.equal(await waits({ retry_after_s: 2 }, "7"), 2);
  assert.equal(await waits({}, "Wed, 21 Oct 2026 07:28:00 GMT"), 0);
});

const PAGES: [number, string][] = [[502, "unreachable"], [503, "unreachable"], [504, "unreachable"], [403, "unexpected"], [404, "unexpected"], [413, "unexpected"], [200, "unexpected"]];
for (const [status, code] of PAGES) {
  test(`a proxy's own ${status} page is ${code}`, async () => {
    const { read } = scene({ status, body: "<h1>Sorry</h1>", type: "text/html" });
    await assert.rejects(read(), coded(code));
  });
}

test("the frames of an answer are yielded as they arrive, without the unknown ones", async () => {
  const stream = new Stream();
  const { read, seen, time } = scene(stream);
  const reading = read();
  stream.write(frames(["accepted", {}], ["thinking", { a: 1 }], ["delta", { text: "Y" }]));
  await until(() => seen.length === 2);
  stream.write(frames(["delta", { text: "es" }], ["done", DONE], ["delta", { text: "too late" }])).end();
  await reading;
  assert.deepEqual(seen.map(({ event }) => event), ["accepted", "delta", "delta", "done"]);
  await settled();
  assert.equal(time.waiting, 0, "no timer is left");
});

const BROKEN: [string, () => Reply][] = [
  ["nobody answers", () => "broken"],
  ["the stream is empty", () => new Stream().end()],
  ["the stream ends before its last frame", () => new Stream().write(frames(["delta", { text: "Yes, and" }])).end()],
  ["the stream ends inside its last frame", () => new Stream().write('event: done\ndata: {"session"').end()],
  ["the connection breaks", () => new Stream().break()],
];
for (const [when, reply] of BROKEN) {
  test(`the gateway is unreachable when ${when}`, async () => {
    const { read, time } = scene(reply());
    await assert.rejects(read(), coded("unreachable"));
    assert.equal(time.waiting, 0);
  });
}

test("a stream that garbles a frame is not read on", async () => {
  const stream = new Stream().write(frames(["delta", { text: 5 }], ["done", DONE]));
  const { read, seen } = scene(stream);
  await assert.rejects(read(), coded("unexpected"));
  await settled();
  assert.deepEqual(seen, []);
  assert.ok(stream.cancelled);
});

test("an answer is whole with its last frame, though the connection breaks or stays open after it", async () => {
  const [broken, open] = [new Stream().write(frames(["done", DONE])), new Stream().write(frames(["done", DONE]))];
  const { read, seen, time } = scene(broken, open);
  await read();
  broken.break();
  await read();
  assert.equal(seen.length, 2);
  assert.equal(open.cancelled, false, "it is read to its end");
  await time.pass(2);
  assert.equal(open.cancelled, true, "but not for ever");
  assert.equal(time.waiting, 0);
});

test("40 seconds of silence are a dead connection, and pings are none", async () => {
  const stream = new Stream().write(frames(["accepted", {}]));
  const { read, time, seen } = scene(stream);
  const reading = assert.rejects(read(), coded("unreachable"));
  await until(() => seen.length === 1);
  await time.pass(39);
  stream.write(": ping\n\n");
  await time.pass(20);
  assert.equal(stream.cancelled, false);
  await time.pass(1);
  await reading;
  assert.equal(stream.cancelled, true, "a minute in all is the end, pings or not");
});

test("a gateway that never answers is unreachable: after 15 seconds for a session, 40 for a turn", async () => {
  const { gateway, network, read, time, stopper } = scene("silent");
  network.sessions.push("silent");
  let [opening, asking] = [false, false];
  const opened = assert.rejects(gateway.openSession({ clinic: "c", language: "en" }, stopper.signal), coded("unreachable")).then(() => (opening = true));
  const asked = assert.rejects(read(), coded("unreachable")).then(() => (asking = true));
  await time.pass(14);
  assert.deepEqual([opening, asking], [false, false]);
  await time.pass(1);
  await opened;
  await time.pass(24);
  assert.equal(asking, false);
  await time.pass(1);
  await asked;
});

test("the visitor's stop is thrown as it is, and cancels the request at whatever stage", async () => {
  for (const reply of ["silent", new Stream(), new Stream().write(frames(["delta", { text: "Y" }]))] as Reply[]) {
    const { read, stopper, time } = scene(reply);
    const reading = assert.rejects(read(), (reason) => reason === "stopped");
    await settled();
    stopper.abort("stopped");
    await reading;
    if (reply instanceof Stream) assert.ok(reply.cancelled);
    assert.equal(time.waiting, 0);
  }
  const { read, stopper, network } = scene(answer());
  stopper.abort("stopped");
  await assert.rejects(read(), (reason) => reason === "stopped");
  assert.equal(network.inits[0]?.signal?.aborted, true, "stopped before it began");
});

test("a reader who leaves cancels the turn", async () => {
  const stream = new Stream().write(frames(["delta", { text: "Y" }]));
  const { gateway, stopper, network } = scene();
  network.turns.unshift(stream);
  for await (const _ of gateway.sendTurn("token", "hi", stopper.signal)) break;
  await settled();
  assert.ok(stream.cancelled);
});

test("a resumed session of a broken connection is a Problem too", async () => {
  const { gateway, network, stopper } = scene();
  network.resumes.push("broken", problem(401, "session_expired"), resumed());
  await assert.rejects(gateway.resumeSession("t", stopper.signal), coded("unreachable"));
  await assert.rejects(gateway.resumeSession("t", stopper.signal), coded("session_expired"));
  assert.equal((await gateway.resumeSession("t", stopper.signal)).session, "resumed");
});
