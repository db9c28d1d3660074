import type { AnswerBubble, Screen, VisitorBubble } from "./screen.ts";

/** Why a turn was broken off from this side. */
export type Stop = "stopped" | "forgotten" | "left";

/** One message on its way, and what stands of it on the screen. */
export class Turn {
  readonly text: string;
  /** It may be in the gateway's hands. */
  sent = false;
  /** A word of the answer stands on the screen. */
  shown = false;
  /** What is done once a turn, at most: the connection tried again, the session replaced. */
  retried = false;
  renewed = false;
  visitor: VisitorBubble | undefined;
  answer: AnswerBubble | undefined;
  readonly #screen: Screen;
  readonly #stopper = new AbortController();

  constructor(text: string, screen: Screen) {
    this.text = text;
    this.#screen = screen;
  }

  get signal(): AbortSignal {
    return this.#stopper.signal;
  }

  stop(why: Stop): void {
    this.#stopper.abort(why);
  }

  stoppedBy(why: Stop): boolean {
    return this.signal.reason === why;
  }

  /** It is sent; its answer waits on the screen. */
  begin(): void {
    this.sent = true;
    this.answer ??= this.#screen.answer();
  }

  /** It goes to another session: what is said of that stands above its answer. */
  renew(): void {
    this.renewed = true;
    this.sent = false;
    this.answer?.discard();
    this.answer = undefined;
  }

  /** Take it from the screen. */
  discard(): void {
    this.visitor?.discard();
    this.answer?.discard();
  }
}
