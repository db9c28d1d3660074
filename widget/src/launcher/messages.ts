/** Reads what a frame says: the protocol's messages, in range, or nothing. */
import { type ToLauncher, VERSION } from "../protocol.ts";

/** More answers, or pixels, are nonsense. */
const MOST = 10_000;

export interface Heard {
  type: ToLauncher["type"];
  /** Answers or pixels; 0 where the type needs none. */
  amount: number;
}

export function fromFrame(data: unknown): Heard | undefined {
  const { lethe, type, count, px } = Object(data);
  const amount = { ready: 0, close: 0, unread: count, height: px }[type as Heard["type"]];
  return lethe === VERSION && Number.isInteger(amount) && amount >= 0 && amount <= MOST ? { type, amount } : undefined;
}
