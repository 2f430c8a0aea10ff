// Tells the document in which language the page is written and in which direction, and remembers what was chosen.
(() => {
  const told = document.querySelector("[data-language]");
  if (!told) return;
  const { language, direction, remember } = told.dataset;
  document.documentElement.lang = language;
  document.documentElement.dir = direction;
  if (remember) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `lang=${remember}; path=/; max-age=31536000; samesite=strict${secure}`;
  }
})();
