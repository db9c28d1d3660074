/** Why something did not work: a refusal of the gateway, a failed turn, or a word of our own. */
import type { Action } from "./screen.ts";
import { actionsOf, fieldsOf, numberOf, stringOf } from "./shapes.ts";

/** What a visitor is asked to agree to. */
export interface Consent {
  version: number;
  text: string;
}

/**
 * `code` is the gateway's, or one of ours:
 *
 *   unreachable   no gateway answered, or the connection broke
 *   unexpected    something answered that does not speak as the gateway does: a proxy's page, say
 *   offline       the browser has no network; nothing was sent
 *   declined      the visitor does not agree to the clinic's text
 *   no_answer     a turn ended well, but without a word
 */
export class Problem extends Error {
  readonly code: string;
  /** For visitors, in their language, where the code is one that the gateway has a sentence for. */
  readonly detail: string;
  readonly actions: Action[];
  readonly retryAfterS: number;
  readonly consent: Consent | undefined;

  constructor(code: string, body: unknown = {}) {
    super(code);
    const { detail, message, actions, retry_after_s, consent } = fieldsOf(body);
    this.code = code;
    this.detail = stringOf(detail) ?? stringOf(message) ?? "";
    this.actions = actionsOf(actions);
    this.retryAfterS = numberOf(retry_after_s) ?? 0;
    this.consent = consentOf(consent);
  }
}

function consentOf(value: unknown): Consent | undefined {
  const { version, text } = fieldsOf(value);
  return typeof version === "number" && typeof text === "string" ? { version, text } : undefined;
}
