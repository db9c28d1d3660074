/**
 * The gateway's four calls: open a session, resume it, send a turn, read the answer's stream. No DOM.
 */

import { EventParser } from "./sse.js";

/** A turn is over after 20 s at the gateway; what lasts much longer is a broken connection. */
const TURN_LIMIT_MS = 60_000;

/** A refusal. `code` is the gateway's, or "unreachable" when no gateway answered. */
export class Problem extends Error {
  constructor({ code = "unreachable", ...body } = {}) {
    super(code);
    this.code = code;
    this.body = body;
    this.retryAfter = Number(body.retry_after_s) || 0;
  }

  static async from(response) {
    const body = await response.json().catch(() => ({})); // a proxy's own error page is not ours to read
    return new Problem({ retry_after_s: response.headers.get("Retry-After"), ...body });
  }
}

/** A relative path: the page speaks to the gateway that served it and to nobody else. */
async function post(path, body, signal) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
    signal,
  }).catch((error) => {
    throw signal?.aborted ? error : new Problem();
  });
  if (!response.ok) throw await Problem.from(response);
  return response;
}

/**
 * @param {{clinic: string, language: string, consent?: {version: number, choice: "given" | "refused"}}} request
 * @returns {Promise<{session: string, language: string}>}
 */
export async function openSession(request, signal) {
  return (await post("/v1/sessions", request, signal)).json();
}

/** @returns {Promise<{session: string, history: {role: string, text: string}[]}>} */
export async function resumeSession(session, signal) {
  return (await post("/v1/sessions/resume", { session }, signal)).json();
}

/**
 * Send one message and yield the answer's frames as they arrive.
 *
 * Ends without a `done` or `error` frame when the connection breaks; the caller says so.
 *
 * @param {AbortController} stop cancels the turn, up to the AI provider
 * @yields {{event: string, data: object}}
 */
export async function* sendTurn(session, message, stop) {
  const late = setTimeout(() => stop.abort("late"), TURN_LIMIT_MS);
  let reader;
  try {
    const response = await post("/v1/turns", { session, message }, stop.signal);
    reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      for (const { event, data } of parser.push(read.value)) yield { event, data: JSON.parse(data) };
    }
  } finally {
    clearTimeout(late);
    reader?.cancel().catch(() => {}); // already broken: nothing is left to cancel
  }
}
