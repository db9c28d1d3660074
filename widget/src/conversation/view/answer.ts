/** The assistant's bubble: three dots until its first word, then text that grows; a card where it is an emergency. */
import type { Texts } from "../config.ts";
import { Markup } from "../markup.ts";
import type { AnswerBubble, Ending, Source } from "../screen.ts";
import { Sentences } from "../sentences.ts";
import { actionRow, append, element, link } from "./dom.ts";
import type { Log } from "./log.ts";
import { Rich, spelt } from "./rich.ts";

export interface Context {
  texts: Texts;
  log: Log;
  /** It stands there to its end. */
  news: () => void;
  gone: (bubble: AnswerItem) => void;
}

export class AnswerItem implements AnswerBubble {
  readonly role = "assistant";
  readonly item: HTMLElement;
  text = "";
  readonly #bubble = element("div", { className: "bubble" });
  readonly #rich: Rich;
  #markup = new Markup();
  #sentences = new Sentences();
  #said: (() => void)[] = [];
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.#rich = new Rich(this.#bubble, context.texts);
    const speaker = element("span", { className: "visually-hidden", textContent: context.texts.assistant });
    this.item = element("li", { className: "assistant" }, speaker, this.#bubble);
    this.#wait();
  }

  append(text: string): void {
    this.#show(text);
    for (const sentence of this.#sentences.feed(text)) this.#say(sentence);
  }

  restart(): void {
    this.#takeBack();
    this.text = "";
    this.#markup = new Markup();
    this.#sentences = new Sentences();
    this.#wait();
  }

  finish(ending?: Ending): void {
    if (!this.text.trim()) return this.discard();
    if (ending?.path === "emergency") this.#alarm(ending);
    else this.#end(ending);
    if (ending) this.#context.news();
  }

  discard(): void {
    this.#takeBack();
    this.#context.gone(this);
  }

  /** An answer of earlier: not read out. */
  recall(text: string): void {
    this.#show(text);
  }

  #show(text: string): void {
    this.text += text;
    this.#markup.append(text);
    if (this.text.trim()) this.#rich.show(this.#markup); // the dots stay until there is a word
  }

  #wait(): void {
    this.#rich.clear();
    this.#bubble.append(element("span", { className: "dots" }, element("i"), element("i"), element("i")));
  }

  #end(ending?: Ending): void {
    this.#say(this.#sentences.rest());
    if (ending) append(this.item, this.#sources(ending.sources), actionRow(ending.actions));
  }

  #say(sentence: string): void {
    this.#said.push(this.#context.log.say(spelt(sentence, this.#context.texts)));
  }

  /** What the bubble does not show any more, nobody shall come upon in the log. */
  #takeBack(): void {
    for (const takeBack of this.#said.splice(0)) takeBack();
  }

  /** What stands in an alert is read at once and whole, so the log's share of it is taken back. */
  #alarm({ actions, sources }: Ending): void {
    this.#takeBack();
    const title = element("strong", { textContent: this.#context.texts.help_now });
    const alarm = element("div", { className: "alarm" }, title, this.#bubble, actionRow(actions), this.#sources(sources));
    alarm.setAttribute("role", "alert");
    this.item.append(alarm);
  }

  #sources(sources: Source[]): HTMLElement | null {
    if (!sources.length) return null;
    const parts = sources.map(({ title, url }) => (url && link(title, url)) || title);
    const separated = parts.flatMap((part, i) => (i ? [" · ", part] : [part]));
    return element("p", { className: "sources" }, `${this.#context.texts.sources} `, ...separated);
  }
}
