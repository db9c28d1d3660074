/** A boxed message between the bubbles: what went wrong, the question for consent, a warning. */
import type { Texts } from "../config.ts";
import type { CardButton, CardContent } from "../screen.ts";
import { actionRow, button, element } from "./dom.ts";
import { fill } from "./fill.ts";

export function cardItem(content: CardContent, texts: Texts): HTMLElement {
  const buttons = (content.buttons ?? []).map((one) => cardButton(one, texts));
  return element(
    "li",
    { className: `card ${content.kind}`, tabIndex: -1 },
    content.title ? element("strong", { textContent: content.title, dir: "auto" }) : null,
    content.text ? element("p", { textContent: content.text, dir: "auto" }) : null,
    buttons.length ? element("p", { className: "actions" }, ...buttons) : null,
    actionRow(content.actions ?? []),
  );
}

/** A button that counts its seconds down before it may be pressed. */
function cardButton({ label, run, afterS = 0 }: CardButton, texts: Texts): HTMLButtonElement {
  const made = button(label, () => made.ariaDisabled !== "true" && run());
  const due = performance.now() + afterS * 1_000; // by the clock: a page in the background is woken less often
  const count = () => {
    const seconds = Math.ceil((due - performance.now()) / 1_000);
    made.ariaDisabled = String(seconds > 0);
    made.textContent = seconds > 0 ? fill(texts.retry_in, { seconds }) : label;
    if (seconds > 0) setTimeout(count, Math.min(1_000, due - performance.now()));
  };
  count();
  return made;
}
