/**
 * The formatting that answers have: text → blocks and inline nodes, as data. Pure; whatever is not named here, raw HTML
 * first of all, stays text.
 *
 * The router writes paragraphs, line breaks and "•" lists; models, asked for plain sentences, now and then "-" and "1."
 * lists and **bold**; clinics write bare addresses; and the sanitiser leaves placeholders, "[phone hidden]".
 */
import { safeUrl } from "./urls.ts";

export type Block =
  | { kind: "paragraph"; lines: Inline[][] }
  | { kind: "list"; ordered: boolean; items: Inline[][] };

export type Inline =
  | { kind: "text" | "strong"; text: string }
  | { kind: "link"; text: string; url: string }
  /** `what`: the words of a placeholder, "phone" or "date of birth". */
  | { kind: "hidden"; what: string };

const ITEM = /^\s*(?:[•*–-]|(\d{1,3})[.)])\s+(\S.*)$/;
const HIDDEN = /\[([a-z][a-z ]{0,30}) hidden\]/;
const STRONG = /\*\*([^\s*](?:[^*]*[^\s*])?)\*\*/;
const ADDRESS = /\b(?:https:\/\/|mailto:|tel:(?=[+\d]))[^\s<>"«»“”*]+/;
const NODES = new RegExp([HIDDEN, STRONG, ADDRESS].map(({ source }) => source).join("|"), "g");
const HIDDEN_ONLY = new RegExp(HIDDEN.source, "g");

/** A text that grows. Lines that have ended are read once; only the last, unfinished one is read again with each piece. */
export class Markup {
  readonly #blocks: Block[] = [];
  #line = "";
  /** The block that the next line would continue; a blank line ends a paragraph, not a list. */
  #paragraphOpen = false;

  append(piece: string): void {
    const lines = (this.#line + piece).split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) {
      add(this.#blocks, line, this.#paragraphOpen);
      this.#paragraphOpen = line.trim() !== "";
    }
  }

  /** The whole text so far. */
  get blocks(): Block[] {
    const blocks = this.#blocks.slice();
    const last = blocks.pop();
    if (last) blocks.push(last.kind === "list" ? { ...last, items: [...last.items] } : { ...last, lines: [...last.lines] });
    add(blocks, this.#line, this.#paragraphOpen);
    return blocks;
  }

  /** So many blocks at the beginning will not change any more. */
  get stable(): number {
    return Math.max(0, this.#blocks.length - 1);
  }
}

/** Put `line` into the last of `blocks`, or after it. */
function add(blocks: Block[], line: string, paragraphOpen: boolean): void {
  if (!line.trim()) return;
  const last = blocks.at(-1);
  const [, number, item] = ITEM.exec(line) ?? [];
  const ordered = number !== undefined;
  const list = last?.kind === "list" && last.ordered === ordered ? last : undefined;
  // A number that does not count on ("24. Dezember: geschlossen") would be shown as another one: it is no list.
  const counts = !ordered || Number(number) === (list?.items.length ?? 0) + 1;
  if (item !== undefined && counts) {
    if (list) list.items.push(inlines(item));
    else blocks.push({ kind: "list", ordered, items: [inlines(item)] });
  } else if (last?.kind === "paragraph" && paragraphOpen) {
    last.lines.push(inlines(line));
  } else {
    blocks.push({ kind: "paragraph", lines: [inlines(line)] });
  }
}

/** The nodes of one line. */
export function inlines(line: string): Inline[] {
  return nodes(line.trim(), NODES, ([all, what, strong]) => {
    if (what !== undefined) return { kind: "hidden", what };
    if (strong !== undefined) return { kind: "strong", text: strong };
    const text = withoutStop(all);
    const url = safeUrl(text);
    return url ? { kind: "link", text, url } : { kind: "text", text: all };
  });
}

/** `text` as it is, but for what was hidden in it: a visitor's message has no formatting. */
export function hiddenParts(text: string): Inline[] {
  return nodes(text, HIDDEN_ONLY, ([, what = ""]) => ({ kind: "hidden", what }));
}

/** Cut `text` at the matches of `pattern`, and make a node of each. */
function nodes(text: string, pattern: RegExp, node: (match: RegExpMatchArray) => Inline): Inline[] {
  const found: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const made = node(match);
    if (match.index > from) found.push({ kind: "text", text: text.slice(from, match.index) });
    found.push(made);
    from = match.index + (made.kind === "link" ? made.text.length : match[0].length);
  }
  if (from < text.length) found.push({ kind: "text", text: text.slice(from) });
  return found;
}

/** An address without the sentence's punctuation after it; a closing bracket stays where it was opened inside. */
function withoutStop(address: string): string {
  const bare = address.replace(/[.,;:!?…'’]+$/, "");
  return bare.endsWith(")") && !bare.includes("(") ? withoutStop(bare.slice(0, -1)) : bare;
}
