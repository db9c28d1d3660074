/**
 * The gateway's three calls: open a session, resume it, send a turn and read the answer's stream. No DOM.
 *
 * Whatever goes wrong is a Problem, but for the visitor's own stop, which is the signal's reason.
 */
import type { Clock } from "./clock.ts";
import { type Frame, frameOf } from "./frames.ts";
import { Limit } from "./limit.ts";
import { Problem } from "./problem.ts";
import type { Line } from "./screen.ts";
import { type Fields, fieldsOf, linesOf, numberOf, parsed, stringOf } from "./shapes.ts";
import { EventParser } from "./sse.ts";

/** For a call that is answered at once. */
const CALL_LIMIT_MS = 15_000;
/** A turn is over after 20 s at the gateway; what lasts much longer is a broken connection. */
const TURN_LIMIT_MS = 60_000;
/** The gateway writes something every 15 s. */
const SILENCE_LIMIT_MS = 40_000;
/** How long a finished stream may take to close. */
const CLOSING_LIMIT_MS = 2_000;

/** A relative path: the page speaks to the gateway that served it and to nobody else. */
export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

export interface SessionRequest {
  clinic: string;
  language: string;
  consent?: { version: number; choice: "given" | "refused" };
}

export interface Opened {
  session: string;
  expiresInS: number;
}

export interface Resumed extends Opened {
  history: Line[];
}

export class Gateway {
  readonly #fetch: Fetch;
  readonly #clock: Clock;

  constructor(fetch: Fetch, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  async openSession(request: SessionRequest, visitor: AbortSignal): Promise<Opened> {
    return openedOf(await this.#call("/v1/sessions", request, visitor));
  }

  async resumeSession(session: string, visitor: AbortSignal): Promise<Resumed> {
    const fields = await this.#call("/v1/sessions/resume", { session }, visitor);
    return { ...openedOf(fields), history: linesOf(fields["history"]) };
  }

  /**
   * Send one message and yield the answer's frames as they arrive; the last is `done` or `error`.
   *
   * Whoever stops reading, or whose signal aborts, cancels the turn up to the AI provider.
   */
  async *sendTurn(session: string, message: string, visitor: AbortSignal): AsyncGenerator<Frame, void, undefined> {
    const limit = new Limit(this.#clock, visitor, TURN_LIMIT_MS, SILENCE_LIMIT_MS);
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let complete = false;
    try {
      const response = await this.#post("/v1/turns", { session, message }, limit.signal);
      if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new Problem("unexpected");
      reader = response.body?.getReader();
      for await (const frame of framesOf(reader, limit)) {
        complete = frame.event === "done" || frame.event === "error";
        yield frame;
        if (complete) return;
      }
      throw new Problem("unreachable"); // it just ended
    } catch (error) {
      throw reasonOf(error, visitor);
    } finally {
      limit.end();
      if (reader) void this.#close(reader, complete);
    }
  }

  /** Make a call and return the fields of its answer. */
  async #call(path: string, body: object, visitor: AbortSignal): Promise<Fields> {
    const limit = new Limit(this.#clock, visitor, CALL_LIMIT_MS);
    try {
      return fieldsOf(parsed(await (await this.#post(path, body, limit.signal)).text()));
    } catch (error) {
      throw reasonOf(error, visitor);
    } finally {
      limit.end();
    }
  }

  async #post(path: string, body: object, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal,
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  /** Leave a stream. A complete one is read to its end first: one that is left early costs its connection. */
  async #close(reader: ReadableStreamDefaultReader<Uint8Array>, complete: boolean): Promise<void> {
    const leave = () => reader.cancel().catch(() => {}); // already broken: nothing is left to cancel
    if (!complete) return leave();
    const cancel = this.#clock.after(CLOSING_LIMIT_MS, leave);
    try {
      while (!(await reader.read()).done);
    } catch {
      // it broke after the last frame: the answer is whole
    }
    cancel();
  }
}

/** The frames that `reader` gives, until it ends. */
async function* framesOf(reader: ReadableStreamDefaultReader<Uint8Array> | undefined, limit: Limit): AsyncGenerator<Frame> {
  const parser = new EventParser();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    limit.heard();
    for (const event of parser.push(read.value)) {
      const frame = frameOf(event);
      if (frame) yield frame;
    }
  }
}

function openedOf({ session, expires_in_s }: Fields): Opened {
  const [token, expiresInS] = [stringOf(session), numberOf(expires_in_s)];
  if (!token || expiresInS === undefined) throw new Problem("unexpected");
  return { session: token, expiresInS };
}

/**
 * The Problem that a refusing response holds.
 *
 * One without a code is not the gateway's but that of something on the way to it: where that says 5xx, the gateway is
 * away (restarting, perhaps); else there is something between that does not let us through.
 */
async function refusalOf(response: Response): Promise<Problem> {
  const body = fieldsOf(parsed(await response.text()));
  const code = stringOf(body["code"]) ?? (response.status >= 500 ? "unreachable" : "unexpected");
  const header = Number(response.headers.get("Retry-After") ?? NaN);
  return new Problem(code, { retry_after_s: header, ...body });
}

/** What to throw for `error`: the visitor's stop, or a Problem; whatever else `fetch` throws is a lost connection. */
function reasonOf(error: unknown, visitor: AbortSignal): unknown {
  if (visitor.aborted) return visitor.reason;
  return error instanceof Problem ? error : new Problem("unreachable");
}
