/**
 * Where the conversation is shown: beside the page on a large screen, above whatever the page stacks (top layer) and
 * not modal; on a small one instead of the page, which is inert meanwhile.
 */
import { make, setPx, sheetOf } from "./dom.ts";
import { NAME } from "./texts.ts";

/** Also a page at 400 % zoom, and a phone on its side. */
const SMALL = "(max-width: 640px), (max-height: 480px)";

export interface Panel {
  dialog: HTMLDialogElement;
  shown: boolean;
  /** Shows the panel as this screen wants it, or hides it; the frame inside lives on. */
  show(shown: boolean): void;
}

/**
 * @param dismissed told that the visitor wants it closed: Escape, or a phone's back gesture
 * @param signal ends what it listens to
 */
export function panel(dismissed: () => void, signal: AbortSignal): Panel {
  const dialog = make("dialog", { popover: "manual", ariaLabel: NAME });
  const small = matchMedia(SMALL);
  const lock = sheetOf(":root{overflow:hidden!important}");
  const self: Panel = {
    dialog,
    shown: false,
    show(shown) {
      self.shown = shown;
      if (dialog.open) dialog.close();
      else dialog.hidePopover?.();
      lockScrolling(lock, shown && small.matches);
      if (!shown) return;
      if (small.matches) dialog.showModal();
      else if (dialog.showPopover) dialog.showPopover();
      else dialog.show(); // a browser of before 2024: beneath what the page puts on top
    },
  };
  dialog.onclose = () => small.matches && dismissed();
  dialog.onkeydown = ({ key }) => key === "Escape" && dismissed();
  small.addEventListener("change", () => self.show(self.shown), { signal });
  for (const type of ["resize", "scroll"]) visualViewport?.addEventListener(type, () => fit(dialog), { signal });
  return self;
}

/** A phone's keyboard covers part of the page without resizing it; zooming in does not count. */
function fit(dialog: HTMLElement): void {
  const { offsetTop, height, scale } = visualViewport as VisualViewport;
  if (scale > 1.01) return;
  setPx(dialog, "--top", offsetTop);
  setPx(dialog, "--height", height);
}

/** Keeps the page where it is, by a sheet that can be taken away again in any order, whatever the page says itself. */
function lockScrolling(lock: CSSStyleSheet, locked: boolean): void {
  const others = document.adoptedStyleSheets.filter((sheet) => sheet !== lock);
  document.adoptedStyleSheets = locked ? [...others, lock] : others;
}
