/** Where the visitor types. What was typed is never cut: a message that is too long is counted and not sent. */
import type { Config } from "../config.ts";
import { part } from "./dom.ts";
import { fill } from "./fill.ts";
import type { Log } from "./log.ts";

export class Composer {
  readonly #form = part<HTMLFormElement>("composer");
  readonly #input = part<HTMLTextAreaElement>("message");
  readonly #send = part<HTMLButtonElement>("send");
  readonly #stop = part<HTMLButtonElement>("stop");
  readonly #count = part("count");
  readonly #config: Config;
  readonly #log: Log;
  #busy = false;

  constructor(config: Config, log: Log) {
    this.#config = config;
    this.#log = log;
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#pressed(event));
    // A press of the button leaves the focus, and so a phone's keyboard, where it is.
    this.#send.addEventListener("mousedown", (event) => event.preventDefault());
    this.#typed(); // before this script came, perhaps
  }

  /** Have `send` take every message, and `stop` called for an answer that is not wanted any more. */
  listen(send: (text: string) => void, stop: () => void): void {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#input.value.trim();
      if (this.#busy || !text || this.#left() < 0) return;
      this.clear();
      send(text);
    });
    this.#stop.addEventListener("click", stop);
  }

  set busy(on: boolean) {
    this.#busy = on;
    this.#send.hidden = on;
    this.#stop.hidden = !on;
  }

  /** Put `text` where it was typed; returns whether, since something may have been typed there meanwhile. */
  giveBack(text: string): boolean {
    if (this.typed) return false;
    this.#input.value = text;
    this.#typed();
    return true;
  }

  get typed(): boolean {
    return this.#input.value.trim() !== "";
  }

  clear(): void {
    this.#input.value = "";
    this.#typed();
  }

  focus(): void {
    this.#input.focus({ preventScroll: true });
  }

  /** Enter sends and Shift+Enter begins a line; the Enter that ends a word of an input method does neither. */
  #pressed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #typed(): void {
    this.#grow();
    const left = this.#left();
    const over = left < 0;
    const { texts, warn_at } = this.#config;
    const words = over ? fill(texts.too_long, { count: -left }) : fill(texts.left, { count: left });
    this.#count.textContent = left > warn_at ? "" : words;
    this.#count.classList.toggle("over", over);
    if (over && this.#input.ariaInvalid !== "true") this.#log.say(words);
    this.#input.ariaInvalid = String(over);
  }

  /** Code points that may still be typed. */
  #left(): number {
    return this.#config.limit - [...this.#input.value.trim()].length;
  }

  /** As high as its text, up to the five lines that the stylesheet allows, where browsers do not do it by themselves. */
  #grow(): void {
    if (CSS.supports("field-sizing", "content")) return;
    this.#input.style.setProperty("height", "auto");
    this.#input.style.setProperty("height", `${this.#input.scrollHeight + 2}px`);
  }
}
