/** The visitor's own bubble. */
import type { Texts } from "../config.ts";
import { hiddenParts } from "../markup.ts";
import type { VisitorBubble } from "../screen.ts";
import { element } from "./dom.ts";
import { fill } from "./fill.ts";
import type { Log } from "./log.ts";
import { phrasing } from "./rich.ts";

export interface Context {
  texts: Texts;
  log: Log;
  gone: (bubble: VisitorItem) => void;
}

export class VisitorItem implements VisitorBubble {
  readonly role = "visitor";
  text: string;
  readonly item: HTMLElement;
  readonly #words: HTMLElement;
  readonly #context: Context;

  constructor(text: string, context: Context) {
    this.#context = context;
    this.text = text;
    this.#words = element("p", { dir: "auto", textContent: text });
    const speaker = element("span", { className: "visually-hidden", textContent: context.texts.you });
    this.item = element("li", { className: "visitor" }, speaker, element("div", { className: "bubble" }, this.#words));
  }

  /** Only how much was hidden is read out: what visitors typed they know. */
  redact(text: string, count: number): void {
    this.#context.log.say(this.#chips(text, count));
  }

  /** A reload shows what is known of it: what was hidden is counted by its chips. */
  recall(text: string): void {
    const count = hiddenParts(text).filter((part) => part.kind === "hidden").length;
    if (count) this.#chips(text, count);
  }

  discard(): void {
    this.#context.gone(this);
  }

  /** Show chips in place of what was hidden, and why. Returns the words that say how much. */
  #chips(text: string, count: number): string {
    const { hidden_one, hidden_many } = this.#context.texts;
    const words = fill(count === 1 ? hidden_one : hidden_many, { count });
    this.text = text;
    this.#words.replaceChildren(...phrasing(hiddenParts(text), this.#context.texts));
    this.item.querySelector(".why")?.remove(); // a turn that was asked again says it again
    this.item.append(this.#why(words));
    return words;
  }

  #why(words: string): HTMLElement {
    const { why, why_text } = this.#context.texts;
    const summary = element("summary", {}, element("span", { textContent: words }), " ", element("u", { textContent: why }));
    return element("details", { className: "why" }, summary, element("p", { textContent: why_text }));
  }
}
