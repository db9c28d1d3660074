/**
 * One clinic's chat on a page: a button, and behind it the conversation.
 *
 *     button ── first click ─▶ frame asked for, "…" ── ready ─▶ conversation ── close ─▶ kept, unread counted
 *                                       └── 10 s of silence ─▶ the other ways in, retry
 */
import type { Config, Read } from "./config.ts";
import { make, setPx } from "./dom.ts";
import { announce, launch } from "./launch.ts";
import type { Heard } from "./messages.ts";
import { panel } from "./panel.ts";
import { room } from "./room.ts";
import { NAME } from "./texts.ts";

export type Tell = (event: "open" | "close" | "ready" | "unread" | "error", detail?: object) => unknown;

export interface Chat {
  root: HTMLElement;
  /** Takes a look. */
  style(read: Read): void;
  show(shown: boolean): void;
  remove(): void;
}

/** @param tell takes what the page may know */
export function chat(config: Config, tell: Tell): Chat {
  const life = new AbortController();
  const close = (): void => show(false);
  const start = launch(() => show(!place.shown));
  const place = panel(close, life.signal);
  const inside = room(place.dialog, config, close, (message) => hear(message), () => tell("error", { reason: "unreachable" }));
  const root = make("section", { ariaLabel: NAME, lang: config.language }, start.button, start.badge, place.dialog);

  let unread = 0;
  const count = (answers: number): void => {
    if (answers === unread) return;
    unread = answers;
    announce(start, unread);
    tell("unread", { count: unread });
  };
  const show = (shown: boolean): void => {
    if (shown === place.shown) return;
    const focused = place.dialog.matches(":focus-within");
    place.show(shown);
    start.button.ariaExpanded = `${shown}`;
    tell(shown ? "open" : "close");
    if (shown) {
      count(0);
      inside.enter();
    } else {
      inside.leave();
      if (focused) start.button.focus(); // whoever types elsewhere on the page is left there
    }
  };
  const hear = (message: Heard): void => {
    const { type, amount } = message;
    if (type === "close") close();
    else if (type === "height") setPx(place.dialog, "--content", amount);
    else if (type === "ready") tell(type);
    else if (!place.shown) count(amount);
  };
  const remove = (): void => {
    close();
    life.abort();
    inside.clear();
    root.remove();
  };
  return { root, show, remove, style: (read) => start.style(read, root) };
}
