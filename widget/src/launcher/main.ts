/**
 * The launcher: defines `<lethe-chat>`, puts one on the page where the script tag names a clinic, and gives the page
 * `window.lethe`. Until somebody opens a chat this script is all that is ever asked of the gateway.
 */
import { ATTRIBUTES } from "./config.ts";
import { LetheChat } from "./element.ts";

const NAME = "lethe-chat";

declare global {
  interface Window {
    lethe: typeof api;
  }
}

function find(clinic?: string): LetheChat | null {
  return document.querySelector(clinic === undefined ? NAME : `${NAME}[clinic="${CSS.escape(clinic)}"]`);
}

const api = {
  /** Opens the chat of `clinic`, else the page's first. */
  open(clinic?: string): void {
    find(clinic)?.open();
  },

  close(): void {
    for (const chat of document.querySelectorAll<LetheChat>(NAME)) chat.close();
  },

  /** Calls `told` with each `lethe-…` event named `event`; returns what ends it. */
  on(event: string, told: (happened: Event) => void): () => void {
    document.addEventListener(`lethe-${event}`, told);
    return () => document.removeEventListener(`lethe-${event}`, told);
  },
};

/** The tag that this runs from. Loaders that fetch and run a script themselves leave none: then the page's own tag. */
function ownTag(): HTMLScriptElement | null {
  return (document.currentScript ?? document.querySelector('script[data-clinic][src*="/widget"]')) as HTMLScriptElement | null;
}

/** Puts the tag's chat on the page; once, however often the tag is there. */
function place({ dataset, src }: HTMLScriptElement): void {
  if (find(dataset.clinic)) return;
  const chat = document.createElement(NAME);
  chat.setAttribute("gateway", src);
  for (const name of ATTRIBUTES) if (dataset[name]) chat.setAttribute(name, dataset[name]);
  document.body.append(chat);
}

const tag = ownTag();
if (!customElements.get(NAME)) {
  LetheChat.gateway = tag?.src ?? "";
  customElements.define(NAME, LetheChat);
  window.lethe = api;
}
if (tag?.dataset.clinic !== undefined) {
  // The page's own <lethe-chat>, if it has one, may be further down than a script in its head.
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => place(tag), { once: true });
  else place(tag);
}
