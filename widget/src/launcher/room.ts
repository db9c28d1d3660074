/** What is in the panel: the conversation's frame; until that has answered, and where it cannot, a few words instead. */
import type { Config } from "./config.ts";
import { make } from "./dom.ts";
import { type Frame, frame } from "./frame.ts";
import type { Heard } from "./messages.ts";
import { TEXTS } from "./texts.ts";

export interface Room {
  /** Puts the visitor where the conversation is; before it is there, where the panel can be closed. */
  enter(): void;
  leave(): void;
  /** Ends the conversation. */
  clear(): void;
}

/**
 * @param heard told what the frame says
 * @param silent told when it says nothing
 */
export function room(panel: HTMLElement, { address, language, phone }: Config, close: () => void, heard: (message: Heard) => void, silent: () => void): Room {
  const [closing, failed, tab, retry] = TEXTS[language];
  const wait = make("div", { role: "alert" });
  const closer = make("button", { onclick: close }, closing);
  let inside: Frame | undefined;

  const say = (words: string, ...ways: HTMLElement[]): void => {
    wait.replaceChildren(words, ...ways, closer);
    panel.prepend(wait);
  };
  const hear = (message: Heard): void => {
    if (message.type === "ready") {
      const here = panel.matches(":focus-within");
      wait.remove();
      if (here) enter(); // whoever types elsewhere on the page is left there
    }
    heard(message);
  };
  const tell = (state: "shown" | "hidden"): void => {
    if (!wait.isConnected) inside?.say(state);
  };
  // Goes on listening: a slow network's frame may come yet.
  const fail = (): void => {
    const link = make("a", { href: address, target: "_blank", rel: "noreferrer" }, tab);
    say(failed, make("button", { onclick: load }, retry), link, ...(phone ? [make("a", { href: `tel:${phone}` }, phone)] : []));
    silent();
  };
  const load = (): void => {
    inside?.remove();
    say("…");
    inside = frame(address, hear, fail);
    panel.append(inside.element);
  };
  const enter = (): void => {
    if (!inside) load();
    (wait.isConnected ? closer : inside?.element)?.focus();
    tell("shown");
  };
  return {
    enter,
    leave: () => tell("hidden"),
    clear: () => inside?.remove(),
  };
}
