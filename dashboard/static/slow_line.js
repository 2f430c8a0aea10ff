// Has the light page offered where the line is slow: as the browser judges its line, or, where it does not, by how fast
// what this page needed came. The offer is the page's own: it is asked for by a button of the page that nobody sees.
(() => {
  if (window.lineJudged) return;
  window.lineJudged = true;
  const WAIT = 2000; // milliseconds until most of the page is there
  const FEWEST = 100_000; // bytes by which a line is judged
  const SLOW = 50; // bytes a millisecond: 400 kb/s
  const KEPT = 86_400; // seconds for which later visits are offered it at once

  const seemsSlow = () => {
    if (navigator.connection?.effectiveType) return navigator.connection.effectiveType !== "4g";
    // What came from the browser's own store states no size.
    const came = performance.getEntriesByType("resource").filter((entry) => entry.transferSize > 0);
    const bytes = came.reduce((sum, entry) => sum + entry.transferSize, 0);
    let until = 0, took = 0;
    for (const { responseStart, responseEnd } of came.sort((a, b) => a.responseStart - b.responseStart)) {
      took += Math.max(0, responseEnd - Math.max(until, responseStart));
      until = Math.max(until, responseEnd);
    }
    return bytes >= FEWEST && bytes < SLOW * took;
  };

  setTimeout(() => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    const isSlow = seemsSlow();
    document.cookie = `slow_line=on; path=/; max-age=${isSlow ? KEPT : 0}; samesite=strict${secure}`;
    if (isSlow) document.querySelector(".st-key-slow-line button")?.click();
  }, WAIT);
})();
