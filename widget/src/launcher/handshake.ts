/** Says hello to the frame until it answers, or gives up on it. */

const FIRST_PAUSE_MS = 300;
/** Doubled after each hello: the last is at 4.5 s, and 9.3 s after the frame loaded it is given up. */
const LAST_PAUSE_MS = 4_800;
/** For loading. */
const PATIENCE_MS = 10_000;

export interface Handshake {
  /** The frame loaded something: at first, or another page of the same conversation (its language was changed). */
  begin(): void;
  /** The frame answered, or is gone. */
  stop(): void;
}

/** @param gaveUp called once where the frame does not answer; also where it never loads */
export function handshake(hello: () => void, gaveUp: () => void): Handshake {
  // Before it loads, a word to it would reach an empty page of our own origin.
  let timer = setTimeout(gaveUp, PATIENCE_MS);
  const stop = (): void => clearTimeout(timer);

  // Ever slower: a frame that may not be shown here makes the browser log each word that it cannot deliver.
  const say = (pauseMs: number): void => {
    stop();
    if (pauseMs > LAST_PAUSE_MS) return gaveUp();
    hello();
    timer = setTimeout(say, pauseMs, pauseMs * 2);
  };
  return { begin: () => say(FIRST_PAUSE_MS), stop };
}
