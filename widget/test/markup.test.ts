import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, hiddenParts, type Inline, inlines, Markup } from "../src/conversation/markup.ts";
import { chunkings, random } from "./chunks.ts";

function read(...pieces: string[]): Block[] {
  const markup = new Markup();
  for (const piece of pieces) markup.append(piece);
  return markup.blocks;
}

/** A line as one string: `**strong**` → {strong}, a link → <url>, hidden → [what]. */
function brief(line: Inline[]): string {
  return line.map((node) => {
    if (node.kind === "link") return node.text === node.url ? `<${node.url}>` : "<differs>";
    if (node.kind === "hidden") return `[${node.what}]`;
    return node.kind === "strong" ? `{${node.text}}` : node.text;
  }).join("");
}

function outline(text: string): string[] {
  return read(text).map((block) =>
    block.kind === "list" ? `${block.ordered ? "ol" : "ul"} ${block.items.map(brief).join(" / ")}` : `p ${block.lines.map(brief).join(" / ")}`,
  );
}

const BLOCKS: [string, string[]][] = [
  ["", []],
  ["One line", ["p One line"]],
  ["a\nb\n\nc", ["p a / b", "p c"]],
  ["a\r\nb\r\n\r\nc", ["p a / b", "p c"]],
  ["\n\n a \n\n\n", ["p a"]],
  ["Prices:\n• Botox: €180\n• Lips: €250\nMore on request.", ["p Prices:", "ul Botox: €180 / Lips: €250", "p More on request."]],
  ["- a\n* b\n– c", ["ul a / b / c"]],
  ["- a\n\n- b", ["ul a / b"]],
  ["1. a\n2. b\n3) c", ["ol a / b / c"]],
  ["- a\n1. b", ["ul a", "ol b"]],
  ["Closed:\n24. Dezember\n31. Dezember", ["p Closed: / 24. Dezember / 31. Dezember"]],
  ["1. Januar: geschlossen\n25. Dezember: geschlossen", ["ol Januar: geschlossen", "p 25. Dezember: geschlossen"]],
  ["-5 °C and -\n- ", ["p -5 °C and - / -"]],
  ["1.50 is a price", ["p 1.50 is a price"]],
  ["# no heading\n> no quote\n`no code`", ["p # no heading / > no quote / `no code`"]],
];

for (const [text, wanted] of BLOCKS) {
  test(`blocks of ${JSON.stringify(text)}`, () => assert.deepEqual(outline(text), wanted));
}

const LINES: [string, string][] = [
  ["**Yes**, we **do offer** it", "{Yes}, we {do offer} it"],
  ["**not closed", "**not closed"],
  ["2 ** 3 ** 4 and ****", "2 ** 3 ** 4 and ****"],
  ["*one star* and __lines__", "*one star* and __lines__"],
  ["See https://a.example/b?c=d#e.", "See <https://a.example/b?c=d#e>."],
  ["(https://a.example/b), or https://a.example/(b).", "(<https://a.example/b>), or <https://a.example/(b)>."],
  ["call tel:+3225550100, write mailto:a@b.example!", "call <tel:+3225550100>, write <mailto:a@b.example>!"],
  ["Tel: 02 555 and tel: 02", "Tel: 02 555 and tel: 02"],
  ["http://a.example javascript:alert(1) data:text/html,x //a.example", "http://a.example javascript:alert(1) data:text/html,x //a.example"],
  ["https:// https://. https://[", "https:// https://. https://["],
  ["xhttps://a.example", "xhttps://a.example"],
  ["[a](https://a.example)", "[a](<https://a.example>)"],
  ["<img src=x onerror=alert(1)><b>bold</b>", "<img src=x onerror=alert(1)><b>bold</b>"],
  ["<a href=\"https://a.example\">x</a>", "<a href=\"<https://a.example>\">x</a>"],
  ["I'm [name hidden], born [date of birth hidden]", "I'm [name], born [date of birth]"],
  ["[Name hidden] [ hidden] [name shown]", "[Name hidden] [ hidden] [name shown]"],
];

for (const [text, wanted] of LINES) {
  test(`nodes of ${JSON.stringify(text)}`, () => assert.equal(brief(inlines(text)), wanted));
}

test("a visitor's own message keeps its stars, addresses and blanks; only what was hidden is marked", () => {
  assert.deepEqual(hiddenParts(" **a** https://a.example [phone hidden]\n"), [
    { kind: "text", text: " **a** https://a.example " },
    { kind: "hidden", what: "phone" },
    { kind: "text", text: "\n" },
  ]);
  assert.deepEqual(hiddenParts(""), []);
});

const PARTS = ["- a", "• b", "1. c", "2. d", "3", "4.", "-", "• ", "", " ", "text", "**b** x", "https://a.example/b", "[name hidden]", "24. Mai"];

test("any chunking of any text reads as the whole, and what was said to be stable never changes", () => {
  const next = random(6);
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: 1 + Math.floor(next() * 8) }, () => PARTS[Math.floor(next() * PARTS.length)]).join("\n");
    const whole = read(text);
    for (const pieces of chunkings(text, 3)) {
      const markup = new Markup();
      for (const piece of pieces) {
        markup.append(piece);
        const { blocks, stable } = markup;
        assert.deepEqual(blocks.slice(0, stable), whole.slice(0, stable), JSON.stringify(pieces));
        assert.ok(stable >= blocks.length - 2, "hardly more than the last block is built again");
      }
      assert.deepEqual(markup.blocks, whole, JSON.stringify(pieces));
    }
  }
});

test("blocks that were handed out are not changed afterwards", () => {
  const markup = new Markup();
  markup.append("- a\n- b");
  const before = markup.blocks;
  const copy = structuredClone(before);
  markup.append("c\n- d\n\ne");
  assert.deepEqual(before, copy);
});

test("every word of an answer is shown, whatever it looks like", () => {
  const next = random(7);
  const signs = [..."a1 *[]()<>:/.-•\n"];
  for (let round = 0; round < 2_000; round++) {
    const text = Array.from({ length: 20 }, () => signs[Math.floor(next() * signs.length)]).join("");
    const shown = read(text).flatMap((block) => (block.kind === "list" ? block.items : block.lines)).flat();
    const letters = (words: string) => words.replace(/[^a]/g, "");
    assert.equal(letters(shown.map((node) => ("text" in node ? node.text : "")).join("")), letters(text), JSON.stringify(text));
  }
});
