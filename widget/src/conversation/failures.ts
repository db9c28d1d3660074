/**
 * What a visitor is told of a Problem, and whether the same message may succeed when it is sent again. Pure.
 */
import type { TextName, Texts } from "./config.ts";
import type { Problem } from "./problem.ts";

/** A longer wait than this is not counted down: the message goes back where it was typed. */
const PATIENCE_S = 300;

/** The gateway's codes that come with a sentence for visitors: those that pass by themselves, and those that do not. */
const PASSING = [
  "rate_limited", "overloaded", "sanitiser_failed", "provider_failed", "deadline_exceeded", "interrupted", "draining", "internal",
];
const LASTING = ["session_expired", "quota_spent", "message_too_long"];

/** Problems whose sentence is ours. */
const OURS = new Map<string, { says: TextName; passes: boolean }>([
  ["unreachable", { says: "unreachable", passes: true }],
  ["unexpected", { says: "unexpected", passes: true }],
  ["offline", { says: "offline", passes: true }],
  ["no_answer", { says: "no_answer", passes: true }],
  ["declined", { says: "declined", passes: false }],
  ["unknown_clinic", { says: "not_here", passes: false }],
  ["origin_not_allowed", { says: "not_here", passes: false }],
]);

export interface Remedy {
  text: string;
  /** The same message may be sent again, after so many seconds; else it goes back where it was typed. */
  again: boolean;
  afterS: number;
}

export function remedyOf({ code, detail, retryAfterS }: Problem, texts: Texts): Remedy {
  const ours = OURS.get(code);
  const spoken = PASSING.includes(code) || LASTING.includes(code) ? detail : "";
  const again = (ours?.passes ?? PASSING.includes(code)) && retryAfterS <= PATIENCE_S;
  const says = ours?.says ?? (again ? "unexpected" : "not_accepted");
  return { text: spoken || texts[says], again, afterS: retryAfterS };
}
