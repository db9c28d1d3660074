/**
 * Readers of what came over the network: nothing of it is taken for what it should be. Pure.
 */
import type { Action, ActionKind, Line, Source } from "./screen.ts";
import { safeUrl } from "./urls.ts";

export type Fields = Record<string, unknown>;

const KINDS: readonly string[] = ["book", "call", "map", "email", "human", "link", "emergency"] satisfies ActionKind[];

/** The fields of `value`; of anything but an object, none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** The value of JSON `text`, or undefined, which no JSON gives. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: the caller says what that means
  }
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A number of seconds or things; Infinity and NaN are none. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** The actions in `value` that can be shown; a kind that is not known here leads somewhere all the same. */
export function actionsOf(value: unknown): Action[] {
  return listOf(value).flatMap((item) => {
    const { kind, label, url } = fieldsOf(item);
    if (typeof label !== "string" || typeof url !== "string" || !safeUrl(url)) return [];
    return [{ kind: KINDS.includes(kind as string) ? (kind as ActionKind) : "link", label, url }];
  });
}

/** The sources in `value`; an address that is not safe is left out, the title stays. */
export function sourcesOf(value: unknown): Source[] {
  return listOf(value).flatMap((item) => {
    const { title, url } = fieldsOf(item);
    if (typeof title !== "string") return [];
    return [typeof url === "string" && safeUrl(url) ? { title, url } : { title }];
  });
}

/** The lines of a conversation in `value`. */
export function linesOf(value: unknown): Line[] {
  return listOf(value).flatMap((item) => {
    const { role, text } = fieldsOf(item);
    return (role === "visitor" || role === "assistant") && typeof text === "string" ? [{ role, text }] : [];
  });
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
