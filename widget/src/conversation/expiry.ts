/**
 * When the session will have ended, as far as this page can know: a warning a minute before, and the end.
 *
 * The gateway alone decides; a page whose clock is wrong learns it with the next message.
 */
import type { Clock } from "./clock.ts";

const WARN_MS = 60_000;

export interface ExpiryEvents {
  /** A minute is left. `last`: the session has lasted as long as any may, nothing lengthens it. */
  expiring(last: boolean): void;
  expired(): void;
}

export class Expiry {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #maxMs: number;
  readonly #events: ExpiryEvents;
  #endsAt = Infinity;
  /** No use of the session moves its end beyond this. */
  #lastAt = Infinity;
  #held = false;
  #warned = false;
  #cancel = () => {};

  constructor(clock: Clock, { idle_s, max_s }: { idle_s: number; max_s: number }, events: ExpiryEvents) {
    this.#clock = clock;
    this.#idleMs = idle_s * 1_000;
    this.#maxMs = max_s * 1_000;
    this.#events = events;
  }

  /** A new session. */
  opened(expiresInS: number): void {
    this.#lastAt = this.#clock.now() + this.#maxMs;
    this.#ends(expiresInS * 1_000);
  }

  /** Resumed, which counts as use: where less is left than a session may rest, it will not last longer. */
  resumed(expiresInS: number): void {
    const ms = expiresInS * 1_000;
    if (ms < this.#idleMs) this.#lastAt = this.#clock.now() + ms;
    this.#ends(ms);
  }

  /** A turn brought a fresh token. */
  used(): void {
    this.#ends(this.#idleMs);
  }

  /** There is no session any more. */
  forget(): void {
    this.#cancel();
    this.#endsAt = this.#lastAt = Infinity;
  }

  /** Say nothing while a turn is under way: it will bring a fresh token, or `release` sees what is left. */
  hold(): void {
    this.#held = true;
    this.#warned = false;
    this.#cancel();
  }

  release(): void {
    this.#held = false;
    this.look();
  }

  /** The warning has gone from the screen: say it again, while there is time. */
  warnAgain(): void {
    this.#warned = false;
    this.look();
  }

  /** See how late it is; also after the machine has slept, whose timers slept too. */
  look(): void {
    this.#cancel();
    if (this.#held || this.#endsAt === Infinity) return;
    const left = this.#endsAt - this.#clock.now();
    const warning = Math.min(WARN_MS, this.#idleMs / 2);
    if (left > warning) {
      this.#cancel = this.#clock.after(left - warning, () => this.look());
    } else if (left > 0) {
      this.#cancel = this.#clock.after(left, () => this.look());
      if (!this.#warned) this.#events.expiring(this.#endsAt >= this.#lastAt);
      this.#warned = true;
    } else {
      this.forget();
      this.#events.expired();
    }
  }

  #ends(inMs: number): void {
    this.#endsAt = Math.min(this.#clock.now() + inMs, this.#lastAt);
    this.#warned = false;
    this.look();
  }
}
