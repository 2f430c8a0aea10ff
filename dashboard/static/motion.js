// For a reader who asks for less motion, what Streamlit moves by script is where it belongs at once, as what page.css
// moves is.
(() => {
  if (window.motionAsked || !matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  window.motionAsked = true;
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, how) {
    return animate.call(this, frames, { ...(typeof how === "object" ? how : {}), duration: 0 });
  };
})();
