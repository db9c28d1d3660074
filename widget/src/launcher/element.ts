/**
 * `<lethe-chat>`: the chat as an element, for as long as it is a part of the page.
 *
 * The shadow root is open: nothing in it is secret (the conversation is in the frame, where no script of this page
 * reaches), and a closed one would only keep out accessibility checkers.
 */
import { type Chat, chat, type Tell } from "./chat.ts";
import { ATTRIBUTES, type Attribute, type Read, readConfig, SUBSTANCE } from "./config.ts";
import { sheetOf } from "./dom.ts";
import css from "./launcher.css";

export class LetheChat extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES;
  /** The address of the script that defined this element; "" where it could not be told. */
  static gateway = "";

  readonly #root = this.attachShadow({ mode: "open" });
  #chat: Chat | undefined;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheetOf(css)];
  }

  connectedCallback(): void {
    this.disconnectedCallback();
    const languages = [document.documentElement.lang, ...navigator.languages];
    const config = readConfig(this.#read, LetheChat.gateway, languages);
    if (!config) return console.error("lethe-chat: clinic or gateway missing or wrong");
    this.#chat = chat(config, this.#tell);
    this.#root.append(this.#chat.root);
    this.#chat.style(this.#read);
  }

  disconnectedCallback(): void {
    this.#chat?.remove();
    this.#chat = undefined;
  }

  attributeChangedCallback(name: Attribute, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after) return;
    if (this.#chat && !(SUBSTANCE as readonly string[]).includes(name)) this.#chat.style(this.#read);
    else this.connectedCallback();
  }

  open(): void {
    this.#chat?.show(true);
  }

  close(): void {
    this.#chat?.show(false);
  }

  readonly #read: Read = (name) => this.getAttribute(name);

  readonly #tell: Tell = (event, detail) => this.dispatchEvent(new CustomEvent(`lethe-${event}`, { bubbles: true, detail }));
}
