"""A desk officer finds the closures of a day, the gap and an offer that fits, and takes a brief in French; no mouse."""

import re

import pytest

from dashboard.locales import _, speaking
from tests.e2e.handed import squeezed, words_of_pdf

pytestmark = pytest.mark.browser
# As the list names them: the first needs in it are in languages of which there is little.
NEEDS = ("Lebanon, primary", "Belgium, primary", "Portugal")


def test_a_desk_officer_follows_a_day_to_an_offer_that_fits(typist, tmp_path):
    seen, keys = typist()
    seen.open("/school_closures")
    title = seen.page.locator("h1")
    keys.tab_to("year, Date", "spinbutton")
    keys.type("20200404", "Tab", "Tab")  # a date counts once the field is left
    assert "on 4 April 2020" in title.inner_text() and "closures_on=2020-04-04" in seen.page.url
    closed = re.search(r"in (\d+) countries", title.inner_text()).group(1)
    keys.tab_to("Response gaps", back=True)
    keys.do("Enter")
    assert re.search(r"[mb]illion learners in \d+ countries had no live free offer on 4 April 2020", title.inner_text())
    seen.page.screenshot(path=tmp_path / "gaps.png")
    keys.tab_to("Needs and offers", back=True)
    keys.do("Enter")
    keys.tab_to(("What waits", "Find an offer"))
    keys.do("ArrowRight", "Enter")
    for country in NEEDS:
        keys.tab_to("Need", "combobox")
        keys.type(country, "Enter")
        if re.match(r"[1-9]\d* of \d+ offers fit the need of ", title.inner_text()):
            break
    else:
        raise AssertionError(f"no need of {NEEDS} has an offer that fits")
    seen.page.screenshot(path=tmp_path / "offers.png")
    keys.tab_to("English")
    keys.do("Enter")
    keys.tab_to("Français")
    keys.do("Enter")
    assert seen.page.evaluate("document.documentElement.lang") == "fr"
    keys.tab_to("Fermetures", back=True)
    keys.do("Enter")
    sentence = title.inner_text()
    assert closed in sentence and "4 avril 2020" in sentence.replace("\u00a0", " ")
    keys.tab_to("Télécharger cette page", "button")
    keys.do("Enter")
    seen.page.screenshot(path=tmp_path / "fermetures.png")
    with speaking("fr"):
        brief = _("{brief}: {kind}").format(brief=_("School closures brief"), kind=_("PDF to print"))
    name, body = keys.downloaded(brief)
    assert name == "SIMULATED_brief_closures_fr_release-2.pdf"
    words = words_of_pdf(body, "fr")
    assert squeezed(sentence) in words
    assert keys.unseen == [] and seen.outside == []
