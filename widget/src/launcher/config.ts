/** What a page says of its chat, checked: the attributes of `<lethe-chat>`, which a script tag names `data-…`. */
import { type Language, spoken } from "./texts.ts";

/** Changing one of these changes more than the look: another conversation, or other words. */
export const SUBSTANCE = ["clinic", "language", "phone", "gateway"] as const;
export const ATTRIBUTES = [...SUBSTANCE, "position", "label", "accent", "scheme", "offset"] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** Returns an attribute's value, null where there is none. */
export type Read = (name: Attribute) => string | null;

export interface Config {
  /** The conversation's address; the same without a frame, as a link. */
  address: string;
  /** Of the launcher's own words. The address names none where none that we speak was: there the gateway decides. */
  language: Language;
  /** Digits, perhaps a plus first; "" = none. */
  phone: string;
}

/**
 * Returns the checked configuration; none where clinic or gateway are missing or wrong. What concerns the look alone is
 * not checked here: the stylesheet leaves out what it does not understand.
 *
 * @param gateway any address of the gateway, for an element that names none; "" where that is not known
 * @param languages what the page and the browser say, the best first
 */
export function readConfig(read: Read, gateway: string, languages: readonly string[]): Config | undefined {
  const [origin] = /^https?:\/\/[^\s/?#]+/i.exec(read("gateway") || gateway) ?? [];
  const clinic = read("clinic") ?? "";
  if (!origin || !/^[a-z][a-z0-9-]{1,39}$/.test(clinic)) return undefined;
  const language = spoken([read("language") ?? "", ...languages]);
  return {
    address: `${origin}/embed/${clinic}${language ? `?lang=${language}` : ""}`,
    language: language ?? "en",
    phone: (read("phone") ?? "").replace(/[^\d+]/g, ""),
  };
}
