/**
 * What the launcher, on the clinic's page, and the conversation, in its frame, say to each other. Never a word of the
 * chat: a closed list of states. `lethe` is the protocol's version, so that a pinned launcher of last year is understood.
 */
export const VERSION = 1;

export type ToFrame = { lethe: 1; type: "hello" | "shown" | "hidden" };

export type ToLauncher =
  | { lethe: 1; type: "ready" | "close" }
  /** Answers that arrived while the conversation was hidden. */
  | { lethe: 1; type: "unread"; count: number }
  /**
   * CSS pixels that the conversation would fill without scrolling, as one of a few sizes and only ever more: the exact
   * height would tell the page how long each answer is, and so perhaps which.
   */
  | { lethe: 1; type: "height"; px: number };
