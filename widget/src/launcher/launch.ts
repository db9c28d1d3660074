/** The button: all that there is of a chat before the first click. */
import type { Read } from "./config.ts";
import { make } from "./dom.ts";
import { NAME } from "./texts.ts";

export interface Launch {
  button: HTMLButtonElement;
  /** Beside the button, since what changes inside one is not read aloud. */
  badge: HTMLElement;
  /** Takes the page's wishes; `root` carries what the stylesheet computes with. An attribute goes before a property. */
  style(read: Read, root: HTMLElement): void;
}

export function launch(onclick: () => void): Launch {
  const words = make("bdi", {});
  const button = make("button", { onclick, ariaExpanded: "false" }, make("i", {}), words);
  return {
    button,
    badge: make("output", {}),
    style(read, { style, classList }) {
      const [label, accent, offset] = [read("label"), read("accent") ?? "", `${read("offset")}px`];
      words.textContent = label;
      button.ariaLabel = label || NAME;
      classList.value = `${read("position")} ${read("scheme")}`;
      style.setProperty("--lethe-accent", CSS.supports("color", accent) ? accent : null);
      for (const axis of "xy") style.setProperty(`--lethe-offset-${axis}`, CSS.supports("top", offset) ? offset : null);
    },
  };
}

/** Says how many answers wait; 0 = says nothing. */
export function announce({ badge }: Launch, count: number): void {
  badge.replaceChildren(...(count ? [make("b", {}, `${NAME}: `), `${count}`] : []));
}
