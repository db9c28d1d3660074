/**
 * Room for a phone's keyboard. Most browsers shrink the page (`interactive-widget=resizes-content`); where they lay the
 * keyboard over it instead (iOS), the page is made as high as what is left to see.
 */
export function fitVisibleHeight(page: HTMLElement): void {
  const seen = window.visualViewport;
  seen?.addEventListener("resize", () => {
    page.style.removeProperty("height");
    const covered = seen.scale === 1 && seen.height < window.innerHeight - 1; // not while zoomed in by two fingers
    if (!covered) return;
    page.style.setProperty("height", `${seen.height}px`);
    window.scrollTo(0, 0); // iOS has moved the page up, to show the field that it thought covered
  });
}
