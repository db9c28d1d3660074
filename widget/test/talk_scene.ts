/** A conversation before a scripted network, clock and screen: everything between is the real thing. */
import type { Config } from "../src/conversation/config.ts";
import { Gateway } from "../src/conversation/gateway.ts";
import type { Action } from "../src/conversation/screen.ts";
import { Talk } from "../src/conversation/talk.ts";
import { Token } from "../src/conversation/token.ts";
import { Network, Paper, type Reply, Stream, Tab, Time } from "./doubles.ts";

export const EMERGENCY: Action = { kind: "emergency", label: "Emergency: 112", url: "tel:112" };
export const MAIL: Action = { kind: "email", label: "Write to us", url: "mailto:a@b.example" };
export const KEY = "lethe:belle-rive";

/** Every sentence is its key, so that tests name what is said and not how. */
const texts = new Proxy({}, { get: (_, key) => String(key) }) as Config["texts"];

const CONFIG: Config = {
  clinic: "belle-rive",
  name: "Belle Rive",
  language: "en",
  limit: 1_000,
  warn_at: 100,
  idle_s: 900,
  max_s: 3_600,
  emergency: EMERGENCY,
  contact: [MAIL],
  parents: [],
  texts,
};

/**
 * @param script.turns what the gateway answers to turns, in order; then "Yes."
 * @param script.stored the token that the tab kept
 */
export function scene({ turns = [], sessions = [], resumes = [], stored, online = true }: {
  turns?: Reply[];
  sessions?: Reply[];
  resumes?: Reply[];
  stored?: string;
  online?: boolean;
} = {}) {
  const [network, time, tab, screen] = [new Network(), new Time(), new Tab(), new Paper()];
  network.turns.push(...turns);
  network.sessions.push(...sessions);
  network.resumes.push(...resumes);
  if (stored) tab.items.set(KEY, stored);
  const load = () =>
    new Talk({
      config: CONFIG,
      screen,
      gateway: new Gateway(network.fetch, time),
      token: new Token(KEY, () => tab.storage),
      clock: time,
      online,
    });
  return { network, time, tab, screen, talk: load(), load, token: () => tab.items.get(KEY) };
}

/** A stream that a test goes on writing. */
export function live(text = ""): Stream {
  return new Stream().write(text);
}
