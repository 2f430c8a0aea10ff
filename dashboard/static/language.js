// Tells the document in which language the page is written and in which direction, and remembers what was chosen.
// A table that is wider than its place begins at the right where writing does.
(() => {
  const told = document.querySelector("[data-language]");
  if (!told) return;
  const { language, direction, remember } = told.dataset;
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  if (remember) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    const age = remember === "none" ? 0 : 31536000;
    document.cookie = `lang=${remember}; path=/; max-age=${age}; samesite=strict${secure}`;
  }
  if (direction !== "rtl" || window.tablesWatched) return;
  window.tablesWatched = true;
  const begun = new WeakSet();
  new MutationObserver(() => {
    if (document.documentElement.dir !== "rtl") return;
    for (const table of document.getElementsByClassName("dvn-scroller")) {
      if (begun.has(table) || table.scrollWidth <= table.clientWidth) continue;
      begun.add(table);
      table.scrollLeft = table.scrollWidth;
    }
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["style"] });
})();
