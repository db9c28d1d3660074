/**
 * The session as this page holds it: a sealed token, how long it lasts, and whether it knows of earlier messages.
 *
 * When it ends, what is on the screen stays until the visitor forgets it or leaves; nobody else knows it any more,
 * and the next message opens a new session. The visitor is told so, once.
 */
import type { Clock } from "./clock.ts";
import type { Config, TextName } from "./config.ts";
import { openWithConsent } from "./consent.ts";
import { Expiry } from "./expiry.ts";
import type { Gateway } from "./gateway.ts";
import { Problem } from "./problem.ts";
import type { Card, CardButton, Screen } from "./screen.ts";
import type { Token } from "./token.ts";

export interface Parts {
  config: Config;
  screen: Screen;
  gateway: Gateway;
  token: Token;
  clock: Clock;
}

/** Whether `error` means that the session cannot go on, though a new one may. */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.code === "session_expired" || error.code === "consent_required");
}

export class Session {
  readonly #parts: Parts;
  readonly #expiry: Expiry;
  /** The session knows of earlier messages. */
  #remembers = false;
  #warning: Card | undefined;
  /** Aborts when the visitor forgets: what was asked of the gateway before then changes nothing any more. */
  #life = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#expiry = new Expiry(parts.clock, parts.config, {
      expiring: (last) => this.#warn(last),
      expired: () => this.lose("ended"),
    });
  }

  /** The token of the session there is, or of a new one. */
  async ready(signal: AbortSignal): Promise<string> {
    const { token } = this.#parts;
    const held = token.get();
    if (held) return held;
    const opened = await openWithConsent(this.#parts, signal);
    signal.throwIfAborted(); // forgotten meanwhile: the new token is not kept
    token.set(opened.session);
    this.#expiry.opened(opened.expiresInS);
    return opened.session;
  }

  /** A turn brought a fresh token. */
  renew(token: string): void {
    this.#parts.token.set(token);
    this.#remembers = true;
    this.#expiry.used();
  }

  /** The session has ended; `said` tells the visitor. */
  lose(said: "ended" | "new_session" | "expired"): void {
    this.#drop();
    if (this.#remembers) this.#note(said);
    this.#remembers = false;
  }

  /** The visitor forgets: nothing is left of it, and nothing is said. */
  forget(): void {
    this.#life.abort("forgotten");
    this.#life = new AbortController();
    this.#remembers = false;
    this.#drop();
  }

  /** While a turn is under way there is no word of the end: it will bring a fresh token. */
  hold(): void {
    this.#unwarn();
    this.#expiry.hold();
  }

  release(): void {
    this.#expiry.release();
  }

  /** Timers sleep with the machine: see how late it is. */
  look(): void {
    this.#expiry.look();
  }

  /** Show again, after a reload, what the stored token holds. */
  async recall(): Promise<void> {
    const { gateway, screen, token } = this.#parts;
    const stored = token.get();
    if (!stored) return;
    const life = this.#life.signal;
    this.#remembers = true;
    try {
      const { session, expiresInS, history } = await gateway.resumeSession(stored, life);
      if (life.aborted) return;
      token.set(session);
      this.#remembers = history.length > 0;
      screen.recall(history);
      this.#expiry.resumed(expiresInS);
    } catch (error) {
      if (life.aborted) return;
      if (isGone(error)) this.lose("expired");
      else this.#note("not_shown"); // the token may be good: the next message will tell
    }
  }

  #warn(last: boolean): void {
    if (!this.#remembers) return; // nothing would be lost
    const { config, screen } = this.#parts;
    const keep: CardButton = { label: config.texts.keep, run: () => void this.#keep() };
    const text = config.texts[last ? "expiring_last" : "expiring"];
    this.#warning = screen.card({ kind: "warning", text, buttons: last ? [] : [keep] });
  }

  /** Resume the session, which counts as use. */
  async #keep(): Promise<void> {
    const { gateway, token } = this.#parts;
    const life = this.#life.signal;
    const held = token.get();
    this.#unwarn();
    if (!held) return;
    try {
      const { session, expiresInS } = await gateway.resumeSession(held, life);
      if (life.aborted || token.get() !== held) return; // a turn was quicker: its token knows more
      token.set(session);
      this.#expiry.resumed(expiresInS);
      this.#note("kept");
    } catch (error) {
      if (life.aborted || token.get() !== held) return;
      if (isGone(error)) return this.lose("ended");
      this.#note("not_kept");
      this.#expiry.warnAgain();
    }
  }

  #unwarn(): void {
    this.#warning?.remove();
    this.#warning = undefined;
  }

  #drop(): void {
    this.#unwarn();
    this.#expiry.forget();
    this.#parts.token.forget();
  }

  #note(said: TextName): void {
    this.#parts.screen.note(this.#parts.config.texts[said]);
  }
}
