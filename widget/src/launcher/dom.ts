/** Elements by script alone: the page may forbid markup from strings (Trusted Types) and inline styles. */

/** @param properties of the element, not attributes: handlers among them, which no policy forbids */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function setPx({ style }: HTMLElement, property: string, px: number): void {
  style.setProperty(property, `${px}px`);
}

/** Styles that are allowed where a page's policy forbids <style> and style=. */
export function sheetOf(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
