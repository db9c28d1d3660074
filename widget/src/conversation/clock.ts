/** Time, passed in, so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds; only differences count. */
  now(): number;
  /** Call `run` once after `ms`; returns what cancels that. */
  after(ms: number, run: () => void): () => void;
}

export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
