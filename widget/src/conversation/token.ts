/**
 * The sealed session token: the only thing that is ever stored, in this tab's sessionStorage, and in memory alone
 * where the browser blocks that for embedded pages. What it holds nobody but the gateway can read.
 */
export class Token {
  readonly #key: string;
  readonly #storage: () => Storage;
  #value: string | null = null;

  /** @param storage returns the tab's storage; where it is blocked, even asking for it throws */
  constructor(key: string, storage: () => Storage) {
    this.#key = key;
    this.#storage = storage;
  }

  get(): string | null {
    return this.#value ?? this.#use((storage) => storage.getItem(this.#key));
  }

  set(token: string): void {
    this.#value = token;
    this.#use((storage) => storage.setItem(this.#key, token));
  }

  forget(): void {
    this.#value = null;
    this.#use((storage) => storage.removeItem(this.#key));
  }

  #use<T>(use: (storage: Storage) => T): T | null {
    try {
      return use(this.#storage());
    } catch {
      return null; // blocked or full: the copy in memory serves until the page is left
    }
  }
}
