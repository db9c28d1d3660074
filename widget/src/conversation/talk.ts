/**
 * The conversation: what happens between the visitor's message and the last word of its answer.
 *
 *      start()                  ask()
 *   ─────────▶ resuming ─▶ idle ─────▶ opening ◀──▶ asking for consent
 *                           ▲           │   ▲
 *                           │           ▼   │ the session has ended: a new one, once
 *                           │          sending ⟲ the connection broke before a word was shown: again, once
 *                           │           │   ▲
 *                           │     delta ▼   │ restart
 *                           │◀─ done ─ streaming
 *                           │
 *                           └── failed, stopped, declined, left: from wherever it was
 *
 * Every way through `ask` ends in one of: a finished answer, a card, a note. What was typed is on the screen or back
 * where it was typed until the visitor forgets it. Nothing is sent before the visitor acts.
 */
import type { TextName } from "./config.ts";
import { remedyOf } from "./failures.ts";
import type { Frame } from "./frames.ts";
import { Problem } from "./problem.ts";
import type { Action, Card } from "./screen.ts";
import { isGone, type Parts, Session } from "./session.ts";
import { aborted } from "./signals.ts";
import { Turn } from "./turn.ts";

/** Before a broken connection is tried again: a gateway that restarts is back by then, or another stands in. */
const AGAIN_MS = 1_500;

/** A message that was not answered: its card, and how to send it again. */
interface Failed {
  card: Card;
  again(): void;
}

export class Talk {
  readonly #parts: Parts;
  readonly #session: Session;
  #online: boolean;
  #turn: Turn | null = null;
  /** Settles when the end of the newest turn is on the screen. */
  #asking: Promise<void> = Promise.resolve();
  #resuming: Promise<void> = Promise.resolve();
  /** The newest message that did not reach the gateway, or whose answer did not reach the page. */
  #unreached: Failed | null = null;
  /** The message that leaving the page broke off before a word of its answer. */
  #left: Failed | null = null;

  constructor(parts: Parts & { online: boolean }) {
    this.#parts = parts;
    this.#online = parts.online;
    this.#session = new Session(parts);
  }

  /** Show again, after a reload, what the stored token holds. */
  start(): Promise<void> {
    if (!this.#online) this.#parts.screen.offline(true);
    this.#resuming = this.#session.recall();
    return this.#resuming;
  }

  /** Send `text` and show its answer. While another message is under way, `text` goes back where it was typed. */
  ask(text: string): Promise<void> {
    return this.#ask(text, this.#online);
  }

  /** A message is under way. */
  get busy(): boolean {
    return this.#turn !== null;
  }

  stop(): void {
    this.#turn?.stop("stopped");
  }

  /** Clear screen and token; a turn under way is cancelled. */
  forget(): void {
    const { screen } = this.#parts;
    this.#turn?.stop("forgotten");
    this.#turn = this.#unreached = this.#left = null;
    this.#session.forget();
    screen.busy(false);
    screen.clear();
    screen.note(this.#say("forgotten"));
  }

  /** The page goes away, perhaps to come back: the gateway need not go on. */
  leave(): void {
    this.#turn?.stop("left");
  }

  /** The page is looked at again. */
  async comeBack(): Promise<void> {
    this.#session.look();
    if (this.#turn?.stoppedBy("left")) await this.#asking;
    this.#left?.again();
  }

  /** The browser says that it has a network, or none. */
  connection(online: boolean): void {
    if (online === this.#online) return;
    const { screen } = this.#parts;
    this.#online = online;
    screen.offline(!online);
    if (!online) return;
    const failed = this.#unreached;
    if (!failed) return screen.note(this.#say("online"));
    failed.card.remove();
    const button = { label: this.#say("send_now"), run: () => failed.again() };
    failed.card = screen.card({ kind: "warning", text: this.#say("online"), buttons: [button] });
  }

  #ask(text: string, online: boolean): Promise<void> {
    if (this.#turn) {
      this.#parts.screen.giveBack(text);
      return this.#asking;
    }
    this.#turn = new Turn(text, this.#parts.screen);
    this.#asking = this.#run(this.#turn, online);
    return this.#asking;
  }

  async #run(turn: Turn, online: boolean): Promise<void> {
    const { screen } = this.#parts;
    screen.busy(true);
    this.#session.hold();
    try {
      turn.visitor = screen.visitor(turn.text);
      await Promise.race([this.#resuming, aborted(turn.signal)]); // it may bring another token
      if (!online) throw new Problem("offline");
      await this.#answered(turn);
    } catch (error) {
      if (turn.stoppedBy("forgotten")) return;
      this.#explain(error, turn);
      if (!(error instanceof Problem || turn.signal.aborted)) throw error; // a fault of ours is shown, and not hidden
    } finally {
      if (this.#turn === turn) {
        this.#turn = null;
        screen.busy(false);
        this.#session.release();
      }
    }
  }

  /** Send the message until it is answered, or nothing is left to try. */
  async #answered(turn: Turn): Promise<void> {
    for (;;) {
      try {
        return await this.#send(await this.#session.ready(turn.signal), turn);
      } catch (error) {
        await this.#mend(error, turn);
      }
    }
  }

  /** Make ready for one more try where that may mend `error`, else throw it. */
  async #mend(error: unknown, turn: Turn): Promise<void> {
    if (isGone(error) && !turn.renewed) {
      turn.renew();
      this.#session.lose("new_session");
    } else if (error instanceof Problem && error.code === "unreachable" && !turn.shown && !turn.retried) {
      turn.retried = true;
      const pause = new Promise<void>((go) => this.#parts.clock.after(AGAIN_MS, go));
      await Promise.race([pause, aborted(turn.signal)]);
    } else {
      throw error;
    }
  }

  async #send(token: string, turn: Turn): Promise<void> {
    turn.begin();
    for await (const frame of this.#parts.gateway.sendTurn(token, turn.text, turn.signal)) {
      turn.signal.throwIfAborted();
      this.#show(frame, turn);
    }
  }

  #show(frame: Frame, turn: Turn): void {
    if ("session" in frame && frame.session) this.#session.renew(frame.session);
    switch (frame.event) {
      case "accepted":
        return;
      case "redacted":
        return turn.visitor?.redact(frame.text, frame.count);
      case "delta":
        turn.shown ||= frame.text.trim() !== "";
        return turn.answer?.append(frame.text);
      case "restart":
        turn.shown = false;
        return turn.answer?.restart();
      case "done":
        if (!turn.shown) throw new Problem("no_answer");
        return turn.answer?.finish(frame.ending);
      case "error":
        throw frame.problem;
    }
  }

  /** Say why the message was not answered, and give a way on. */
  #explain(error: unknown, turn: Turn): void {
    const { config, screen } = this.#parts;
    if (turn.stoppedBy("stopped")) return this.#stopped(turn);
    const unknown = new Problem(turn.stoppedBy("left") ? "unreachable" : "unexpected");
    const problem = error instanceof Problem ? error : unknown;
    const { text, again, afterS } = remedyOf(problem, config.texts);
    if (again) return this.#offerAgain(turn, problem, text, afterS);
    this.#giveBack(turn);
    screen.card({ kind: "failure", text, actions: this.#helpers(problem) });
  }

  #stopped(turn: Turn): void {
    const back = !turn.sent && this.#giveBack(turn);
    if (!back) turn.answer?.finish();
    this.#parts.screen.note(this.#say(back ? "not_sent" : "stopped"));
  }

  /** A message stays where it is shown when there is something else where it was typed. */
  #giveBack(turn: Turn): boolean {
    const back = this.#parts.screen.giveBack(turn.text);
    if (back) turn.visitor?.discard();
    turn.answer?.discard();
    return back;
  }

  /** A card whose button sends the same message again. */
  #offerAgain(turn: Turn, problem: Problem, text: string, afterS: number): void {
    turn.answer?.finish();
    const button = { label: this.#say("retry"), afterS, run: () => failed.again() };
    const card = this.#parts.screen.card({ kind: "failure", text, actions: this.#helpers(problem), buttons: [button] });
    const failed: Failed = { card, again: () => this.#again(turn, failed) };
    if (problem.code === "unreachable" || problem.code === "offline") this.#unreached = failed;
    if (turn.stoppedBy("left") && !turn.shown) this.#left = failed;
  }

  /** Whatever the browser says of the network: the visitor asks for it. */
  #again(turn: Turn, failed: Failed): void {
    if (this.#turn) return; // another message is under way: the button stays
    failed.card.remove();
    turn.discard();
    if (this.#unreached === failed) this.#unreached = null;
    if (this.#left === failed) this.#left = null;
    void this.#ask(turn.text, true);
  }

  /** Who helps where the assistant does not: the clinic, and the emergency number whatever failed. */
  #helpers({ actions }: Problem): Action[] {
    const { contact, emergency } = this.#parts.config;
    return [...(actions.length ? actions : contact), emergency];
  }

  #say(what: TextName): string {
    return this.#parts.config.texts[what];
  }
}
