/**
 * Keeping the end of the conversation in sight for a reader who is there, and leaving alone one who has scrolled up.
 *
 * Sizes are read where the browser has just computed them (scroll events, resize observations), never while an
 * answer's words are added: a word costs the same after five hundred messages as after one.
 */

/** Pixels from the end within which a reader counts as being there. */
const NEAR_PX = 48;

export class Follower {
  /** Not from the start, where the greeting is what is to be read first. */
  #following = false;
  #top = 0;
  readonly #scroller: HTMLElement;
  readonly #latest: HTMLElement;

  /**
   * @param scroller what scrolls
   * @param thread everything inside it, in one element
   * @param latest the button that leads to the end
   * @param sized told after every change of size
   */
  constructor(scroller: HTMLElement, thread: HTMLElement, latest: HTMLElement, sized: () => void) {
    this.#scroller = scroller;
    this.#latest = latest;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    latest.addEventListener("click", () => {
      scroller.focus({ preventScroll: true }); // the button is about to go
      this.toEnd();
    });
    const observer = new ResizeObserver(() => {
      if (this.#following || this.#atEnd) this.toEnd();
      sized();
    });
    observer.observe(scroller);
    observer.observe(thread);
  }

  /** Something new stands at the end. */
  arrived(): void {
    if (!this.#following) this.#latest.hidden = false;
  }

  toEnd(): void {
    this.#following = true;
    this.#latest.hidden = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Only a reader scrolls up; text that grows moves the end away without moving the view. */
  #scrolled(): void {
    const { scrollTop } = this.#scroller;
    if (this.#atEnd) {
      this.#following = true;
      this.#latest.hidden = true;
    } else if (scrollTop < this.#top) {
      this.#following = false;
    }
    this.#top = scrollTop;
  }

  get #atEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }
}
