"""A reader without a mouse: goes on with the Tab key, sees where the focus is, and presses what has it."""

from pathlib import Path

from tests.browsing import settle

# More than any page has: from one to itself again.
MOST_STOPS = 70
# Name, kind, and marks of the focused element: a field wears its mark of focus on the boxes around it.
FOCUSED = """async () => {
    await new Promise((done) => setTimeout(done, 40));  // what has the focus is drawn anew
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const read = (one) => {
        const copy = one.cloneNode(true);
        copy.querySelectorAll("[data-testid=stIconMaterial]").forEach((icon) => icon.remove());
        return copy.textContent;
    };
    const words = (one) => one ? (read(one) || one.getAttribute("aria-label") || "").trim() : "";
    const labels = [...(focused.labels || [])].map(words).join(" ");
    const ids = (focused.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean);
    const by = ids.map((id) => words(document.getElementById(id))).join(" ").trim();
    const around = focused.closest("[data-testid=stFileUploader], [data-testid=stSelectbox]");
    const name = focused.getAttribute("aria-label") || by || labels || words(focused) || words(around);
    // A table is drawn on a canvas: its cells have the focus, and are not where they are seen.
    const box = (focused.closest("[data-testid=stDataFrame]") || focused).getBoundingClientRect();
    const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    window.stops = [...(window.stops || []), focused].slice(-2);
    return {name: name.replace(/\\s+/g, " ").trim().slice(0, 80),
        role: focused.getAttribute("role") || focused.tagName.toLowerCase(),
        place: focused.closest("[data-testid]")?.dataset.testid || "", marks: window.marksOf(focused), inside,
        stops: focused.tabIndex >= 0};
}"""
MARKS_OF = """
    window.marksOf = (element) => {
        const around = [element, element.parentElement, element.parentElement?.parentElement,
            element.parentElement?.parentElement?.parentElement, element.closest("[data-testid=stDataFrame]"),
            element.closest("[data-testid=stFileUploader]")].filter(Boolean);
        return around.map((one) => getComputedStyle(one)).map((style) => [
            style.boxShadow, style.borderColor, style.backgroundColor,
            style.outlineStyle === "none" ? "" : `${style.outlineWidth} ${style.outlineColor}`].join(" | "));
    };
"""
LEFT = "() => window.stops[0].isConnected ? window.marksOf(window.stops[0]) : null"
# Whether the element that was left looks otherwise with the focus, where there is time to draw it with and without.
SEEN_AFTER_ALL = """async () => {
    const [left, now] = window.stops;
    const drawn = () => new Promise((done) => setTimeout(done, 500));
    await drawn();
    const without = window.marksOf(left).join();
    left.focus();
    await drawn();
    const seen = window.marksOf(left).join() !== without;
    now.focus();
    await drawn();
    return seen;
}"""


class Keyboard:
    """The keyboard of a page; what it stopped at, and the stops whose focus could not be seen."""

    def __init__(self, page):
        self.page, self.unseen, self.stops, self._last = page, [], [], None
        page.add_init_script(MARKS_OF)

    def tab_to(self, name, role="", back=False):
        """Goes on until an element has the focus whose name begins like this; several beginnings are a tuple."""
        passed = []
        for _press in range(MOST_STOPS):
            now = self.press("Shift+Tab" if back else "Tab")
            if now is None:
                continue
            passed.append(f"{now['role']} {now['name'][:40]}")
            if now["name"].startswith(name) and role in now["role"]:
                return now
        raise AssertionError(f"{name!r} cannot be reached by the Tab key: {passed}")

    def press(self, key):
        """Moves the focus; the element that has it now."""
        self.page.keyboard.press(key)
        now = self.page.evaluate(FOCUSED)
        if self._last and now:
            left = self.page.evaluate(LEFT)
            # What no key leads to has the focus when a dialogue of the browser gave it back.
            is_stop = self._last["stops"] and self._last["name"] != now["name"]
            if left is not None and left == self._last["marks"] and is_stop and not self.page.evaluate(SEEN_AFTER_ALL):
                self.unseen.append(f"{self._last['role']} {self._last['name'][:50]}")
        if now and not now["inside"]:
            self.unseen.append(f"outside of the screen: {now['role']} {now['name'][:50]}")
        if now:
            self.stops.append(now["name"])
        self._last = now
        return now

    def do(self, *keys):
        """Presses keys on what has the focus, and waits until the page is at rest."""
        for key in keys:
            self.page.keyboard.press(key)
        self._last = None  # the page may be drawn anew
        settle(self.page)

    def type(self, words, *keys):
        """Types into what has the focus, then presses keys."""
        self.page.keyboard.type(words)
        self.do(*keys)

    def downloaded(self, name, key="Enter"):
        """The name and the body of the file that a button hands out."""
        self.tab_to(name, "button")
        with self.page.expect_download(timeout=60_000) as handed:
            self.page.keyboard.press(key)
        return handed.value.suggested_filename, Path(handed.value.path()).read_bytes()
