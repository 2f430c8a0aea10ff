"""What a reader's browser loads: as small as it gets, named before it is asked for, and with every icon."""

import asyncio
import base64
import fcntl
import gzip
import hashlib
import re
import threading

import brotli
import pytest

from dashboard.commands import icons
from dashboard.menu import pages
from dashboard.server import ahead, packed, unused
from dashboard.server.ahead import Ahead, elements_of, scripts_of, scripts_of_pages
from dashboard.server.headers import content_security_policy
from dashboard.settings import PROJECT

PAGE = b"<html><head><title>Streamlit</title></head><body></body></html>"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "PACKED", tmp_path / "kept")
    monkeypatch.setattr(packed, "_best", {})
    file = tmp_path / "script.js"
    file.write_bytes((ahead.SCRIPTS / scripts_of("Html")[-1]).read_bytes())
    return file


def test_a_file_is_sent_as_small_as_it_gets_once_it_is_packed_so(folder):
    first, tag = packed.packed(folder, "br")
    packed.pack_best([folder])
    best, same_tag = packed.packed(folder, "br")
    assert len(best) < len(first) and same_tag == tag
    assert brotli.decompress(best) == folder.read_bytes()
    assert gzip.decompress(packed.packed(folder, "gzip")[0]) == folder.read_bytes()


def test_the_next_start_takes_what_was_kept_and_mistrusts_what_is_damaged(folder, monkeypatch):
    packed.pack_best([folder])
    (kept,) = packed.PACKED.glob("*.br")
    good = kept.read_bytes()
    with monkeypatch.context() as next_start:
        next_start.setattr(packed, "_best", {})
        next_start.setattr(packed.brotli, "compress", lambda *_args, **_more: pytest.fail("packed again"))
        packed.pack_first([folder])
        packed.pack_best([folder])
        assert packed.packed(folder, "br")[0] == good
    for damaged in (b"", good[:-3], brotli.compress(b"alert(1)")):
        kept.write_bytes(damaged)
        assert packed._kept_if_whole(kept, folder.read_bytes()) == b""


def test_of_two_processes_that_start_at_once_one_packs(folder, monkeypatch):
    packed_here = []
    monkeypatch.setattr(packed, "_keep", lambda kept, body: packed_here.append(kept) or body)
    packed.PACKED.mkdir()
    with (packed.PACKED / "lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        packed.pack_first([folder])
        (thread,) = (thread for thread in threading.enumerate() if thread.name == "packing")
        thread.join(0.3)
        assert thread.is_alive() and packed_here == []
        packed._kept(folder.read_bytes()).write_bytes(brotli.compress(folder.read_bytes()))
    thread.join(10)
    assert packed_here == [] and packed.packed(folder, "br")[0] == packed._kept(folder.read_bytes()).read_bytes()


def test_a_folder_that_cannot_be_written_stops_nothing(folder, monkeypatch):
    monkeypatch.setattr(packed, "PACKED", folder / "below a file")
    packed.pack_best([folder])
    assert brotli.decompress(packed.packed(folder, "br")[0]) == folder.read_bytes()


def test_the_icons_are_all_that_streamlit_and_the_pages_name():
    from fontTools.ttLib import TTFont

    assert packed.ICONS.is_file(), "Streamlit's font has changed: run `make icons`"
    ours = icons.ligatures(TTFont(packed.ICONS))
    theirs = icons.ligatures(TTFont(packed.ICONS_OF_STREAMLIT))
    missing = (icons.shown() & theirs.keys()) - ours.keys()
    assert not missing, f"not in the font: {sorted(missing)}; run `make icons`"
    assert {"search", "keyboard_arrow_down", "info", "visibility"} <= ours.keys()


def test_the_icons_are_drawn_as_in_the_font_of_streamlit():
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.ttLib import TTFont

    def outlines(file):
        font = TTFont(file)
        glyphs, found = font.getGlyphSet(), {}
        for name, glyph in icons.ligatures(font).items():
            pen = DecomposingRecordingPen(glyphs)
            glyphs[glyph].draw(pen)
            found[name] = (pen.value, font["hmtx"][glyph])
        return found

    ours, theirs = outlines(packed.ICONS), outlines(packed.ICONS_OF_STREAMLIT)
    assert all(theirs[name] == drawn for name, drawn in ours.items())


def answer(app, path, **headers):
    sent = []

    async def send(message):
        sent.append(message)

    asked = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app({"type": "http", "method": "GET", "path": path, "headers": asked}, None, send))
    return dict(sent[0]["headers"]), b"".join(part.get("body", b"") for part in sent[1:])


def test_the_font_of_icons_is_ours_for_a_day_and_the_rest_is_kept_for_a_year():
    font = f"/static/media/{packed.ICONS_OF_STREAMLIT.name}"
    headers, body = answer(packed.Packed(None), font, accept_encoding="br")
    assert body == packed.ICONS.read_bytes() and b"content-encoding" not in headers
    assert headers[b"cache-control"] == b"public, max-age=86400" and headers[b"content-type"] == b"font/woff2"
    script = f"/static/js/{scripts_of('Html')[-1]}"
    assert b"immutable" in answer(packed.Packed(None), script, accept_encoding="br")[0][b"cache-control"]


async def streamlit(scope, _receive, send):
    """Sends its page in two pieces, as a file it would have compressed and answered by its tag."""
    assert not {name for name, _value in scope["headers"]} & ahead.OF_THE_FILE_ALONE
    kind = b"text/html; charset=utf-8" if scope["path"] != "/data" else b"application/json"
    headers = [(b"content-type", kind), (b"content-length", str(len(PAGE)).encode()), (b"etag", b'"old"')]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": PAGE[:20], "more_body": True})
    await send({"type": "http.response.body", "body": PAGE[20:]})


@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_a_page_names_the_scripts_of_its_elements(encoding):
    headers, sent = answer(
        Ahead(streamlit),
        "/board",
        accept="text/html",
        accept_encoding=encoding,
        if_none_match='"old"',
        range="bytes=3-",
    )
    page = gzip.decompress(sent) if encoding else sent
    assert headers[b"content-length"] == str(len(sent)).encode() and b"etag" not in headers
    assert (headers.get(b"content-encoding") == b"gzip") == bool(encoding)
    named = re.findall(rb'<link rel="modulepreload"[^>]* href="\./static/js/([^"]+)">', page)
    assert named and all((ahead.SCRIPTS / name.decode()).is_file() for name in named)
    assert page.replace(page[page.index(b"<script>") : page.index(b"</head>")], b"") == PAGE


def test_the_browser_connects_without_asking_unless_streamlit_would_not_know_who_is_logged_in(monkeypatch):
    def connects(cookie=""):
        return (
            ahead.CONNECTS_AT_ONCE.encode() in answer(Ahead(streamlit), "/board", accept="text/html", cookie=cookie)[1]
        )

    allowed = content_security_policy("127.0.0.1").split("script-src")[1].split(";")[0]
    assert base64.b64encode(hashlib.sha256(ahead.CONNECTS_AT_ONCE.encode()).digest()).decode() in allowed
    assert base64.b64encode(hashlib.sha256(ahead.states_width().encode()).digest()).decode() in allowed
    assert connects() and "secure" not in ahead.states_width()
    monkeypatch.setattr(ahead, "public_url", lambda: "https://dashboard.example.org")
    assert ahead.states_width().endswith('; secure"')
    monkeypatch.setattr(ahead, "login_is_configured", lambda: True)
    assert not connects("lang=fr") and connects("lang=fr; _streamlit_xsrf=2|abc")


def test_a_page_with_a_map_names_its_outlines():
    assert "world_110m.json" in ahead.links(elements_of("/reach_map"))
    assert (packed.MAPS / ahead.WORLD.removeprefix("./app/static/")).is_file()
    assert "world_110m" not in ahead.links(elements_of("/completion_funnel"))


def test_what_no_page_shows_is_left_out_of_the_scripts_that_were_tried():
    for file in packed.SHORTENED:
        whole, sent = file.read_bytes(), packed.content(file)
        assert len(sent) < len(whole) / 3, f"{file.name} is another than the one that was tried"
        assert unused.without_unused(whole + b" ") == whole + b" "
    library = next(packed.content(file).decode() for file in packed.SHORTENED if file.name.startswith("PlotlyChart"))
    assert all(f'"lib/{kind}.js"' in library for kind in unused.KINDS)
    assert '"lib/pie.js"' not in library and "build/maplibre_worker.js" not in library
    assert unused.COLOURS_AGAIN not in library and library.count(unused.COLOURS_ONCE) == 1, "charts are drawn twice"
    exported = next(file.read_text().rpartition("export{")[2] for file in packed.SHORTENED if "Json" in file.name)
    assert exported.strip().endswith(" as t};") and "," not in exported, "it exports more than one name"


def test_every_kind_of_chart_that_a_page_draws_is_in_the_library():
    named = re.compile(r'"type": "(\w+)"')
    axes = {"category", "date", "data"}
    drawn = {
        kind
        for folder in ("charts", "pages", "components")
        for file in (PROJECT / "dashboard" / folder).rglob("*.py")
        for kind in named.findall(file.read_text(encoding="utf-8"))
    }
    assert {"bar", "choropleth"} <= drawn
    assert drawn - axes == {*unused.KINDS, unused.CORE}, "name the kinds of charts in dashboard/server/unused.py"
    assert not any(
        re.search(r"\bJsonColumn\b|\bst\.json\(", text)
        for text in (file.read_text(encoding="utf-8") for file in (PROJECT / "dashboard").rglob("*.py"))
    ), "the viewer of JSON is left out"


def test_the_library_of_charts_waits_for_what_shows_the_sentence():
    by_script = {script: how for how, script in re.findall(r'rel="(\w+)".*/js/(\w+)\.', ahead.links(elements_of("/")))}
    assert by_script["PlotlyChart"] == "prefetch" and by_script["Selectbox"] == by_script["Html"] == "modulepreload"
    assert "PlotlyChart" not in ahead.links(elements_of("/board"))


def test_what_is_no_page_is_passed_on_as_it_is():
    headers, sent = answer(Ahead(streamlit), "/data", accept="text/html")
    assert sent == PAGE and headers[b"etag"] == b'"old"'


def test_every_kind_of_element_has_its_scripts_and_a_page_without_a_chart_asks_for_none():
    for element in {element for page in pages() for element in elements_of(page.name)} - {ahead.MAP}:
        assert any(name.startswith(f"{element}.") for name in scripts_of(element)), element
    assert ahead.CHART in elements_of("/") and ahead.CHART in elements_of("/reach_map")
    assert ahead.CHART not in elements_of("/board") + elements_of("/needs_and_offers")
    assert len(scripts_of_pages()) == len(set(scripts_of_pages()))
    assert hashlib.sha256(packed.ICONS_OF_STREAMLIT.read_bytes()).hexdigest()[:12] in packed.ICONS.name


@pytest.mark.parametrize(
    ("accepted", "brotli_too", "gzip_too"),
    [
        ("gzip, deflate, br", True, True),
        ("br;q=1.0, GZIP;q=0.8", True, True),
        ("gzip;q=0, br", True, False),
        ("gzip;q=0.000, br ; q=0", False, False),
        ("identity", False, False),
        ("x-gzip", False, False),
        ("", False, False),
    ],
)
def test_an_encoding_that_a_browser_refuses_is_not_sent(accepted, brotli_too, gzip_too):
    assert packed.is_accepted("br", accepted) == brotli_too
    assert packed.is_accepted("gzip", accepted) == gzip_too
