/**
 * Server-sent events out of bytes that arrive in pieces of any size. Pure: no network, no DOM.
 */
export interface StreamEvent {
  event: string;
  data: string;
}

/** A lone CR at the end of a piece may be the first half of a CRLF, so it waits for the next piece. */
const LINE_END = /\r\n|\n|\r(?=[^])/;

export class EventParser {
  /** Keeps the first bytes of a character until its last ones arrive. */
  readonly #decoder = new TextDecoder();
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** Take the next piece of the stream and return the events that it completes, in order. */
  push(piece: Uint8Array): StreamEvent[] {
    const lines = (this.#rest + this.#decoder.decode(piece, { stream: true })).split(LINE_END);
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => (line === "" ? this.#dispatch() : this.#read(line)));
  }

  /** A line completes nothing; comments (no field name) and unknown fields end here. */
  #read(line: string): [] {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    if (field === "data") this.#data.push(value);
    return [];
  }

  #dispatch(): StreamEvent[] {
    const complete = this.#data.length ? [{ event: this.#event || "message", data: this.#data.join("\n") }] : [];
    this.#event = "";
    this.#data = [];
    return complete;
  }
}
