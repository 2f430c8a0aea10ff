// A popover that is opened by a key has the focus, so that Tab leads into it. It stands at the end of the document: one
// would come to it through the whole page, which scrolls it out of sight. Escape leads back to what opened it.
(() => {
  if (window.popoversFollowed) return;
  window.popoversFollowed = true;
  const BODY = '[data-testid="stPopoverBody"]';
  const WAIT = 3000; // milliseconds within which a popover opens
  let opener = null, pressedAt = 0;

  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.('[data-testid="stPopoverButton"]');
    if (button && (event.key === "Enter" || event.key === " ")) {
      opener = button;
      pressedAt = performance.now();
    } else if (event.key === "Escape" && opener?.isConnected && event.target.closest?.(BODY)) {
      setTimeout(() => opener.focus());
    }
  });
  new MutationObserver(() => {
    if (!opener || performance.now() - pressedAt > WAIT) return;
    const body = document.querySelector(BODY);
    if (!body || body.contains(document.activeElement)) return;
    pressedAt = 0;
    body.tabIndex = -1;
    body.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
})();
