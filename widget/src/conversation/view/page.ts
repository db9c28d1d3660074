/** The screen: what `talk.ts` asks for, as elements. */
import type { Config } from "../config.ts";
import type { AnswerBubble, Card, CardContent, Line, Screen, VisitorBubble } from "../screen.ts";
import { AnswerItem } from "./answer.ts";
import { cardItem } from "./card.ts";
import type { Composer } from "./composer.ts";
import { element, part } from "./dom.ts";
import type { Log } from "./log.ts";
import { spelt } from "./rich.ts";
import type { Follower } from "./scroll.ts";
import { VisitorItem } from "./visitor.ts";

export interface Parts {
  config: Config;
  log: Log;
  composer: Composer;
  follower: Follower;
  /** Put the focus where a visitor goes on, when the element that had it is gone. */
  refocus: () => void;
  /** Something stands there that a visitor who looks elsewhere would come back for. */
  news: () => void;
}

export class Page implements Screen {
  readonly #messages = part("messages");
  readonly #start = part("start");
  readonly #offline = part("offline");
  readonly #parts: Parts;
  readonly #bubbles = new Set<VisitorItem | AnswerItem>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  visitor(text: string): VisitorBubble {
    this.#parts.log.clear(); // read out long ago; who reads the page would meet it twice
    const bubble = this.#visitor(text);
    this.#parts.follower.toEnd();
    return bubble;
  }

  answer(): AnswerBubble {
    return this.#answer();
  }

  recall(lines: Line[]): void {
    const [bubbles, items] = [[...this.#bubbles], [...this.#messages.children]];
    this.#bubbles.clear();
    for (const { role, text } of lines) (role === "visitor" ? this.#visitor(text) : this.#answer()).recall(text);
    for (const bubble of bubbles) this.#bubbles.add(bubble);
    this.#messages.append(...items);
    if (lines.length) this.#parts.follower.toEnd();
  }

  card(content: CardContent): Card {
    const item = cardItem(content, this.#parts.config.texts);
    this.#add(item);
    this.#parts.log.say([content.title, content.text].filter(Boolean).join(" "));
    this.#parts.news();
    return { remove: () => this.#remove(item), focus: () => item.focus() };
  }

  note(text: string): void {
    this.#add(element("li", { className: "note" }, element("p", { textContent: text, dir: "auto" })));
    this.#parts.log.say(text);
    this.#parts.follower.arrived();
  }

  busy(on: boolean): void {
    this.#keepingFocus(() => (this.#parts.composer.busy = on));
  }

  offline(on: boolean): void {
    this.#offline.hidden = !on;
    if (on) this.#parts.log.say(this.#offline.textContent);
  }

  giveBack(text: string): boolean {
    return this.#parts.composer.giveBack(text);
  }

  clear(): void {
    this.#bubbles.clear();
    this.#keepingFocus(() => this.#messages.replaceChildren());
    this.#start.hidden = false;
    this.#parts.log.clear();
    this.#parts.composer.clear();
  }

  lines(): Line[] {
    const said = [...this.#bubbles].filter(({ text }) => text.trim());
    return said.map(({ role, text }) => ({ role, text: spelt(text, this.#parts.config.texts) }));
  }

  #visitor(text: string): VisitorItem {
    const { config, log } = this.#parts;
    return this.#bubble(new VisitorItem(text, { texts: config.texts, log, gone: (bubble) => this.#gone(bubble) }));
  }

  #answer(): AnswerItem {
    const { config, log, news } = this.#parts;
    return this.#bubble(new AnswerItem({ texts: config.texts, log, news, gone: (bubble) => this.#gone(bubble) }));
  }

  #bubble<T extends VisitorItem | AnswerItem>(bubble: T): T {
    this.#bubbles.add(bubble);
    this.#add(bubble.item);
    this.#keepingFocus(() => (this.#start.hidden = true));
    return bubble;
  }

  #add(item: HTMLElement): void {
    this.#messages.append(item);
  }

  #gone(bubble: VisitorItem | AnswerItem): void {
    this.#bubbles.delete(bubble);
    this.#remove(bubble.item);
  }

  #remove(item: HTMLElement): void {
    this.#keepingFocus(() => item.remove());
  }

  /** Make a change; where it takes away what had the focus, say so. */
  #keepingFocus(change: () => void): void {
    const had = document.activeElement as HTMLElement;
    change();
    const shown = had.offsetParent; // the body has none either, and whoever reads there is left alone
    if (!shown && had !== document.body) this.#parts.refocus();
  }
}
