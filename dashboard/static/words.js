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
    ...[
      ...["stFileUploader", "stStatusWidget", "stMainMenuPopover", "stSkipToContent", "stTooltipContent"],
      ...["InputInstructions", "stDateInputCalendar"],
    ].map((part) => `[data-testid="${part}"]`),
    '[data-baseweb="menu"]',
  ].join(", ");
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  state.known = new Map(Object.entries(words));
  state.forms = Object.entries(words)
    .filter(([english]) => english.includes("{name}"))
    .map(([english, own]) => [new RegExp(`^${english.split("{name}").map(escaped).join("([^]*)")}$`), own]);

  // Calendars have months and days of the week in the language of the browser; the page may be in another. The letters
  // above the days are known by their order, as one letter is two days; a list of months stands outside its calendar.
  const CALENDAR = '[data-testid="stDateInputCalendar"]';
  const DAYS = Array.from({ length: 7 }, (_, day) => Date.UTC(2023, 0, day + 1));
  const MONTHS = Array.from({ length: 12 }, (_, month) => Date.UTC(2023, month, 1));
  const named = (language, form, days) => {
    const written = new Intl.DateTimeFormat(language, { ...form, timeZone: "UTC" });
    return days.map((day) => written.format(day));
  };
  const spoken = document.querySelector("[data-language]")?.dataset.language || document.documentElement.lang;
  const pairs = [{ month: "long" }, { weekday: "long" }].flatMap((form) => {
    const days = form.month ? MONTHS : DAYS;
    const own = named(spoken, form, days);
    return named(navigator.language, form, days).map((word, n) => [word, own[n]]);
  });
  state.dates = new Map(pairs);
  const dateWords = [...state.dates.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const DATES = new RegExp(`(?<!\\p{L})(?:${dateWords.join("|")})(?!\\p{L})`, "gu");
  const [theirs, ours] = [navigator.language, spoken].map((language) => named(language, { weekday: "narrow" }, DAYS));
  const inDates = (text) => text.replace(DATES, (word) => state.dates.get(word));
  const renewWeekdays = (calendar) => {
    const heads = [...calendar.querySelectorAll("thead th")].map((head) => head.firstChild);
    const letters = heads.map((head) => state.written.get(head)?.[""]?.english ?? head?.nodeValue);
    const first = DAYS.findIndex((_, start) => letters.every((letter, n) => letter === theirs[(start + n) % 7]));
    if (letters.length !== 7 || first < 0) return;
    heads.forEach((head, n) => write(head, "", letters[n], ours[(first + n) % 7]));
  };

  const inOwnWords = (english) => {
    if (state.known.has(english)) return state.known.get(english);
    for (const [form, own] of state.forms) {
      const found = form.exec(english);
      if (found) return own.replace("{name}", () => found[1]);
    }
    return english;
  };
  const write = (node, key, english, own) => {
    const now = key ? node.getAttribute(key) : node.nodeValue;
    if (own === now) return;
    state.written.set(node, { ...state.written.get(node), [key]: { english, own } });
    if (key) node.setAttribute(key, own);
    else node.nodeValue = own;
  };
  // Of an attribute, or of a text without a key.
  const renew = (node, key) => {
    const now = key ? node.getAttribute(key) : node.nodeValue;
    if (!now || !now.trim()) return;
    const before = state.written.get(node)?.[key];
    const english = before?.own === now ? before.english : now;
    const element = key ? node : node.parentElement;
    if (!key && element?.closest("th")) return;
    const own = inOwnWords(english);
    write(node, key, english, element?.closest(CALENDAR) ? inDates(own) : own);
  };
  // Lists of options are the page's own; a name of a month is one in any of them.
  const renewMonths = (list) => {
    for (const option of list.querySelectorAll("[role=option]")) {
      const text = option.firstChild;
      if (!(text instanceof Text)) continue;
      const before = state.written.get(text)?.[""];
      const english = before?.own === text.nodeValue ? before.english : text.nodeValue;
      if (state.dates.has(english)) write(text, "", english, state.dates.get(english));
    }
  };
  const renewText = (part) => {
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) renew(texts.currentNode, "");
  };
  const renewAll = (element) => {
    for (const named of [element, ...element.querySelectorAll(NAMED)]) for (const key of KEYS) renew(named, key);
    if (element.closest(PARTS)) renewText(element);
    else element.querySelectorAll(PARTS).forEach(renewText);
    const calendar = element.closest(CALENDAR);
    (calendar ? [calendar] : element.querySelectorAll(CALENDAR)).forEach(renewWeekdays);
    const list = element.closest("[role=listbox]");
    (list ? [list] : element.querySelectorAll("[role=listbox]")).forEach(renewMonths);
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
