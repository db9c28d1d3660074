// What the scripts of a clinic's page could do to read a chat: session recorders, tag managers, a breached plug-in.
// Runs before the launcher. Each spy says by its name what it saw; whoever is heard by none of them is not seen here.
"use strict";
(() => {
  const caught = (window.caught = {});
  const { apply, getOwnPropertyDescriptor, defineProperty, ownKeys } = Reflect;
  const listen = EventTarget.prototype.addEventListener;
  const seen = new WeakSet();
  let busy = false; // what a spy itself calls is not told to spies again

  /** Notes every text that can be found in `value`, to some depth. */
  function note(spy, value, depth = 4) {
    if (typeof value === "string") (caught[spy] ??= []).push(value);
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) note(spy, new TextDecoder().decode(value));
    else if (value?.nodeType) note(spy, value.outerHTML ?? value.textContent ?? value.documentElement?.outerHTML ?? "");
    else if (value && typeof value === "object" && depth) for (const key of ownKeys(value)) safely(() => note(spy, value[key], depth - 1));
  }

  function safely(look) {
    try {
      return look();
    } catch {
      return undefined; // forbidden by the browser: what these tests are about
    }
  }

  function unheard(act) {
    if (busy) return;
    busy = true;
    safely(act);
    busy = false;
  }

  /** Puts `spy` before method `name` of `owner`: it sees `this`, the arguments and the result. */
  function wrap(spy, owner, name) {
    const { value: original, ...rest } = getOwnPropertyDescriptor(owner, name);
    defineProperty(owner, name, {
      ...rest,
      value: function (...given) {
        unheard(() => note(spy, given));
        const result = apply(original, this, given);
        unheard(() => typeof this !== "function" && this !== window && note(spy, [String(this), result]));
        return result;
      },
    });
  }

  wrap("fetch", window, "fetch");
  wrap("xhr", XMLHttpRequest.prototype, "send");
  wrap("beacon", Navigator.prototype, "sendBeacon");
  wrap("postMessage", window, "postMessage");
  wrap("array", Array.prototype, "push");
  wrap("array", Array.prototype, "map");
  wrap("string", String.prototype, "replace");
  wrap("string", String.prototype, "slice");
  wrap("json", JSON, "stringify");
  wrap("json", JSON, "parse");
  wrap("decoder", TextDecoder.prototype, "decode");
  wrap("call", Function.prototype, "call");
  wrap("dom", Element.prototype, "append");
  wrap("dom", Node.prototype, "appendChild");
  wrap("dom", Element.prototype, "setAttribute");
  wrap("storage", Storage.prototype, "setItem");
  const then = Promise.prototype.then;
  Promise.prototype.then = function (...given) {
    unheard(() => apply(then, this, [(value) => unheard(() => note("promise", value)), () => {}]));
    return apply(then, this, given);
  };
  for (const key of ["text", "message", "session", "history"]) {
    // Whatever assigns this name to an object that has none of its own.
    defineProperty(Object.prototype, key, {
      configurable: true,
      set(value) {
        unheard(() => note("setter", value));
        defineProperty(this, key, { value, writable: true, configurable: true, enumerable: true });
      },
    });
  }

  // A recorder: every change of the page, of shadow roots and of frames it may enter.
  const watched = { subtree: true, childList: true, characterData: true, attributes: true };
  const observer = new MutationObserver((records) =>
    unheard(() => {
      for (const { target, addedNodes } of records) {
        note("observer", target);
        for (const node of addedNodes) safely(() => walk(node));
      }
    }),
  );
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = apply(attach, this, [{ ...options, mode: "open" }]);
    observer.observe(root, watched);
    return root;
  };
  observer.observe(document, watched);

  function walk(node) {
    note("serialiser", node);
    if (node.shadowRoot) walk(node.shadowRoot);
    if (node instanceof HTMLIFrameElement) enter(node);
    for (const child of node.childNodes ?? []) walk(child);
  }

  function enter(frame) {
    const inside = safely(() => frame.contentDocument) ?? safely(() => frame.contentWindow.document);
    safely(() => note("frame", frame.contentWindow.location.href));
    safely(() => note("frame", frame.contentWindow.name));
    if (!inside || seen.has(inside)) return inside && note("frame", inside.documentElement);
    seen.add(inside);
    observer.observe(inside, watched);
    spyOn(inside.defaultView);
    note("frame", inside.documentElement);
  }

  // A key logger, and an ear for every message.
  function spyOn(where) {
    for (const type of ["keydown", "keyup", "keypress", "beforeinput", "input", "paste", "selectionchange"]) {
      apply(listen, where, [type, (event) => unheard(() => keys(event)), true]);
    }
    apply(listen, where, ["message", ({ data }) => unheard(() => note("message", typeof data === "string" ? data : [data])), true]);
  }

  let typed = "";
  function keys(event) {
    if (event.type === "keydown" && event.key.length === 1) note("keys", (typed += event.key));
    note("keys", event.data ?? event.target?.value ?? "");
    note("selection", String(getSelection()));
  }

  spyOn(window);
  apply(EventTarget.prototype.addEventListener, document, ["DOMContentLoaded", () => walk(document.documentElement)]);

  /** A last look at everything. */
  window.lookAgain = () =>
    unheard(() => {
      walk(document.documentElement);
      for (let index = 0; index < window.length; index += 1) safely(() => note("frame", window[index].document.body));
      note("performance", performance.getEntries().map((entry) => JSON.stringify(entry)));
      note("storage", { ...localStorage, ...sessionStorage });
    });
})();
