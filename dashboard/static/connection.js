// States, in the page's language, that the page lost its connection, once that has lasted for three seconds.
// Streamlit connects again by itself and then has the same view; until then figures on the page are the last ones.
(() => {
  if (window.coalitionConnection) return;
  window.coalitionConnection = true;

  const PATIENCE = 3000, EVERY = 500;
  let lostAt = 0, notice = null;

  setInterval(() => {
    const app = document.querySelector("[data-test-connection-state]");
    const told = document.querySelector("[data-lost]");
    if (!app || app.dataset.testConnectionState === "CONNECTED") {
      lostAt = 0;
      if (notice) notice.remove();
      notice = null;
      return;
    }
    lostAt = lostAt || performance.now();
    if (notice || !told || performance.now() - lostAt < PATIENCE) return;
    notice = document.createElement("div");
    notice.setAttribute("role", "status");
    notice.className = "connection-lost";
    notice.textContent = told.dataset.lost;
    document.body.append(notice);
  }, EVERY);
})();
