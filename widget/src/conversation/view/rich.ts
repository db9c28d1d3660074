/** An answer's text as elements. Its blocks come as data from `markup.ts`; nothing here reads text for meaning. */
import type { Texts } from "../config.ts";
import { type Block, hiddenParts, type Inline, type Markup } from "../markup.ts";
import { element, link } from "./dom.ts";

/** Elements of one line: text, links, and chips where personal data was. */
export function phrasing(parts: Inline[], texts: Texts): (Node | string)[] {
  return parts.map((part) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "strong":
        return element("strong", { textContent: part.text });
      case "link":
        return link(part.text, part.url) ?? part.text;
      case "hidden":
        return element("span", { className: "chip", textContent: removed(part.what, texts) });
    }
  });
}

/** `text` in plain letters, for the visitor's own file: `[phone number removed]`. */
export function spelt(text: string, texts: Texts): string {
  return hiddenParts(text).map((part) => (part.kind === "hidden" ? `[${removed(part.what, texts)}]` : part.text)).join("");
}

/** What a chip says; `what` is of a closed list, the placeholder's own words. */
function removed(what: string, texts: Texts): string {
  return texts[`removed_${what.replaceAll(" ", "_")}`] ?? what;
}

/** Keeps an element true to a text that grows: only blocks that may still change are built again. */
export class Rich {
  readonly #node: HTMLElement;
  readonly #texts: Texts;
  #built = 0;

  constructor(node: HTMLElement, texts: Texts) {
    this.#node = node;
    this.#texts = texts;
  }

  show({ blocks, stable }: Markup): void {
    while (this.#node.childNodes.length > this.#built) this.#node.lastChild!.remove();
    this.#node.append(...blocks.slice(this.#built).map((block) => this.#block(block)));
    this.#built = stable;
  }

  clear(): void {
    this.#built = 0;
    this.#node.replaceChildren();
  }

  #block(block: Block): HTMLElement {
    if (block.kind === "paragraph") {
      const lines = block.lines.flatMap((line, i) => [...(i ? ["\n"] : []), ...phrasing(line, this.#texts)]);
      return element("p", { dir: "auto" }, ...lines);
    }
    const items = block.items.map((item) => element("li", { dir: "auto" }, ...phrasing(item, this.#texts)));
    return element(block.ordered ? "ol" : "ul", {}, ...items);
  }
}
