/**
 * The conversation: what happens between the visitor's message and the last frame of its answer.
 *
 * Nothing is sent or stored before the visitor acts. The session token, which holds the redacted conversation
 * sealed, is kept in this tab's sessionStorage and nowhere else; a message that was typed lives in this page only.
 */

import { openSession, Problem, resumeSession, sendTurn } from "./api.js";
import { element, View } from "./view.js";

/** Refusals and failures after which the same message may succeed, unchanged. */
const PASSING = [
  "rate_limited", "overloaded", "sanitiser_failed", "provider_failed", "deadline_exceeded", "interrupted", "draining", "internal",
];
/** A longer wait than this is not counted down: the message goes back where it was typed. */
const PATIENCE_S = 300;

const root = document.querySelector("#chat");
const { clinic, language, limit, warn_at, emergency, texts } = JSON.parse(root.dataset.config);
const [form, input, send, stop, count] = ["composer", "message", "send", "stop", "count"].map((id) => document.getElementById(id));
const view = new View(root, texts);

/** The turn under way: its AbortController, or null. */
let turn = null;

/** The session token, in sessionStorage where the browser allows it, else in memory alone. */
const session = {
  key: `lethe:${clinic}`,
  value: null,
  get: () => session.value ?? session.stored((storage) => storage.getItem(session.key)),
  set: (token) => {
    session.value = token;
    session.stored((storage) => (token ? storage.setItem(session.key, token) : storage.removeItem(session.key)));
  },
  stored: (use) => {
    try {
      return use(sessionStorage);
    } catch {
      return null; // storage is blocked for embedded pages: this.value serves until the page is left
    }
  },
};

/** Send `text` and show its answer. Every way through this function ends in an answer, a card or a note. */
async function ask(text) {
  if (turn) return;
  turn = new AbortController();
  const mine = turn;
  setBusy(true);
  view.log.replaceChildren();
  const visitor = view.visitor(text);
  let answer;
  try {
    await withSession((token) => relay(token, text, mine, visitor, (answer ??= view.assistant())));
  } catch (error) {
    if (mine.signal.reason === "forgotten") return;
    answer?.finish();
    explain(error, mine, { text, discard: () => [visitor, answer].forEach((bubble) => bubble?.discard()) });
  } finally {
    if (turn === mine) {
      turn = null;
      setBusy(false);
    }
  }
}

/** Run `use` with a session; when that has expired, once more with a new one. */
async function withSession(use) {
  try {
    return await use(session.get() ?? (await open()));
  } catch (error) {
    if (error.code !== "session_expired") throw error;
    session.set(null);
    return use(await open());
  }
}

/** Open a session, asking for consent where the clinic requires it. */
async function open(consent) {
  const { signal } = turn;
  try {
    const opened = await openSession({ clinic, language, consent }, signal);
    signal.throwIfAborted(); // forgotten meanwhile: the new token is not kept
    session.set(opened.session);
    return opened.session;
  } catch (error) {
    if (error.code !== "consent_required" || consent) throw error;
    const { version, text } = error.body.consent;
    return open({ version, choice: await askConsent(text, signal) });
  }
}

/** Show the clinic's consent text and wait for the visitor's choice: "given" or "refused". */
function askConsent(text, signal) {
  return new Promise((resolve, reject) => {
    const decide = (choice) => () => {
      card.remove();
      focusInput();
      resolve(choice);
    };
    const buttons = [button(texts.accept, decide("given")), button(texts.decline, decide("refused"))]; // neither is urged
    const card = view.card({ title: texts.consent_title, text, buttons });
    card.focus();
    signal.addEventListener("abort", () => {
      card.remove();
      reject(signal.reason);
    });
  });
}

/** Show the frames of one answer. Raises a Problem for an `error` frame and for a stream that just ends. */
async function relay(token, text, stopper, visitor, answer) {
  const frames = {
    redacted: (data) => visitor.redact(data.text, data.count),
    delta: (data) => answer.append(data.text),
    restart: () => answer.restart(),
    done: (data) => answer.finish(data),
    error: (data) => {
      throw new Problem({ ...data, detail: data.message });
    },
  };
  let done = false; // read to the end all the same: a stream that is left early costs its connection
  for await (const { event, data } of sendTurn(token, text, stopper)) {
    if (stopper.signal.aborted) break;
    if (data.session) session.set(data.session);
    frames[event]?.(data);
    done ||= event === "done";
  }
  if (done) return;
  stopper.signal.throwIfAborted();
  throw new Problem();
}

/**
 * Say what went wrong, with the clinic's contact, the emergency number and a way to go on.
 *
 * @param {{text: string, discard: () => void}} attempt what was typed, and how its bubbles are taken away
 */
function explain(error, stopper, attempt) {
  if (stopper.signal.reason === "stopped") return view.note(texts.stopped);
  const { code, body, retryAfter } = error instanceof Problem ? error : new Problem();
  if (code === "unreachable") return retryCard({ title: texts.unreachable }, attempt, 0);
  if (code === "consent_required") return giveBack({ title: texts.declined, actions: body.actions }, attempt);
  const content = { title: body.title, text: body.detail, actions: body.actions };
  const passing = PASSING.includes(code) && retryAfter <= PATIENCE_S;
  return passing ? retryCard(content, attempt, retryAfter) : giveBack(content, attempt);
}

/** A card for a message that cannot be sent as it is; the message goes back where it was typed. */
function giveBack(content, { text, discard }) {
  discard();
  input.value ||= text;
  measure();
  failure(content);
}

/** A card for a message that may be sent again after `seconds`. */
function retryCard(content, { text, discard }, seconds) {
  const retry = button(texts.retry, () => {
    if (turn || retry.ariaDisabled === "true") return;
    card.remove();
    discard();
    focusInput();
    ask(text);
  });
  const card = failure({ ...content, buttons: [retry] });
  countDown(retry, seconds);
}

/** A failure's card: whatever failed, the emergency number stands beside it. */
function failure(content) {
  return view.card({ ...content, actions: [...(content.actions ?? []), emergency] });
}

/** Keep `retry` off for `seconds`, counting them on its label. */
function countDown(retry, seconds) {
  retry.ariaDisabled = String(seconds > 0);
  retry.textContent = seconds > 0 ? texts.retry_in.replace("{seconds}", seconds) : texts.retry;
  if (seconds > 0) setTimeout(() => countDown(retry, Math.ceil(seconds) - 1), 1_000);
}

function button(label, onclick) {
  return element("button", { type: "button", textContent: label, onclick });
}

function setBusy(busy) {
  send.hidden = busy;
  stop.hidden = !busy;
  if (document.activeElement === document.body) focusInput(); // the button that had the focus is gone
}

/** Put the focus where the next message is typed, unless that would open a phone's keyboard over the answer. */
function focusInput() {
  if (matchMedia("(pointer: fine)").matches) input.focus({ preventScroll: true });
}

/** Show how many code points are left, near the limit, and keep a message that is too long from being sent. */
function measure() {
  const left = limit - [...input.value.trim()].length;
  const words = left < 0 ? texts.too_long.replace("{count}", -left) : texts.left.replace("{count}", left);
  count.textContent = left > warn_at ? "" : words;
  count.classList.toggle("over", left < 0);
  if (left < 0 && input.ariaInvalid !== "true") view.announce(words);
  input.ariaInvalid = String(left < 0);
  return left;
}

/** Clear the page and the token; a turn under way is cancelled. */
function forget() {
  turn?.abort("forgotten");
  turn = null;
  session.set(null);
  setBusy(false);
  view.clear();
  input.value = "";
  measure();
  view.announce(texts.forgotten);
  focusInput();
}

/** Show the conversation that the token holds, after a reload. */
async function resume() {
  const token = session.get();
  if (!token) return;
  const mine = (turn = new AbortController()); // no message is sent meanwhile
  try {
    const resumed = await resumeSession(token, mine.signal);
    mine.signal.throwIfAborted();
    session.set(resumed.session);
    for (const { role, text } of resumed.history) role === "visitor" ? view.visitor(text) : view.assistant(text);
  } catch (error) {
    if (mine.signal.aborted) return;
    if (error.code === "session_expired") session.set(null);
    view.note(error.code === "session_expired" ? texts.expired : texts.not_shown);
  } finally {
    if (turn === mine) turn = null;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (turn || !text || measure() < 0) return;
  input.value = "";
  measure();
  focusInput();
  ask(text);
});
input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
input.addEventListener("input", measure);
stop.addEventListener("click", () => turn?.abort("stopped"));
document.querySelector("#forget").addEventListener("click", forget);
for (const suggestion of document.querySelectorAll("#start button")) {
  suggestion.addEventListener("click", () => ask(suggestion.textContent.trim()));
}
resume();
