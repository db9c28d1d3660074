/** What the launcher adds to a page, for those who write TypeScript. Events carry states, never a word of the chat. */
export interface LetheChatElement extends HTMLElement {
  open(): void;
  close(): void;
}

export interface LetheEvents {
  "lethe-open": CustomEvent<null>;
  "lethe-close": CustomEvent<null>;
  "lethe-ready": CustomEvent<null>;
  "lethe-unread": CustomEvent<{ count: number }>;
  "lethe-error": CustomEvent<{ reason: "unreachable" }>;
}

declare global {
  interface HTMLElementTagNameMap {
    "lethe-chat": LetheChatElement;
  }
  interface DocumentEventMap extends LetheEvents {}
  interface Window {
    lethe?: {
      open(clinic?: string): void;
      close(): void;
      on<Name extends "open" | "close" | "ready" | "unread" | "error">(event: Name, told: (happened: LetheEvents[`lethe-${Name}`]) => void): () => void;
    };
  }
}
