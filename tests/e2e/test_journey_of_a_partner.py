"""A partner looks at its own programme and takes a brief for a donor, without a mouse."""

import pytest

from tests.e2e.handed import squeezed, words_of_pdf

pytestmark = pytest.mark.browser


def test_a_partner_takes_a_brief_for_a_donor(typist, tmp_path):
    seen, keys = typist()
    seen.open("/my_programme")
    keys.tab_to("See as", "combobox")
    keys.type("Kiron", "Enter")
    sentence = seen.page.locator("h1").inner_text()
    assert sentence.startswith("Kiron: 2,421 learners registered")
    keys.tab_to("Compared with other partners")
    keys.do("Enter")
    assert "open=compared" in seen.page.url
    seen.page.get_by_role("heading", name="complete a course than with other partners").wait_for()
    seen.page.screenshot(path=tmp_path / "my_programme.png", full_page=True)
    keys.tab_to("Download this page", "button")
    keys.do("Enter")
    seen.page.screenshot(path=tmp_path / "downloads.png")
    name, body = keys.downloaded("Partner brief: PDF")
    assert name == "SIMULATED_brief_partner_en_release-2.pdf"
    words = words_of_pdf(body, "en")
    assert squeezed(sentence) in words and "Partnerbrief" in words
    assert squeezed("Your own learners are exact.") in words
    assert keys.unseen == [] and seen.outside == []
