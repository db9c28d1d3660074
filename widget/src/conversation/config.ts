/** What the gateway writes into the page (`data-config` of `#chat`), from the clinic's file. */
import type { Action } from "./screen.ts";

export interface Config {
  clinic: string;
  /** As visitors know it, for the file they save. */
  name: string;
  language: string;
  /** Code points of a message, at most. */
  limit: number;
  /** Count aloud once so few are left. */
  warn_at: number;
  /** Seconds a session may rest, and seconds it may last in all. */
  idle_s: number;
  max_s: number;
  /** Stands beside every failure. */
  emergency: Action;
  /** How to reach the clinic itself; beside a failure that brought no contact of its own. */
  contact: Action[];
  /** Origins of the pages that may show this one in a frame. */
  parents: string[];
  texts: Texts;
}

/**
 * The sentences of the visitor's language, `[xx.chat]` of the gateway's texts.toml; `{name}` is filled in here. A test
 * holds these names and those together.
 */
export type Texts = Record<TextName, string> & Record<string, string>;

export type TextName =
  | "you" | "assistant" | "hidden_one" | "hidden_many" | "sources" | "stopped" | "consent_title" | "accept"
  | "decline" | "declined" | "retry" | "retry_in" | "unreachable" | "left" | "too_long" | "forgotten"
  | "expired" | "not_shown" | "why" | "why_text" | "help_now" | "no_answer" | "unexpected" | "not_here"
  | "not_accepted" | "not_sent" | "offline" | "online" | "send_now" | "new_session" | "expiring"
  | "expiring_last" | "keep" | "kept" | "not_kept" | "ended" | "saved_title" | "saved_on" | "saved_notice" | "language_later" | `removed_${Hidden}`;

/** Kinds of personal data, as their placeholders name them: `[date of birth hidden]`. */
type Hidden = "name" | "email" | "phone" | "location" | "id" | "iban" | "card" | "date_of_birth" | "handle" | "url" | "ip";
