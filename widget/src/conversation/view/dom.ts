/**
 * Making elements. Nodes and text only: nothing that anybody wrote can become markup, and a page under
 * `require-trusted-types-for 'script'` needs no policy.
 */
import type { Action } from "../screen.ts";
import { safeUrl } from "../urls.ts";

/** Make an element; `props` are properties (`textContent`, `className`), never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const node = Object.assign(document.createElement(tag), props);
  append(node, ...children);
  return node;
}

/** Append what is there of `children`. */
export function append(node: Element, ...children: (Node | string | null)[]): void {
  node.append(...children.filter((child) => child !== null));
}

/** The template's element `id`. */
export function part<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

export function button(label: string, onclick: () => void): HTMLButtonElement {
  return element("button", { type: "button", textContent: label, onclick });
}

/** A link that opens beside the chat, or null where `url` is neither https, tel nor mailto. */
export function link(label: string, url: string, className = ""): HTMLAnchorElement | null {
  if (!safeUrl(url)) return null;
  const place = url.startsWith("https:") ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return element("a", { className, href: url, textContent: label, dir: "auto", ...place });
}

/** The row of links under an answer or in a card, or null where none of them is safe. */
export function actionRow(actions: Action[]): HTMLElement | null {
  const links = actions.map(({ kind, label, url }) => link(label, url, `action ${kind}`)).filter((one) => one !== null);
  return links.length ? element("p", { className: "actions" }, ...links) : null;
}
