import assert from "node:assert/strict";
import { test } from "node:test";
import { savedText } from "../src/conversation/save.ts";

const TEXTS = {
  saved_title: "Conversation with the assistant of {clinic}",
  saved_on: "Saved on {date}",
  saved_notice: "Information, not medical advice.",
  you: "You:",
  assistant: "Assistant:",
};

test("the file says whose it is, when it was saved, that it is no advice, and who said what", () => {
  const facts = { name: "Belle $& Rive", texts: TEXTS, language: "en", date: new Date(2026, 10, 22, 16, 5) };
  const lines = [
    { role: "visitor", text: "I'm [name removed]" },
    { role: "assistant", text: "Hello.\n• Botox: €180\n" },
  ] as const;
  assert.equal(
    savedText([...lines], facts).replace("\u202f", " "),
    `Conversation with the assistant of Belle $& Rive
Saved on November 22, 2026 at 4:05 PM
Information, not medical advice.

You:
I'm [name removed]

Assistant:
Hello.
• Botox: €180
`,
  );
});

test("the date is written as in the visitor's language", () => {
  const date = new Date(2026, 10, 22, 16, 5);
  const written = (language: string) => savedText([], { name: "B", texts: TEXTS, language, date }).split("\n")[1];
  assert.match(written("nl") ?? "", /22 november 2026/);
  assert.match(written("de") ?? "", /22\. November 2026/);
  assert.match(written("fr") ?? "", /22 novembre 2026/);
});
