/** A file made in the browser and kept by the visitor alone: no request is made. */
import { element } from "./dom.ts";

/** Safari reads the file a moment after the click. */
const TAKEN_UP_MS = 10_000;

export function download(name: string, text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), TAKEN_UP_MS);
}
