/**
 * What the conversation asks of the screen. `talk.ts` knows this file and no DOM; the DOM's side implements it.
 */
export type ActionKind = "book" | "call" | "map" | "email" | "human" | "link" | "emergency";

/** A button that leads somewhere; `url` is https, tel or mailto, checked again where it is shown. */
export interface Action {
  kind: ActionKind;
  label: string;
  url: string;
}

export interface Source {
  title: string;
  url?: string;
}

/** How an answer ended, as the stream's `done` says. */
export interface Ending {
  path: "deterministic" | "llm" | "refuse" | "emergency" | "fallback";
  actions: Action[];
  sources: Source[];
}

export interface VisitorBubble {
  /** Show what was hidden in place of what was typed. */
  redact(text: string, count: number): void;
  discard(): void;
}

/** Waits until its first words. */
export interface AnswerBubble {
  append(text: string): void;
  /** What was shown so far is void. */
  restart(): void;
  /** Without an ending: it broke off; what was shown stays. A bubble without a word goes. */
  finish(ending?: Ending): void;
  discard(): void;
}

export interface CardButton {
  label: string;
  run(): void;
  /** Seconds to count down on the label before it may be pressed. */
  afterS?: number;
}

/** A boxed message: a failure, the question for consent, a warning. */
export interface CardContent {
  kind: "failure" | "consent" | "warning";
  title?: string;
  text?: string;
  actions?: Action[];
  buttons?: CardButton[];
}

export interface Card {
  remove(): void;
  focus(): void;
}

export interface Line {
  role: "visitor" | "assistant";
  text: string;
}

export interface Screen {
  visitor(text: string): VisitorBubble;
  answer(): AnswerBubble;
  /** Lines that a reloaded page shows again, above whatever was written meanwhile. */
  recall(lines: Line[]): void;
  card(content: CardContent): Card;
  /** A discreet line, shown and read out. */
  note(text: string): void;
  /** A turn is under way: the send button is a stop button. */
  busy(on: boolean): void;
  offline(on: boolean): void;
  /** Put a message that could not be sent back where it was typed. False where something was typed there since. */
  giveBack(text: string): boolean;
  /** As it was when the page was opened. */
  clear(): void;
  /** What is on the screen, for the visitor's own file. */
  lines(): Line[];
}
