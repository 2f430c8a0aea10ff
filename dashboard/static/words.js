// Has what Streamlit writes of its own in the language of the page: its text is replaced where it stands, in place.
// A word that the page does not know stays as it is.
(() => {
  const told = document.querySelector("[data-words]");
  const words = JSON.parse(told?.dataset.words || "{}");
  if (!Object.keys(words).length && !window.ownWords) return;
  const state = (window.ownWords ??= { written: new WeakMap() });
  const KEYS = ["aria-label", "placeholder", "title"];
  const NAMED = KEYS.map((key) => `[${key}]`).join(", ");
  // Where words are Streamlit's own and not those of the page.
  const PARTS = [
    ...["stFileUploader", "stStatusWidget", "stMainMenuPopover", "stSkipToContent", "stTooltipContent"].map(
      (part) => `[data-testid="${part}"]`,
    ),
    '[data-baseweb="menu"]',
  ].join(", ");
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  state.known = new Map(Object.entries(words));
  state.forms = Object.entries(words)
    .filter(([english]) => english.includes("{name}"))
    .map(([english, own]) => [new RegExp(`^${english.split("{name}").map(escaped).join("([^]*)")}$`), own]);

  const inOwnWords = (english) => {
    if (state.known.has(english)) return state.known.get(english);
    for (const [form, own] of state.forms) {
      const found = form.exec(english);
      if (found) return own.replace("{name}", () => found[1]);
    }
    return english;
  };
  // Of an attribute, or of a text without a key.
  const renew = (node, key) => {
    const now = key ? node.getAttribute(key) : node.nodeValue;
    if (!now || !now.trim()) return;
    const before = state.written.get(node)?.[key];
    const english = before?.own === now ? before.english : now;
    const own = inOwnWords(english);
    if (own === now) return;
    state.written.set(node, { ...state.written.get(node), [key]: { english, own } });
    if (key) node.setAttribute(key, own);
    else node.nodeValue = own;
  };
  const renewText = (part) => {
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) renew(texts.currentNode, "");
  };
  const renewAll = (element) => {
    for (const named of [element, ...element.querySelectorAll(NAMED)]) for (const key of KEYS) renew(named, key);
    if (element.closest(PARTS)) renewText(element);
    else element.querySelectorAll(PARTS).forEach(renewText);
  };
  renewAll(document.body);
  if (state.watcher) return;
  state.watcher = new MutationObserver((changes) => {
    for (const { type, target, addedNodes, attributeName } of changes) {
      if (target instanceof SVGElement) continue;
      if (type === "attributes") window.ownWords.renew(target, attributeName);
      else if (type === "characterData") target.parentElement?.closest(PARTS) && window.ownWords.renew(target, "");
      for (const node of addedNodes) {
        if (node instanceof HTMLElement) window.ownWords.renewAll(node);
        else if (node instanceof Text && target.closest?.(PARTS)) window.ownWords.renew(node, "");
      }
    }
  });
  Object.assign(state, { renew, renewAll });
  state.watcher.observe(document.body, {
    attributes: true,
    attributeFilter: KEYS,
    characterData: true,
    childList: true,
    subtree: true,
  });
})();
