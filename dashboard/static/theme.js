// Charts and maps come in the colours of a light page or a dark one. When the page turns, because the browser does or
// the reader chose so, they are drawn anew: by a button of the page that nobody sees.
(() => {
  if (window.themeFollowed) return;
  const page = document.querySelector('[data-testid="stApp"]');
  if (!page) return;
  window.themeFollowed = true;
  const scheme = () => getComputedStyle(page).colorScheme;
  let drawn = scheme();
  new MutationObserver(() => {
    if (scheme() === drawn) return;
    drawn = scheme();
    document.querySelector(".st-key-draw-anew button")?.click();
  }).observe(page, { attributes: true, attributeFilter: ["class", "style"] });
})();
