import type { Clock } from "./clock.ts";

/** An AbortSignal that follows the visitor's, and aborts by itself after so long in all or after so long a silence. */
export class Limit {
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #stopper = new AbortController();
  readonly #cancelAll: () => void;
  #cancelSilence = () => {};

  constructor(clock: Clock, visitor: AbortSignal, allMs: number, silenceMs = allMs) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#cancelAll = clock.after(allMs, this.#late);
    this.heard();
    visitor.addEventListener("abort", () => this.#stopper.abort(visitor.reason));
    if (visitor.aborted) this.#stopper.abort(visitor.reason);
  }

  get signal(): AbortSignal {
    return this.#stopper.signal;
  }

  /** Something arrived: the silence begins anew. */
  heard(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#clock.after(this.#silenceMs, this.#late);
  }

  /** It is over: no timer is left. */
  end(): void {
    this.#cancelAll();
    this.#cancelSilence();
  }

  readonly #late = (): void => this.#stopper.abort("late");
}
