/** The conversation's frame: a page of the gateway's origin, which the page around it can neither read nor script. */
import { type ToFrame, VERSION } from "../protocol.ts";
import { make } from "./dom.ts";
import { handshake } from "./handshake.ts";
import { fromFrame, type Heard } from "./messages.ts";
import { NAME } from "./texts.ts";

export interface Frame {
  element: HTMLIFrameElement;
  say(type: ToFrame["type"]): void;
  remove(): void;
}

/**
 * @param heard told each message of the frame's
 * @param silent told when the frame has not answered in time: it may not be shown here, or the gateway is away
 */
export function frame(src: string, heard: (message: Heard) => void, silent: () => void): Frame {
  // No referrer: the browser itself holds the site against the gateway's list, and tells nobody which page it is.
  const element = make("iframe", { src, title: NAME, referrerPolicy: "no-referrer", onload: () => greeting.begin() });
  const gateway = new URL(src).origin;
  const say: Frame["say"] = (type) => element.contentWindow?.postMessage({ lethe: VERSION, type } satisfies ToFrame, gateway);
  const greeting = handshake(() => say("hello"), silent);
  const hear = ({ source, origin, data }: MessageEvent): void => {
    const message = source && source === element.contentWindow && origin === gateway && fromFrame(data);
    if (!message) return;
    if (message.type === "ready") greeting.stop();
    heard(message);
  };
  addEventListener("message", hear);
  const remove = (): void => {
    greeting.stop();
    removeEventListener("message", hear);
    element.remove();
  };
  return { element, say, remove };
}
