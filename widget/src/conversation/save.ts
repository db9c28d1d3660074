/**
 * The visitor's own file of the conversation, as text. Made in the browser from what is on the screen; sent nowhere. Pure.
 */
import type { Texts } from "./config.ts";
import type { Line } from "./screen.ts";

export interface SaveFacts {
  /** The clinic's. */
  name: string;
  texts: Pick<Texts, "saved_title" | "saved_on" | "saved_notice" | "you" | "assistant">;
  language: string;
  date: Date;
}

export function savedText(lines: Line[], { name, texts, language, date }: SaveFacts): string {
  const when = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(date);
  const head = [
    texts.saved_title.replace("{clinic}", () => name),
    texts.saved_on.replace("{date}", () => when),
    texts.saved_notice,
  ];
  const said = lines.map(({ role, text }) => `${role === "visitor" ? texts.you : texts.assistant}\n${text.trim()}`);
  return `${[head.join("\n"), ...said].join("\n\n")}\n`;
}
