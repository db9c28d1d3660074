import assert from "node:assert/strict";
import { test } from "node:test";
import { Sentences } from "../src/conversation/sentences.ts";
import { chunkings } from "./chunks.ts";

function read(...pieces: string[]): string[] {
  const sentences = new Sentences();
  return [...pieces.flatMap((piece) => sentences.feed(piece)), sentences.rest()].filter(Boolean);
}

const CASES: [string, string[]][] = [
  ["It costs €1.50. Shall we book?", ["It costs €1.50.", "Shall we book?"]],
  ["From €1.250,00 to €2.300. Prices vary!", ["From €1.250,00 to €2.300.", "Prices vary!"]],
  ["Dr. Martin and Prof. Dubois are here. Welcome.", ["Dr. Martin and Prof. Dubois are here.", "Welcome."]],
  ["Das gilt z.B. Für Sie. Ja.", ["Das gilt z.B. Für Sie.", "Ja."]],
  ["Das gilt z. B. Montags. Ja.", ["Das gilt z. B. Montags.", "Ja."]],
  ["U kunt bijv. Maandag komen. Goed?", ["U kunt bijv. Maandag komen.", "Goed?"]],
  ["Bis ca. 30 Minuten. Danach Ruhe.", ["Bis ca. 30 Minuten.", "Danach Ruhe."]],
  ["Am 3. Mai geschlossen. Sonst offen.", ["Am 3. Mai geschlossen.", "Sonst offen."]],
  ["Gels, serums etc. are sold here. Ask us.", ["Gels, serums etc. are sold here.", "Ask us."]],
  ["Um 9 Uhr 30. dann weiter. Ende.", ["Um 9 Uhr 30. dann weiter.", "Ende."]],
  ["Bonjour ! Que puis-je ? « Oui. » Merci.", ["Bonjour !", "Que puis-je ?", "« Oui. »", "Merci."]],
  ["(See below.) Then this… And that.", ["(See below.)", "Then this…", "And that."]],
  ["Prices:\n• Botox: €180\n• Lips: €250\n\nBook now", ["Prices:", "• Botox: €180", "• Lips: €250", "Book now"]],
  ["No end", ["No end"]],
  ["**Yes.** We do.", ["**Yes.**", "We do."]],
  ["  \n \n", []],
];

for (const [text, wanted] of CASES) {
  test(`sentences of ${JSON.stringify(text)}`, () => assert.deepEqual(read(text), wanted));
}

test("any chunking reads as the whole", () => {
  for (const [text, wanted] of CASES) {
    for (const pieces of chunkings(text, 60)) assert.deepEqual(read(...pieces), wanted, JSON.stringify(pieces));
  }
});

test("a sentence is read as soon as the next one has begun, and not before", () => {
  const sentences = new Sentences();
  assert.deepEqual(sentences.feed("It costs €1."), []);
  assert.deepEqual(sentences.feed("50. "), []);
  assert.deepEqual(sentences.feed("S"), ["It costs €1.50."]);
  assert.equal(sentences.rest(), "S");
  assert.equal(sentences.rest(), "");
});
