/**
 * Server-sent events out of text that arrives in pieces of any size. Pure: no network, no DOM.
 */

/** A lone CR at the end of a piece may be the first half of a CRLF, so it waits for the next piece. */
const LINE_END = /\r\n|\n|\r(?=[^])/;

export class EventParser {
  #rest = "";
  #event = "";
  #data = [];

  /**
   * Take the next piece of the stream.
   *
   * @param {string} piece
   * @returns {{event: string, data: string}[]} the events that this piece completes, in order
   */
  push(piece) {
    const lines = (this.#rest + piece).split(LINE_END);
    this.#rest = lines.pop();
    return lines.flatMap((line) => (line === "" ? this.#dispatch() : this.#read(line)));
  }

  #read(line) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    if (field === "data") this.#data.push(value);
    return []; // a line completes nothing; comments (no field name) end here too
  }

  #dispatch() {
    const complete = this.#data.length ? [{ event: this.#event || "message", data: this.#data.join("\n") }] : [];
    this.#event = "";
    this.#data = [];
    return complete;
  }
}
