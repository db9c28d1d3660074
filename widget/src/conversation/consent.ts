/**
 * Opening a session where the clinic may ask for consent first: before it is given, nothing but the clinic's name
 * and the language has left the page.
 */
import type { Config } from "./config.ts";
import type { Gateway, Opened } from "./gateway.ts";
import { type Consent, Problem } from "./problem.ts";
import type { Action, Screen } from "./screen.ts";
import { aborted } from "./signals.ts";

type Choice = "given" | "refused";

export interface Asking {
  config: Config;
  screen: Screen;
  gateway: Gateway;
}

/**
 * Open a session; where the gateway asks for consent, with the visitor's.
 *
 * @param given the version of the text that the visitor has agreed to
 * @throws Problem "declined", with the way to the clinic
 */
export async function openWithConsent(asking: Asking, signal: AbortSignal, given?: number): Promise<Opened> {
  const { clinic, language } = asking.config;
  const consent = given === undefined ? {} : { consent: { version: given, choice: "given" as const } };
  try {
    return await asking.gateway.openSession({ clinic, language, ...consent }, signal);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "consent_required") throw error;
    if (!error.consent || error.consent.version === given) throw new Problem("unexpected"); // no text, or given in vain
    const actions = error.actions.length ? error.actions : asking.config.contact;
    const choice = await choiceOf(error.consent, actions, asking, signal);
    if (choice === "given") return openWithConsent(asking, signal, error.consent.version);
    tellRefusal(error.consent, asking);
    throw new Problem("declined", { actions });
  }
}

/** Show the clinic's text and wait for the visitor's choice. Neither is urged. */
async function choiceOf(
  { text }: Consent,
  actions: Action[],
  { config, screen }: Asking,
  signal: AbortSignal,
): Promise<Choice> {
  signal.throwIfAborted();
  const { texts, emergency } = config;
  let choose: (choice: Choice) => void = () => {};
  const chosen = new Promise<Choice>((resolve) => (choose = resolve));
  const card = screen.card({
    kind: "consent",
    title: texts.consent_title,
    text,
    actions: [...actions, emergency],
    buttons: [
      { label: texts.accept, run: () => choose("given") },
      { label: texts.decline, run: () => choose("refused") },
    ],
  });
  card.focus();
  return Promise.race([chosen, aborted(signal)]).finally(() => card.remove());
}

/** The clinic counts who declines. The gateway answers with the same refusal again, which nobody needs. */
function tellRefusal({ version }: Consent, { config: { clinic, language }, gateway }: Asking): void {
  const request = { clinic, language, consent: { version, choice: "refused" as const } };
  gateway.openSession(request, new AbortController().signal).catch(() => {}); // the choice holds, counted or not
}
