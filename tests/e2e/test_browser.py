"""What only a browser can tell: nothing leaves this host, maps are drawn, journeys end where they should."""

import re
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dashboard.settings import PROJECT
from tests.browsing import stop_playing

pytestmark = pytest.mark.browser


def areas(seen, least=150):
    """How many areas the first map has, once they are drawn: they come after its frame."""
    drawn = seen.page.locator("[data-testid=stPlotlyChart]").first.locator(".choroplethlayer path")
    drawn.nth(least).wait_for(state="attached", timeout=30_000)
    seen.settle()
    return drawn.count()


def test_an_executive_clicks_a_country_and_mails_the_link(visit):
    first = visit(height=1500).open("/school_closures?closures_on=2020-04-04", ready="[data-testid=stPlotlyChart] .geo")
    assert areas(first) > 150
    chart = first.page.locator("[data-testid=stPlotlyChart]").first
    box = chart.bounding_box()
    chart.click(position={"x": box["width"] * 0.36, "y": box["height"] * 0.60})  # Brazil
    first.page.wait_for_function("location.search.includes('country_iso3')", timeout=15_000)
    first.settle()
    told = first.page.locator("text=/weeks closed and/").first.inner_text()
    link = first.page.url.removeprefix(first.base)
    second = visit(reader="another").open(link)
    assert second.page.locator("text=/weeks closed and/").first.inner_text() == told
    assert "closures_on=2020-04-04" in link


def test_an_executive_clicks_a_country_and_sees_who_learns_there(visit):
    seen = visit(height=1500).open("/reach_map", ready="[data-testid=stPlotlyChart] .geo")
    assert areas(seen) > 150
    chart = seen.page.locator("[data-testid=stPlotlyChart]").first
    box = chart.bounding_box()
    chart.click(position={"x": box["width"] * 0.35, "y": box["height"] * 0.58})  # Brazil, or the circle next to it
    seen.page.wait_for_function("location.search.includes('country_iso3=')", timeout=20_000)
    seen.page.get_by_text("learners live there").wait_for(timeout=15_000)
    assert seen.outside == []


def top_of_chart(seen):
    """Where the first chart begins, as soon as it is seen: it is drawn anew for each day."""
    return seen.page.wait_for_function("""() => {
        const chart = document.querySelector("[data-testid=stPlotlyChart]");
        const box = chart && chart.getBoundingClientRect();
        return box && box.height > 0 ? {top: box.top} : null;
    }""").json_value()["top"]


def test_a_desk_officer_plays_the_days_and_stops(visit):
    from playwright.sync_api import expect

    seen = visit(height=1200).open("/school_closures?closures_on=2020-03-01", ready="[data-testid=stPlotlyChart] .geo")
    seen.page.get_by_role("button", name="Play").click()
    top = top_of_chart(seen)
    handle = seen.page.get_by_role("slider").first
    expect(handle).not_to_have_attribute("aria-valuetext", re.compile("^(1|8|15) March 2020"), timeout=30_000)
    assert abs(top_of_chart(seen) - top) < 40, "in view"
    stop_playing(seen.page)
    seen.settle()
    stopped = seen.page.url
    assert re.search(r"closures_on=2020-\d\d-\d\d", stopped), "the day in the link is a date"
    seen.page.wait_for_timeout(3000)
    assert seen.page.url == stopped
    assert seen.outside == []


def test_a_page_answers_at_its_own_name(visit):
    page = visit().open("/school_closures?closures_on=2020-04-04").page
    assert page.get_by_text("Page not found").count() == 0
    assert page.get_by_text("on 4 April 2020").count()


def test_the_working_of_a_number_opens_beside_it_and_the_download_is_the_answer(visit):
    page = visit(height=1400).open("/school_closures").page
    page.get_by_role("button", name="About these figures").first.click()
    page.get_by_text("coalition ask school_closures/world_on_date").wait_for(timeout=15_000)
    assert page.get_by_text("Countries whose schools were closed country-wide on the day").count()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Table and download").first.click()
    button = page.locator("[data-testid=stPopoverBody]").get_by_role("button", name="Download CSV")
    button.wait_for()
    with page.expect_download() as waiting:
        button.click()
    assert waiting.value.suggested_filename.startswith("status_by_country_2021-11-30_release-")
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "country_iso3,country,status,learners"
    assert sum(",closed," in line for line in text.splitlines()) == 9


def test_an_ngo_officer_filters_hubs_and_clicks_one(visit):
    seen = visit(height=1200).open("/learning_hubs?region=Africa", ready="[data-testid=stPlotlyChart] .geo")
    assert "3 of 4 named hubs are active" in seen.page.locator("h1").inner_text()
    mark = seen.page.locator("[data-testid=stPlotlyChart] .scattergeo path.point").first
    box = mark.bounding_box()
    seen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    seen.page.wait_for_function("location.search.includes('hub_id=')", timeout=20_000)
    seen.page.get_by_text("is selected.").wait_for(timeout=15_000)
    assert seen.outside == []


def test_a_reader_looks_up_a_metric_and_goes_back_to_the_search(visit):
    seen = visit(height=1200).open("/methods?search=closed%20country-wide")
    seen.page.get_by_role("link", name="Countries closed").click()
    seen.page.wait_for_function("location.search.includes('metric=countries_closed')", timeout=20_000)
    seen.page.locator("h1", has_text="Countries closed").wait_for(timeout=15_000)
    seen.page.go_back()
    seen.page.get_by_text("results").first.wait_for(timeout=15_000)
    assert "search=closed" in seen.page.url and seen.outside == []


def test_a_chart_is_saved_as_a_picture_with_its_words(visit):
    seen = visit().open("/")
    page, headline = seen.page, seen.page.locator("h1").first.inner_text()
    page.get_by_role("button", name="Table and download").first.click()
    files = {}
    for kind in ("SVG", "PNG"):
        button = page.locator("[data-testid=stPopoverBody]").get_by_role("button", name=f"Chart as {kind}")
        button.wait_for()
        with page.expect_download() as waiting:
            button.click()
        assert waiting.value.suggested_filename.startswith("SIMULATED_learners_on_map_")
        assert waiting.value.suggested_filename.endswith(f".{kind.lower()}")
        files[kind] = Path(waiting.value.path()).read_bytes()
    drawn = ElementTree.fromstring(files["SVG"])
    texts = [" ".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert headline in " ".join(texts) and any("No learner known" in text for text in texts)
    assert any(text.startswith("SIMULATED DATA") for text in texts) and any("Sources:" in text for text in texts)
    assert any("do not imply official endorsement" in text for text in texts), "a map never goes without"
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}path"))) > 150, "the countries"
    assert files["PNG"][:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", files["PNG"][16:24])
    assert wide == 2 * round(float(drawn.get("width"))) and high == 2 * int(drawn.get("height"))
    assert len(files["PNG"]) > 50_000, "not an empty sheet"
    assert seen.outside == [] and seen.complaints == []


def test_the_server_closes_its_doors(served):
    import urllib.error
    import urllib.request

    page = urllib.request.urlopen(served + "/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert page.headers["x-content-type-options"] == "nosniff"
    maps = urllib.request.Request(served + "/app/static/boundaries/world_110m.json", headers={"Accept-Encoding": "br"})
    answer = urllib.request.urlopen(maps)
    assert answer.headers["content-encoding"] == "br" and "max-age" in answer.headers["cache-control"]
    for path in (
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/app/static/../app.py",
        "/static/..%2f..%2findex.html",
    ):
        with pytest.raises(urllib.error.HTTPError) as shut:
            urllib.request.urlopen(served + path)
        assert shut.value.code in (400, 403, 404), path


def test_a_name_pointed_at_this_machine_reaches_nobody(served):
    import http.client

    host, port = served.removeprefix("http://").split(":")
    for headers in (
        {"Host": f"evil.example:{port}"},
        {"Origin": "http://evil.example"},
        {"Origin": f"http://{host}:1"},
    ):
        connection = http.client.HTTPConnection(host, int(port))
        connection.request("GET", "/_stcore/stream", headers=headers)
        assert connection.getresponse().status == 403, headers


@pytest.mark.parametrize("path", ["/static/%00.js", "/app/static/" + "a" * 300 + ".js", "/nothing/here"])
def test_every_answer_carries_the_headers(served, path):
    import urllib.error
    import urllib.request

    try:
        answer = urllib.request.urlopen(served + path)
    except urllib.error.HTTPError as error:
        answer = error
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_link_to_a_page_runs_the_gate_also_for_the_first_visitor():
    """Streamlit would serve the file of the page alone until the app has run once in the process."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import dashboard.server.app; from streamlit.runtime.pages_manager import PagesManager; "
            "print(PagesManager('dashboard/app.py').uses_pages_directory)",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    assert told.stdout.split()[-1] == "False"


def test_an_officer_sends_a_register_reloads_and_discards_it(visit, tmp_path):
    header = "partner,programm,learner_id,country_host,sex,registered_on,consent,favourite colour"
    rows = [
        f"demonstration_partner_03,coursera_for_refugees,U{n:04d},KEN,female,2023-02-01,Yes,blue" for n in range(40)
    ]
    file = tmp_path / "demonstration_register.csv"
    file.write_text("\n".join([header, *rows, rows[0].replace("2023-02-01", "31/31/2023")]) + "\n", encoding="utf-8")
    seen = visit(height=1600).open("/upload")
    page = seen.page
    page.set_input_files("input[type=file]", str(file))
    page.wait_for_function("location.search.includes('upload=')", timeout=20_000)
    seen.settle()
    page.reload()
    page.wait_for_selector("text=Ready to check", timeout=20_000)  # a reload loses nothing
    seen.settle()
    page.get_by_label("Source", exact=True).first.click()
    page.keyboard.type("Learners as")
    page.keyboard.press("Enter")
    page.get_by_text("I looked at these columns").click()
    seen.settle()
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_selector("text=Set aside", timeout=60_000)
    seen.settle()
    told = page.inner_text("[data-testid=stMain]")
    assert all(
        part in told for part in ("Rows in the file\n\n41", "Accepted\n\n40", "Set aside\n\n1", "favourite colour")
    )
    assert "U0001" not in told
    page.get_by_role("button", name="Discard").click()
    page.wait_for_selector("text=Choose a file to send; none is waiting", timeout=20_000)
    assert seen.outside == []


def test_a_steward_sees_a_page_as_the_coalition_does(visit):
    seen = visit(height=1200).open("/completion_funnel?partner_id=kiron")
    assert "2,421" in seen.page.inner_text("[data-testid=stMain]")
    seen.page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input").first.click()
    seen.page.get_by_role("option", name="coalition member").click()
    seen.page.get_by_role("button", name="Seen as coalition member").wait_for(timeout=30_000)
    seen.settle()
    seen.page.get_by_role("button", name="Seen as coalition member").click()
    seen.page.wait_for_selector("text=to a multiple of 5", timeout=30_000)
    told = seen.page.inner_text("[data-testid=stMain]")
    assert "2,420" in told and "2,421" not in told
