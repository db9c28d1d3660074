import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser, type StreamEvent } from "../src/conversation/sse.ts";
import { chunkings } from "./chunks.ts";

function read(...pieces: (string | Uint8Array)[]): StreamEvent[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(typeof piece === "string" ? new TextEncoder().encode(piece) : piece));
}

const AWKWARD =
  "\u{feff}event: delta\r\ndata: {\"a\":1}\r\n\r\n: ping\n\n" + // BOM, CRLF, a comment alone
  "event:x\rdata:  b\rdata\rid: 7\rretry: 5\r\r" + // CR alone, a second data line without a value, fields that are not ours
  "data: é 😀 ‰ ﷽\n: pad" + " ".repeat(40) + "\n\n" + // characters of two, three and four bytes; a comment inside
  "event: alone\n\n" + // no data: no event
  "data: cut";

const WHOLE = [
  { event: "delta", data: '{"a":1}' },
  { event: "x", data: " b\n" },
  { event: "message", data: "é 😀 ‰ ﷽" },
];

test("a stream is read as the events that it holds", () => {
  assert.deepEqual(read(AWKWARD), WHOLE);
});

test("any chunking of the bytes is read as the whole", () => {
  let cuts = 0;
  for (const pieces of chunkings(new TextEncoder().encode(AWKWARD))) {
    assert.deepEqual(read(...pieces), WHOLE, `pieces of ${pieces.map((piece) => piece.length)}`);
    cuts++;
  }
  assert.ok(cuts > 300);
});

test("an event is given out with the byte that completes it, not with the next event", () => {
  const parser = new EventParser();
  assert.deepEqual(parser.push(new TextEncoder().encode("data: a\n\n")), [{ event: "message", data: "a" }]);
});

test("a CR that ends a piece is not taken for a line of its own before its LF has arrived", () => {
  assert.deepEqual(read("data: a\r", "\ndata: b\r", "\n\r", "\n"), [{ event: "message", data: "a\nb" }]);
});

test("an event's name does not outlive the event", () => {
  assert.deepEqual(read("event: delta\n\ndata: a\n\n"), [{ event: "message", data: "a" }]);
});

test("bytes that are no UTF-8 spoil a character and not the stream", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode("data: "), 0xff, ...new TextEncoder().encode("\n\ndata: b\n\n")]);
  assert.deepEqual(read(bytes), [{ event: "message", data: "�" }, { event: "message", data: "b" }]);
});
