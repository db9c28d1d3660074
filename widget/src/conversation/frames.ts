/**
 * One event of a turn's stream → a frame whose every field is what it says. Pure.
 *
 * An event of an unknown name is no frame: a newer gateway may say more than this page, opened before, understands.
 * A known event whose data is not as it should be breaks the stream: leaving a `delta` out would show an answer with
 * a hole, a price without a digit perhaps, and nobody could see it.
 */
import { Problem } from "./problem.ts";
import type { Ending } from "./screen.ts";
import { actionsOf, type Fields, fieldsOf, parsed, sourcesOf, stringOf } from "./shapes.ts";
import type { StreamEvent } from "./sse.ts";

export type Frame =
  | { event: "accepted" }
  | { event: "redacted"; text: string; count: number }
  | { event: "delta"; text: string }
  | { event: "restart" }
  | { event: "done"; session: string; ending: Ending }
  | { event: "error"; session: string | undefined; problem: Problem };

const PATHS: readonly string[] = ["deterministic", "llm", "refuse", "emergency", "fallback"] satisfies Ending["path"][];

/** A stream that does not speak as the gateway does. */
const GARBLED = "unexpected";

const READERS: Record<string, (fields: Fields) => Frame> = {
  accepted: () => ({ event: "accepted" }),
  redacted: ({ text, count }) => ({ event: "redacted", text: needed(text), count: counted(count) }),
  delta: ({ text }) => ({ event: "delta", text: needed(text) }),
  restart: () => ({ event: "restart" }),
  done: ({ session, ...ending }) => ({ event: "done", session: needed(session), ending: endingOf(ending) }),
  error: (fields) => ({
    event: "error",
    session: stringOf(fields["session"]),
    problem: new Problem(needed(fields["code"]), fields),
  }),
};

/**
 * Return the frame of `event`, or null where its name is unknown.
 *
 * @throws Problem "unexpected": a known event, but its data is not as it should be
 */
export function frameOf({ event, data }: StreamEvent): Frame | null {
  if (!Object.hasOwn(READERS, event)) return null;
  const value = parsed(data);
  if (typeof value !== "object" || value === null) throw new Problem(GARBLED);
  return READERS[event]?.(fieldsOf(value)) ?? null;
}

function endingOf({ path, actions, sources }: Fields): Ending {
  const known = PATHS.includes(needed(path));
  return {
    path: known ? (path as Ending["path"]) : "fallback", // one that is new since this page was opened: no special look
    actions: actionsOf(actions),
    sources: sourcesOf(sources),
  };
}

function needed(value: unknown): string {
  if (typeof value !== "string") throw new Problem(GARBLED);
  return value;
}

function counted(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 1) throw new Problem(GARBLED);
  return value as number;
}
