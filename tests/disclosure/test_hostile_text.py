"""Text of files that would like to be markup or a formula: shown as it is, run by nobody, disarmed in every table."""

import csv
import datetime
import io
import os
import socket
import subprocess
import sys

import pytest
from openpyxl import load_workbook

from dashboard.intake.front_door import import_file
from dashboard.intake.report import Quarantined, harmless, write_quarantine
from dashboard.locales.plain import in_chart, in_markdown
from dashboard.store.releases import publish_release
from tests.browsing import NOTE_QUESTIONS, launched, settle, wait_for
from tests.conftest import FIXTURES
from tests.disclosure import hostile

DAY = datetime.date(2024, 6, 30)
STARTS = tuple("=+-@\t\r\0\uff1d\uff0b\uff0d\uff20")
FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
PAGES = (
    "/",
    "/programmes?programme_id=dlsei&open=hours,outcomes,domains",
    "/credit_recognition?programme_id=dlsei&open=reasons,agreements,universities",
    "/reach_map?by=refugees&country_iso3=KEN",
    "/learning_hubs?hub_id=h0",
    "/contributions?rows=member&place=KEN&open=matrix,whole,names",
    "/contributions?view=reach&open=timeline,members,overlaps",
    *(
        (
            "/completion_funnel?open=compared,area,groups",
            "/cohorts?like=true&open=compare,left,retention,quiet",
            "/my_programme?open=compared,progress,quiet,intakes,months,hubs",
            "/reach_map?flows=true",
            "/methods",
            "/school_closures",
            "/data_health",
        )
        if FULL
        else ()
    ),
)
LISTEN = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', e =>
  window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""
# What data could have become; the project's own page has links to the parts of its menu only.
FOUND = """() => ({
  hit: window.__hit ?? null,
  violations: window.__violations,
  elements: [...document.querySelectorAll(
    '[data-testid=stMain] script:not([src^="/app/static/"]), iframe, object, embed, base, form[action], ' +
    'video, math, [onerror], [onload]')]
    .map(e => e.outerHTML.slice(0, 120)),
  links: [...document.querySelectorAll('a')].map(a => a.getAttribute('href') || a.getAttribute('xlink:href') || ''),
  pictures: [...document.querySelectorAll('[data-testid=stMain] img')].map(e => e.src)
    .filter(src => /elsewhere|svg\\+xml;base64,PHN2Zz4/.test(src)),
  formulas: document.querySelectorAll('[data-testid=stMain] .katex').length,
  icons: [...document.querySelectorAll(
    '[data-testid=stMarkdownContainer] [role=img], [data-testid=stMarkdownColoredText]'
  )].map(e => e.outerHTML.slice(0, 120)),
})"""


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory):
    """A store whose every text is one of the hostile ones."""
    folder = tmp_path_factory.mktemp("hostile")
    published = 0
    for source, file in hostile.files(folder, hostile.MARKUP):
        published += import_file(folder / "store", source, file, DAY).report.published
    assert published > 250
    import_file(folder / "store", "unhcr_population", FIXTURES / "unhcr_population.csv", DAY)
    publish_release(folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def hostile_address(hostile_store, chromium):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "dashboard.commands.cli", "run"],
        env={**os.environ, "COALITION_STORE": str(hostile_store), "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    wait_for(server, address)
    yield address
    server.terminate()
    server.wait(timeout=20)


@pytest.fixture(scope="module")
def page(chromium, hostile_address):
    with launched(chromium) as browser:
        tab = browser.new_page(viewport={"width": 1280, "height": 2600})
        tab.add_init_script(NOTE_QUESTIONS)
        tab.add_init_script(LISTEN)
        yield tab


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_nothing_in_a_file_becomes_a_part_of_the_page(page, hostile_address, path):
    dialogs, outside, complaints = [], [], []
    page.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
    page.on("request", lambda r: outside.append(r.url) if "elsewhere" in r.url else None)
    page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto(hostile_address + path)
    page.wait_for_selector("h1", timeout=60_000)
    settle(page)
    told = page.evaluate(FOUND)
    assert told["hit"] is None and dialogs == [] and outside == []
    assert told["violations"] == [] and complaints == []
    assert told["elements"] == [] and told["pictures"] == [] and told["formulas"] == 0 and told["icons"] == []
    assert [link for link in told["links"] if "elsewhere" in link or "javascript" in link] == []
    if (
        path != "/"
        and "funnel" not in path
        and "methods" not in path
        and "cohorts" not in path
        and "closures" not in path
    ):
        assert hostile.MARK in page.content(), "the page shows the text it was given"


@pytest.mark.parametrize("text", hostile.MARKUP)
def test_words_of_a_file_are_plain_in_a_sentence_and_in_a_chart(text):
    said = in_markdown(text)
    for at, sign in enumerate(said):
        if sign in "<>[]`*_$|#~!":
            assert said[at - 1] == "\\", said
    assert "://" not in said.replace("\\", "") and "www." not in said.replace("\\", "")
    assert ":material/" not in said.replace("\\", "") and "somebody@e" not in said.replace("\\", "")
    drawn = in_chart(text)
    assert "<" not in drawn and ">" not in drawn and "%{" not in drawn


def test_every_sentence_with_words_of_a_file_makes_them_plain():
    """Formatted sentences may hold numbers and fixed words; columns of text go through `in_markdown`."""
    import ast

    from dashboard.settings import PROJECT

    texts = {"hub", "partner", "university", "phase", "domain", "country", "territory", "origin", "programme", "area"}
    shown = {"write", "caption", "info", "warning", "markdown", "header", "subheader", "success", "error"}
    wrong = []
    for file in [
        file for folder in ("components", "pages") for file in sorted((PROJECT / "dashboard" / folder).rglob("*.py"))
    ]:
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in shown:
                escaped = [
                    c for c in ast.walk(call) if isinstance(c, ast.Call) and getattr(c.func, "id", "") == "in_markdown"
                ]
                plain = {id(n) for c in escaped for n in ast.walk(c)}
                for node in ast.walk(call):
                    name = node.attr if isinstance(node, ast.Attribute) else None
                    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                        name = node.slice.value
                    if name in texts and id(node) not in plain and node is not call.func:
                        wrong.append(f"{file.name}:{node.lineno} {name}")
    assert wrong == []


@pytest.mark.parametrize("text", hostile.FORMULAS)
def test_no_table_that_leaves_the_house_begins_a_cell_with_a_formula(text, tmp_path):
    assert not harmless(text).startswith(STARTS) and not harmless(text).lstrip().startswith(STARTS)
    assert harmless(text).endswith(text)
    file = tmp_path / "quarantine.csv"
    write_quarantine([Quarantined(2, text, text, "a reason")], file)
    with file.open(newline="", encoding="utf-8") as said:
        assert formulas(said) == []


def test_no_download_and_no_answer_of_the_shell_holds_a_formula(tmp_path, capsys, monkeypatch):
    from dashboard.access.viewer import STEWARD
    from dashboard.access.visitor import Visitor
    from dashboard.commands.cli import main
    from dashboard.components.downloads import Reading, _csv, _xlsx
    from dashboard.scope import Scope
    from dashboard.session import begin

    store = tmp_path / "store"
    monkeypatch.setenv("COALITION_STORE", str(store))
    for source, file in hostile.files(tmp_path, [text for text in hostile.FORMULAS if "\0" not in text]):
        import_file(store, source, file, DAY)
    publish_release(store)
    for path in store.rglob("quarantine.csv"):
        with path.open(newline="", encoding="utf-8") as said:
            assert formulas(said) == []
    release, _notice = begin()
    came = Visitor("operator", STEWARD, STEWARD, lambda: True)
    rows = 0
    for asked, scope in (
        ("learning_hubs/register", Scope()), ("credit_recognition/universities", Scope()),
        ("programmes/phases", Scope(programme_id="dlsei")), ("programmes/domains", Scope(programme_id="dlsei")),
        ("overview/programmes", Scope()),
    ):  # fmt: skip
        text = _csv(came, release, asked, scope).decode("utf-8-sig")
        assert formulas(io.StringIO(text)) == [], asked
        notes = [(name, name) for name in hostile.FORMULAS]
        book = load_workbook(io.BytesIO(_xlsx(came, release, asked, scope, Reading(notes, None, True, False, "en"))))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == [], asked
        assert [cell.value for cell in cells if isinstance(cell.value, str) and cell.value.startswith(STARTS)] == []
        capsys.readouterr()
        given = [f"--param={name}={value}" for name, value in (("programme_id", scope.programme_id),) if value]
        main(["ask", asked, "--format", "csv", *given])
        printed = capsys.readouterr().out
        assert formulas(io.StringIO(printed)) == [], asked
        rows += text.count("\n")
    assert rows > 60


def formulas(lines):
    """Cells that a spreadsheet would take for a formula; a negative number is a number."""
    return [
        cell
        for row in csv.reader(lines)
        for cell in row
        if cell.lstrip(" ").startswith(STARTS) and not cell.removeprefix("-").replace(".", "", 1).isdigit()
    ]
