/** The header's menu: a `<details>`, which opens without a script, and which Escape, a choice or a look elsewhere closes. */
export class Menu {
  readonly #details: HTMLDetailsElement;

  constructor(details: HTMLDetailsElement) {
    this.#details = details;
    document.addEventListener("pointerdown", ({ target }) => {
      if (!details.contains(target as Node)) details.open = false;
    });
    details.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !details.contains(relatedTarget as Node)) details.open = false;
    });
  }

  /** Close it, with the focus where it was opened. Returns whether it was open. */
  close(): boolean {
    if (!this.#details.open) return false;
    this.#details.open = false;
    this.#details.querySelector("summary")?.focus();
    return true;
  }
}
