/** Puts the conversation together: the core, which knows no page, and the page, which knows no gateway. */
import { browserClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Frame } from "./frame.ts";
import { Gateway } from "./gateway.ts";
import { savedText } from "./save.ts";
import { Talk } from "./talk.ts";
import { Token } from "./token.ts";
import { Composer } from "./view/composer.ts";
import { part } from "./view/dom.ts";
import { download } from "./view/download.ts";
import { fitVisibleHeight } from "./view/keyboard.ts";
import { Log } from "./view/log.ts";
import { Menu } from "./view/menu.ts";
import { Page } from "./view/page.ts";
import { Follower } from "./view/scroll.ts";

const chat = part("chat");
const config: Config = JSON.parse(chat.dataset.config!);
const [title, close, conversation, thread] = [part("title"), part("close"), part("conversation"), part("thread")];

const log = new Log();
const composer = new Composer(config, log);
const menu = new Menu(part("menu"));
const frame = new Frame(window, [...config.parents, location.origin], {
  framed: () => (close.hidden = false),
  shown: focus, // and not when it came: by then the visitor may be typing in the page around it
});
const follower = new Follower(conversation, thread, part("latest"), () =>
  frame.resized(chat.offsetHeight - conversation.clientHeight + thread.offsetHeight),
);
const screen = new Page({
  config,
  log,
  composer,
  follower,
  refocus: () => focus(conversation),
  news: () => {
    follower.arrived();
    frame.news();
  },
});
const talk = new Talk({
  config,
  screen,
  gateway: new Gateway((path, init) => fetch(path, init), browserClock),
  token: new Token(`lethe:${config.clinic}`, () => sessionStorage),
  clock: browserClock,
  online: navigator.onLine,
});

/** Put the focus where the next message is typed, unless that would open a phone's keyboard over the conversation. */
function focus(otherwise: HTMLElement = title): void {
  if (matchMedia("(pointer: fine)").matches) composer.focus();
  else otherwise.focus({ preventScroll: true });
}

function save(): void {
  menu.close();
  const date = new Date();
  const text = savedText(screen.lines(), { name: config.name, texts: config.texts, language: config.language, date });
  download(`${config.clinic}-${date.toISOString().slice(0, 10)}.txt`, text);
}

composer.listen((text) => talk.ask(text), () => talk.stop());
part("forget").addEventListener("click", () => {
  talk.forget();
  focus();
});
part("save").addEventListener("click", save);
close.addEventListener("click", () => frame.close());
for (const link of document.querySelectorAll<HTMLAnchorElement>("#menu a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    menu.close();
    // The page in the other language has what the token holds: no message under way, nothing typed.
    if (talk.busy || composer.typed) screen.note(config.texts.language_later);
    else location.replace(link.href); // the back button of the page around it leads where it did
  });
}
for (const suggestion of document.querySelectorAll("#start button")) {
  suggestion.addEventListener("click", () => talk.ask(suggestion.textContent.trim()));
}
document.addEventListener("keydown", (event) => {
  // Safari gives the key that ends an input method's word as 229 alone.
  if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229 && !menu.close()) frame.close();
});
window.addEventListener("pagehide", () => talk.leave());
window.addEventListener("pageshow", (event) => event.persisted && talk.comeBack());
document.addEventListener("visibilitychange", () => document.hidden || talk.comeBack());
window.addEventListener("online", () => talk.connection(true));
window.addEventListener("offline", () => talk.connection(false));
fitVisibleHeight(chat);
part("unstarted").remove();
talk.start();
