/**
 * The conversation's side of `protocol.ts`. Who says hello from one of the clinic's pages, and is the window around
 * this one, is the launcher; it alone is answered, and learns states and numbers, never a word.
 */
import { type ToFrame, type ToLauncher, VERSION } from "../protocol.ts";

/** What a frame needs of the browser's window. */
export interface FrameWindow {
  parent: { postMessage(message: ToLauncher, origin: string): void };
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
}

export interface FrameEvents {
  /** A launcher holds this page: it can be closed. */
  framed(): void;
  shown(): void;
}

/** Heights are told in steps of so many pixels, up to the last: beyond it the conversation scrolls. */
const STEP_PX = 140;
const MOST_PX = 700;

const TYPES: readonly ToFrame["type"][] = ["hello", "shown", "hidden"];

export class Frame {
  /** The launcher's origin, once it said hello. */
  #origin = "";
  #hidden = false;
  #unread = 0;
  #height = 0;
  readonly #parent: FrameWindow["parent"];
  readonly #events: FrameEvents;

  constructor(window: FrameWindow, parents: readonly string[], events: FrameEvents) {
    this.#parent = window.parent;
    this.#events = events;
    window.addEventListener("message", ({ data, origin, source }) => {
      const type = source === window.parent && parents.includes(origin) ? typeOf(data) : null;
      if (type) this.#heard(type, origin);
    });
  }

  close(): void {
    this.#tell({ lethe: VERSION, type: "close" });
  }

  /** Something arrived; counted while nobody looks. */
  news(): void {
    if (this.#hidden) this.#count(this.#unread + 1);
  }

  /** The page would be `px` high without scrolling. */
  resized(px: number): void {
    const told = Math.min(Math.ceil(px / STEP_PX) * STEP_PX, MOST_PX);
    if (told <= this.#height) return;
    this.#height = told;
    this.#tell({ lethe: VERSION, type: "height", px: told });
  }

  #heard(type: ToFrame["type"], origin: string): void {
    const first = !this.#origin;
    this.#origin = origin;
    if (type === "hello") {
      this.#tell({ lethe: VERSION, type: "ready" });
      if (this.#height) this.#tell({ lethe: VERSION, type: "height", px: this.#height });
    }
    if (first) this.#events.framed();
    if (type !== "hello") this.#hidden = type === "hidden";
    if (type !== "shown") return;
    if (this.#unread) this.#count(0);
    this.#events.shown();
  }

  #count(unread: number): void {
    this.#unread = unread;
    this.#tell({ lethe: VERSION, type: "unread", count: unread });
  }

  #tell(message: ToLauncher): void {
    if (this.#origin) this.#parent.postMessage(message, this.#origin);
  }
}

/** The type of a launcher's message, or null where `data` is none. */
function typeOf(data: unknown): ToFrame["type"] | null {
  if (typeof data !== "object" || data === null) return null;
  const { lethe, type } = data as Partial<ToFrame>;
  return lethe === VERSION && type !== undefined && TYPES.includes(type) ? type : null;
}
