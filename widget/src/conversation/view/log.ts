/** What assistive technology reads out: a live region beside the conversation, so that it hears sentences, not words. */
import { element, part } from "./dom.ts";

export class Log {
  readonly #region = part("log");

  /** Have `text` read out, once. Returns a way to take it back, for when something else reads it. */
  say(text: string): () => void {
    const line = element("p", { textContent: text.trim(), dir: "auto" });
    if (line.textContent) this.#region.append(line);
    return () => line.remove();
  }

  clear(): void {
    this.#region.replaceChildren();
  }
}
