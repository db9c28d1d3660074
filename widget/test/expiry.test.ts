import assert from "node:assert/strict";
import { test } from "node:test";
import { Expiry } from "../src/conversation/expiry.ts";
import { Time } from "./doubles.ts";

/** A quarter of an hour idle, an hour in all; what is said is noted with the second in which it is. */
function scene(idle_s = 900, max_s = 3_600) {
  const time = new Time();
  const began = time.now();
  const said: string[] = [];
  const note = (what: string) => void said.push(`${what} ${(time.now() - began) / 1_000}`);
  const expiry = new Expiry(time, { idle_s, max_s }, { expiring: (last) => note(last ? "last" : "soon"), expired: () => note("over") });
  return { time, said, expiry };
}

test("a minute before the end there is a warning, once, and then the end", async () => {
  const { time, said, expiry } = scene();
  expiry.opened(900);
  await time.pass(839);
  assert.deepEqual(said, []);
  await time.pass(1);
  expiry.look();
  assert.deepEqual(said, ["soon 840"]);
  await time.pass(2_000);
  assert.deepEqual(said, ["soon 840", "over 900"]);
  assert.equal(time.waiting, 0);
});

test("every use begins the rest anew, up to the longest time, which is said to be the last", async () => {
  const { time, said, expiry } = scene();
  expiry.opened(900);
  for (let uses = 0; uses < 4; uses++) {
    await time.pass(800);
    expiry.used();
  }
  await time.pass(1_000);
  assert.deepEqual(said, ["last 3540", "over 3600"]);
});

test("a session that is resumed with less than it may rest does not last longer", async () => {
  const { time, said, expiry } = scene();
  expiry.resumed(300);
  await time.pass(100);
  expiry.used();
  await time.pass(300);
  assert.deepEqual(said, ["last 240", "over 300"]);
});

test("a session that is kept rests again, and is warned of again", async () => {
  const { time, said, expiry } = scene();
  expiry.opened(900);
  await time.pass(850);
  expiry.resumed(900);
  await time.pass(900);
  assert.deepEqual(said, ["soon 840", "soon 1690", "over 1750"]);
});

test("while a turn is under way nothing is said; afterwards what is left counts", async () => {
  const { time, said, expiry } = scene();
  expiry.opened(900);
  await time.pass(830);
  expiry.hold();
  await time.pass(40);
  expiry.look();
  assert.deepEqual(said, []);
  expiry.release();
  assert.deepEqual(said, ["soon 870"], "the turn brought no fresh token");
  expiry.hold();
  await time.pass(60);
  expiry.release();
  assert.deepEqual(said, ["soon 870", "over 930"]);
});

test("a machine that slept past the warning hears of the end alone", async () => {
  const { time, said, expiry } = scene();
  expiry.opened(900);
  time.sleep(5_000);
  expiry.look();
  assert.deepEqual(said, ["over 5000"]);
});

test("a session that may rest for a minute only is warned of half a minute before", async () => {
  const { time, said, expiry } = scene(60);
  expiry.opened(60);
  await time.pass(60);
  assert.deepEqual(said, ["soon 30", "over 60"]);
});

test("of a session that was forgotten nothing is said", async () => {
  const { time, said, expiry } = scene();
  expiry.opened(900);
  expiry.forget();
  expiry.look();
  await time.pass(5_000);
  assert.deepEqual(said, []);
  assert.equal(time.waiting, 0);
});
