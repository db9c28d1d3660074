/**
 * Cuts a text that grows into sentences, for a live region that reads sentences and not tokens. Pure.
 *
 * Where a sentence ends depends on the text alone, never on how it was cut on its way: a stop counts once the first
 * character after it is there.
 */
const END = /([.!?…]+)["'”’»)\]*]*(?:[^\S\n]»)?[^\S\n]+(?=([^\s»]))|\n/g;
const LAST_WORD = /[^\s(«“„"'*]*$/;
/** Words whose full stop ends no sentence; single letters ("z.B.", "J.") and days of a month ("3. Mai") are seen to apart. */
const SHORT = new Set(
  ("dr drs prof mr mrs ms mme mlle st ste no nr vs incl excl inkl exkl zzgl min max tel tél av bd str ca approx env " +
    "bijv bv vb resp mevr dhr bzw ggf evtl sog vgl mind ex").split(" "),
);

export class Sentences {
  #held = "";

  /** Take the next piece of the text and return the sentences that it completes. */
  feed(piece: string): string[] {
    this.#held += piece;
    const finished: string[] = [];
    let from = 0;
    for (const match of this.#held.matchAll(END)) {
      const [all, stop, next] = match;
      if (stop && next && !ends(this.#held.slice(from, match.index), stop, next)) continue;
      finished.push(this.#held.slice(from, match.index + all.length).trim());
      from = match.index + all.length;
    }
    this.#held = this.#held.slice(from);
    return finished.filter(Boolean);
  }

  /** Return and forget what is left when the text has ended. */
  rest(): string {
    const rest = this.#held.trim();
    this.#held = "";
    return rest;
  }
}

/** Whether `stop` after `said` ends a sentence; `next` is the first character of what follows. */
function ends(said: string, stop: string, next: string): boolean {
  if (next !== next.toUpperCase()) return false; // a small letter
  if (stop !== ".") return true;
  const word = LAST_WORD.exec(said)?.[0].toLowerCase() ?? "";
  return !(SHORT.has(word) || /(?:^|\.)\p{L}$/u.test(word) || /^\d{1,2}$/.test(word));
}
