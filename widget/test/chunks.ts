/** Cuts for tests of "any chunking equals the whole"; seeded, so that a failure comes again. */
export function* chunkings<T extends { length: number; slice(from: number, to?: number): T }>(whole: T, rounds = 200): Generator<T[]> {
  for (let at = 0; at <= whole.length; at++) yield [whole.slice(0, at), whole.slice(at)];
  yield Array.from({ length: whole.length }, (_, i) => whole.slice(i, i + 1));
  const next = random(rounds);
  for (let round = 0; round < rounds; round++) {
    const pieces: T[] = [];
    for (let from = 0; from < whole.length; ) {
      const to = from + 1 + Math.floor(next() * 12);
      pieces.push(whole.slice(from, to));
      from = to;
    }
    yield pieces;
  }
}

/** mulberry32: numbers in [0, 1) that depend on the seed alone. */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
