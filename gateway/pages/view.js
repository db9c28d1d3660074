/**
 * The conversation on the screen. Builds nodes and text only, so that nothing anybody wrote can become markup.
 */

/** Where a button under an answer may lead. */
const SAFE_PROTOCOLS = ["https:", "tel:", "mailto:"];
/** Pixels from the end within which a reader counts as following the answer. */
const FOLLOWING_PX = 80;

/** Make an element; `props` are properties (`textContent`, `className`), never markup. */
export function element(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter(Boolean));
  return node;
}

/** Return `url` where it is https, tel or mailto, else null. */
export function safeUrl(url) {
  try {
    return SAFE_PROTOCOLS.includes(new URL(url).protocol) ? url : null;
  } catch {
    return null; // no complete address
  }
}

/** Return the index just after the last finished sentence of `text`, 0 where none is finished. */
export function sentenceEnd(text) {
  const ends = [...text.matchAll(/[.!?…]["'”»)]*\s|\n/g)];
  return ends.length ? ends.at(-1).index + ends.at(-1)[0].length : 0;
}

function link(label, url, className) {
  const href = safeUrl(url);
  if (!href) return null;
  const place = href.startsWith("https:") ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return element("a", { className, href, textContent: label, ...place });
}

/** The row of links under an answer or a failure, or null when none of them is safe. */
function actionRow(actions = []) {
  const links = actions.map(({ kind, label, url }) => link(label, url, `action ${kind}`)).filter(Boolean);
  return links.length ? element("p", { className: "actions" }, ...links) : null;
}

export class View {
  /** @param {HTMLElement} root the page's main element @param {object} texts its sentences */
  constructor(root, texts) {
    const find = (id) => root.querySelector(`#${id}`);
    this.texts = texts;
    this.scroller = find("conversation");
    this.messages = find("messages");
    this.log = find("log");
    this.start = find("start");
  }

  /** Have `text` read out, once, by assistive technology. */
  announce(text) {
    if (text.trim()) this.log.append(element("p", { textContent: text.trim() }));
  }

  /** Back to the page as it was opened. */
  clear() {
    this.messages.replaceChildren();
    this.log.replaceChildren();
    this.start.hidden = false;
  }

  /** A discreet line between the bubbles, shown and read out. */
  note(text) {
    this.#add(element("li", { className: "note" }, element("p", { textContent: text })));
    this.announce(text);
  }

  /** The visitor's own bubble. */
  visitor(text) {
    const bubble = this.#bubble("visitor", this.texts.you, text);
    this.scroller.scrollTop = this.scroller.scrollHeight;
    return {
      redact: (clean, count) => this.#following(() => {
        const words = count === 1 ? this.texts.hidden_one : this.texts.hidden_many.replace("{count}", count);
        bubble.textContent = clean;
        bubble.after(element("p", { className: "hint", textContent: words }));
        this.announce(words);
      }),
      discard: () => bubble.parentElement.remove(),
    };
  }

  /** The assistant's bubble: three dots until its first word, then text that grows. */
  assistant(text = "") {
    const bubble = this.#bubble("assistant", this.texts.assistant, text);
    const item = bubble.parentElement;
    const announcedTo = (end) => {
      this.announce(bubble.textContent.slice(announced, end));
      announced = end;
    };
    let announced = text.length;
    item.classList.toggle("waiting", !text);
    return {
      append: (delta) => this.#following(() => {
        item.classList.remove("waiting");
        bubble.append(delta);
        announcedTo(Math.max(announced, sentenceEnd(bubble.textContent)));
      }),
      restart: () => {
        bubble.textContent = "";
        announced = 0;
        item.classList.add("waiting");
      },
      finish: ({ actions, sources } = {}) => this.#following(() => {
        announcedTo(bubble.textContent.length);
        if (!bubble.textContent) return item.remove();
        item.append(...[this.#sources(sources), actionRow(actions)].filter(Boolean));
      }),
      discard: () => item.remove(),
    };
  }

  /**
   * A boxed message with buttons: a failure, or the question for consent.
   *
   * @param {{title?: string, text?: string, actions?: object[], buttons?: HTMLElement[]}} content
   * @returns {{remove: () => void, focus: () => void}}
   */
  card({ title, text, actions, buttons = [] }) {
    const item = element("li", { className: "card", tabIndex: -1 },
      title && element("strong", { textContent: title }),
      text && element("p", { dir: "auto", textContent: text }),
      buttons.length ? element("p", { className: "actions" }, ...buttons) : null,
      actionRow(actions));
    this.#add(item);
    this.announce([title, text].filter(Boolean).join(" "));
    return { remove: () => item.remove(), focus: () => item.focus() };
  }

  #bubble(role, speaker, text) {
    this.start.hidden = true;
    const bubble = element("p", { className: "bubble", dir: "auto", textContent: text });
    const who = element("span", { className: "visually-hidden", textContent: speaker });
    this.#add(element("li", { className: role }, who, bubble));
    return bubble;
  }

  #sources(sources = []) {
    if (!sources.length) return null;
    const parts = sources.map(({ title, url }) => link(title, url, "source") ?? title);
    const separated = parts.flatMap((part, i) => (i ? [" · ", part] : [part]));
    return element("p", { className: "hint" }, `${this.texts.sources} `, ...separated);
  }

  #add(item) {
    this.#following(() => this.messages.append(item));
  }

  /** Make a change, and keep the end in sight for a reader who was at the end. */
  #following(change) {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    change();
    if (scrollHeight - scrollTop - clientHeight < FOLLOWING_PX) this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}
