/** Time, a tab's storage, a network and a screen, all of them scripted, for tests of the conversation's core. */
import assert from "node:assert/strict";
import type { Clock } from "../src/conversation/clock.ts";
import type { AnswerBubble, Card, CardContent, Ending, Line, Screen, VisitorBubble } from "../src/conversation/screen.ts";

/** Let everything that can happen without time passing happen, until `met`. */
export async function until(met: () => boolean, what = "what was waited for"): Promise<void> {
  for (let turns = 0; turns < 2_000; turns++) {
    if (met()) return;
    await new Promise((go) => setImmediate(go));
  }
  assert.fail(`${what} did not happen`);
}

export async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((go) => setImmediate(go));
}

export class Time implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that have not fired and were not cancelled. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Let `s` seconds pass; what is due runs in order, each with all that follows from it. */
  async pass(s: number): Promise<void> {
    const end = this.#now + s * 1_000;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
  }

  /** The machine sleeps: time passes and no timer runs. */
  sleep(s: number): void {
    this.#now += s * 1_000;
  }
}

/** A tab's sessionStorage. */
export class Tab {
  readonly items = new Map<string, string>();
  full = false;

  get storage(): Storage {
    const { items } = this;
    const set = (key: string, value: string) => {
      if (this.full) throw new DOMException("full", "QuotaExceededError");
      items.set(key, value);
    };
    return {
      length: items.size,
      key: (at) => [...items.keys()][at] ?? null,
      getItem: (key) => items.get(key) ?? null,
      setItem: set,
      removeItem: (key) => void items.delete(key),
      clear: () => items.clear(),
    };
  }
}

/** A response body that a test writes piece by piece. */
export class Stream {
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  cancelled = false;
  readonly body = new ReadableStream<Uint8Array>({
    start: (controller) => void (this.#controller = controller),
    cancel: () => void (this.cancelled = true),
  });

  write(text: string): this {
    this.#controller.enqueue(new TextEncoder().encode(text));
    return this;
  }

  end(): this {
    this.#controller.close();
    return this;
  }

  break(reason: unknown = new TypeError("terminated")): this {
    this.#controller.error(reason);
    return this;
  }
}

/** A reply that was on its way already: it comes when it is let go, whatever was aborted meanwhile. */
export class Late {
  letGo!: (reply: Reply) => void;
  readonly reply = new Promise<Reply>((resolve) => (this.letGo = resolve));
}

export type Reply = { status: number; body: string; type?: string; headers?: Record<string, string> } | Stream | Late | "broken" | "silent";

/** A network with a scripted gateway behind it; honours the AbortSignal as a browser's does. */
export class Network {
  readonly calls: [path: string, body: any][] = [];
  readonly inits: RequestInit[] = [];
  readonly sessions: Reply[] = [];
  readonly resumes: Reply[] = [];
  readonly turns: Reply[] = [];
  opened = 0;

  readonly fetch = async (path: string, init: RequestInit): Promise<Response> => {
    this.calls.push([path, JSON.parse(String(init.body))]);
    this.inits.push(init);
    const signal = init.signal as AbortSignal;
    signal.throwIfAborted();
    let reply = this.#reply(path);
    if (reply instanceof Late) reply = await reply.reply;
    if (reply === "broken") throw new TypeError("Failed to fetch");
    if (reply === "silent") return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (reply instanceof Stream) {
      signal.addEventListener("abort", () => {
        reply.cancelled = true;
        reply.break(signal.reason);
      });
      return new Response(reply.body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
    }
    const { status, body, type = "application/json", headers } = reply as Exclude<typeof reply, Late>;
    return new Response(body, { status, headers: { "Content-Type": type, ...headers } });
  };

  get paths(): string[] {
    return this.calls.map(([path]) => path.replace("/v1/", ""));
  }

  #reply(path: string): Reply {
    if (path === "/v1/turns") return this.turns.shift() ?? answer();
    if (path === "/v1/sessions/resume") return this.resumes.shift() ?? resumed();
    return this.sessions.shift() ?? json(201, { session: `opened-${++this.opened}`, expires_in_s: 900, language: "en" });
  }
}

export const CALL = { kind: "call", label: "Call us", url: "tel:+3225550100" } as const;
export const DONE = { session: "fresh", path: "llm", intent: "price", topic: "none", language: "en", actions: [], sources: [] };

export function json(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return { status, body: JSON.stringify(body), headers };
}

export function problem(status: number, code: string, more: object = {}): Reply {
  return json(status, { type: "about:blank", title: "Title", status, code, detail: `Detail of ${code}.`, ...more });
}

export function resumed(...history: Line[]): Reply {
  return json(200, { session: "resumed", expires_in_s: 900, language: "en", history });
}

/** Events as the gateway writes them, padding included. */
export function frames(...events: [event: string, data: object][]): string {
  return events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n: pad   \n\n`).join("");
}

export function answer(text = "Yes.", done: object = {}): Stream {
  return new Stream().write(frames(["accepted", { turn: "t" }], ["delta", { text }], ["done", { ...DONE, ...done }])).end();
}

export interface Item {
  kind: "visitor" | "answer" | "card" | "note" | "earlier";
  text: string;
  ending?: Ending;
  finished?: boolean;
  content?: CardContent;
}

/** Remembers what stands on it, in order. */
export class Paper implements Screen {
  items: Item[] = [];
  isBusy = false;
  isOffline = false;
  typed = "";
  cleared = 0;
  /** What the focus was put on last. */
  focused = "";

  /** A line an item: `answer: Yes. [llm]`, `card: Sorry. <Try again>`. */
  get shown(): string[] {
    return this.items.map(({ kind, text, ending, finished, content }) => {
      const state = kind === "answer" ? (ending ? ` [${ending.path}]` : finished ? " [broken off]" : " …") : "";
      const buttons = (content?.buttons ?? []).map(({ label, afterS }) => ` <${label}${afterS ? ` in ${afterS}` : ""}>`).join("");
      return `${kind}: ${text}${state}${buttons}`;
    });
  }

  get last(): string {
    return this.shown.at(-1) ?? "";
  }

  get cards(): CardContent[] {
    return this.items.flatMap(({ content }) => content ?? []);
  }

  /** Press the button `label` of the newest card that has it. */
  press(label: string): void {
    const button = this.cards.flatMap(({ buttons }) => buttons ?? []).findLast((button) => button.label === label);
    assert.ok(button, `no button "${label}" among ${this.shown.join(" | ")}`);
    button.run();
  }

  visitor(text: string): VisitorBubble {
    const item = this.#add({ kind: "visitor", text });
    return { redact: (clean, count) => void (item.text = `${clean} (${count})`), discard: () => this.#remove(item) };
  }

  answer(): AnswerBubble {
    const item = this.#add({ kind: "answer", text: "" });
    return {
      append: (text) => void (item.text += text),
      restart: () => void (item.text = ""),
      finish: (ending) => {
        assert.ok(!item.finished, "an answer ends once");
        item.finished = true;
        if (ending) item.ending = ending;
        if (!item.text) this.#remove(item);
      },
      discard: () => this.#remove(item),
    };
  }

  recall(lines: Line[]): void {
    this.items.unshift(...lines.map(({ role, text }) => ({ kind: "earlier" as const, text: `${role} ${text}` })));
  }

  card(content: CardContent): Card {
    const item = this.#add({ kind: "card", text: content.text ?? "", content });
    return { remove: () => this.#remove(item), focus: () => void (this.focused = item.text) };
  }

  note(text: string): void {
    this.#add({ kind: "note", text });
  }

  busy(on: boolean): void {
    this.isBusy = on;
  }

  offline(on: boolean): void {
    this.isOffline = on;
  }

  giveBack(text: string): boolean {
    if (this.typed) return false;
    this.typed = text;
    return true;
  }

  clear(): void {
    this.items = [];
    this.typed = "";
    this.cleared++;
  }

  lines(): Line[] {
    return [];
  }

  #add(item: Item): Item {
    this.items.push(item);
    return item;
  }

  #remove(item: Item): void {
    this.items = this.items.filter((other) => other !== item);
  }
}
