"""An executive takes the board to a meeting, in English and in Arabic, without a mouse."""

import pytest

from dashboard.locales import _, speaking
from tests.e2e.handed import squeezed, words_of_pdf, words_of_pptx

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("code", ["en", "ar"])
def test_an_executive_takes_the_board_to_a_meeting(typist, tmp_path, code):
    seen, keys = typist()
    seen.open(f"/board?lang={code}")
    first = seen.page.locator("[data-testid=stMetricValue]").first.inner_text()
    assert "26" in first or "٢٦" in first
    with speaking(code):
        button, pdf, slides = _("Download this page"), _("PDF to print"), _("Slides (PPTX)")
    keys.tab_to(button, "button")
    keys.do("Enter")
    seen.page.screenshot(path=tmp_path / f"board-{code}.png")
    name, body = keys.downloaded(pdf)
    assert name == f"SIMULATED_board_{code}_release-2.pdf"
    assert squeezed(first) in words_of_pdf(body, code)
    name, body = keys.downloaded(slides)
    assert name.endswith(".pptx") and squeezed(first) in words_of_pptx(body)
    assert keys.unseen == [] and seen.outside == []
