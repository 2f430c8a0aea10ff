"""A visitor reads in Arabic on a small phone with a weak line: three light pages, without a mouse."""

import pytest

from dashboard.locales import _, speaking
from dashboard.menu import pages
from tests.e2e.test_looks import PHONE

pytestmark = pytest.mark.browser
DRAWN_BY_SCRIPT = (
    "[data-testid=stPlotlyChart], .js-plotly-plot, [data-testid=stDeckGlJsonChart], [data-testid=stDataFrame]"
)
ASIDE = """() => ["stMain", "stApp"].map((part) => document.querySelector(`[data-testid=${part}]`))
    .concat(document.documentElement).map((one) => one.scrollWidth - one.clientWidth)"""


def test_a_visitor_reads_three_light_pages_in_arabic(typist, tmp_path):
    seen, keys = typist(width=360, height=740, user_agent=PHONE, is_mobile=True, has_touch=True)
    with speaking("ar"):
        titles = {page.name: page.title for page in pages()}
        menu = _("Open the menu of pages")
    seen.open("/overview?lang=ar&light=1")
    for name in ("overview", "reach_map", "school_closures"):
        if name != "overview":
            keys.tab_to(menu)
            keys.do("Enter")
            keys.tab_to(titles[name], "a", back=True)
            keys.do("Enter")
        assert f"/{name}" in seen.page.url and "light=1" in seen.page.url
        assert titles[name] in seen.page.locator("[data-testid=stMain]").inner_text()
        assert seen.page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"]
        assert seen.page.locator(DRAWN_BY_SCRIPT).count() == 0
        assert max(seen.page.evaluate(ASIDE)) <= 1
        seen.page.screenshot(path=tmp_path / f"{name}.png")
    assert keys.unseen == [] and seen.outside == []
