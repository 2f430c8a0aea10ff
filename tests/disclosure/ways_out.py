"""All ways by which figures leave the dashboard, walked for an audience; and what stands in the files, part by part.

In the short form audiences take pages, questions, frames, rules and briefs by turns, and the API's formats take turns.
"""

import contextlib
import datetime
import html
import io
import json
import os
import re
import urllib.parse
import zipfile
import zlib
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from unittest.mock import patch

import pikepdf
import pyarrow.parquet as pq
import pypdfium2
import pytest
from aiosmtpd.controller import Controller
from lxml import etree
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from dashboard.access import tokens
from dashboard.access.viewer import EVERYBODY, STEWARD, Viewer
from dashboard.access.visitor import Visitor
from dashboard.commands.cli import main
from dashboard.documents.mail import role_of
from dashboard.documents.model import PageRequest, make_document
from dashboard.documents.pack import NotPacked, make_pack
from dashboard.documents.writers import WRITERS, write
from dashboard.menu import EMBEDDABLE, pages
from dashboard.server import api, limits
from dashboard.settings import PROJECT, roster_file, store_folder
from dashboard.store.releases import open_release
from dashboard.warehouse.catalog import questions
from dashboard.warehouse.parameters import parameters
from dashboard.watch.rules import AUDIENCES
from tests.watch.conftest import Box, free_port

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
VIEWS = {"contributions": ("reach", "gaps"), "needs_and_offers": ("offer",)}
VIEWERS = {
    "public": EVERYBODY,
    "coalition": Viewer("coalition"),
    "partner": Viewer("partner", "alpha"),
    "steward": STEWARD,
}
# What audiences take by turns in the short form, the coalition with the public.
TURNS = {"public": 0, "coalition": 0, "steward": 1, "partner": 2}
BRIEFS = (("board", "pdf"), ("page:completion_funnel", "xlsx"), ("page:cohorts", "html"))
ROSTER = """
issuers = ["https://login.example.org"]
public = true
person = [
    {{ email = "steward@unesco.example.org", role = "steward" }},
    {{ email = "exec@unesco.example.org", role = "coalition" }},
    {{ email = "officer@partner.example.org", role = "partner", partner = "{partner}" }},
    {{ email = "press@example.org", role = "public" }},
]
"""


@dataclass
class Left:
    """What left the dashboard for an audience: files by name, and what was printed or logged meanwhile."""

    files: dict[str, bytes] = field(default_factory=dict)
    denied: int = 0

    def parts(self):
        """Every part of every file in words, with its name."""
        for name, body in self.files.items():
            yield from parts_of(name, body)


def somebody(viewer):
    return Visitor("a test", viewer, viewer, lambda: True)


def its_turn(viewer, choices, of=3):
    """Those of the choices that this viewer takes, one in so many; all of them in full."""
    return list(choices) if FULL else list(choices)[TURNS[viewer.audience] % of :: of]


def everything(viewer, store, folder, code="en", partner="alpha", formats=("json", "csv", "parquet")):
    """All that a viewer can be given of a store.

    Args:
        viewer: who is given it.
        store: a copy that may be written to.
        folder: for what is made on the way.
        code: the language of documents and packs.
        partner: in whose role the roster has somebody, and about whom questions are asked.
        formats: in which the API is asked.
    """
    left = Left()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COALITION_STORE", str(store))
        patched.setenv("COALITION_PUBLIC_URL", "https://coalition.example")
        patched.setenv("COALITION_ROSTER", str(folder / "roster.toml"))
        roster_file().write_text(ROSTER.format(partner=partner), encoding="utf-8")
        release = open_release(store)
        names = its_turn(viewer, [page.name for page in pages()])
        left.files |= documents(viewer, release, code, only=names)
        if not viewer.is_steward:
            left.files |= {f"pack/{name}": body for name, body in packed(viewer, release, code).items()}
        answered(left, viewer, partner, formats)
        if viewer == EVERYBODY:
            with pytest.MonkeyPatch.context() as without_login:  # which the gate lets no roster or address stand beside
                without_login.delenv("COALITION_PUBLIC_URL")
                without_login.setenv("COALITION_ROSTER", str(folder / "none.toml"))
                left.files |= embedded(its_turn(viewer, sorted(EMBEDDABLE)))
        if viewer in AUDIENCES.values():
            watched(left, viewer, folder)
        mailed(left, viewer, folder, code)
        left.files["audit.jsonl"] = (store_folder() / "audit" / "log.jsonl").read_bytes()
    return left


def asked_of(name):
    """The addresses of a page with every section open: one for each of its views."""
    return [{"open": "*"}, *({"open": "*", "view": view} for view in VIEWS.get(name, ()))]


def document(viewer, release, code="en", only=(), **choices):
    """One document of every page, or of some, with every section open."""
    names = only or [page.name for page in pages()]
    requests = [PageRequest(name, {**address, **choices}) for name in names for address in asked_of(name)]
    return make_document("everything", "All pages", requests, somebody(viewer), release, code)


def documents(viewer, release, code="en", **choices):
    """That document in each kind of file."""
    whole = document(viewer, release, code, **choices)
    return {f"{whole.file_name}.{kind}": write(whole, kind) for kind in WRITERS}


def packed(viewer, release, code):
    try:
        return make_pack(viewer, release, (code,))
    except NotPacked:  # the release has nothing of this partner
        return {}


def answered(left, viewer, partner, formats):
    """The answers of the API to every question in every format, and what describes them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits, "API_PER_MINUTE_PER_ADDRESS", 10**6)
        patched.setattr(limits, "API_PER_MINUTE_PER_TOKEN", 10**6)
        patched.setattr(api, "login_is_configured", lambda: False)
        headers = {}
        if viewer != EVERYBODY:
            now = datetime.datetime.now(datetime.UTC)
            token, _ = tokens.create(store_folder(), roster_file(), role_of(viewer), 1, "", now)
            headers = {"Authorization": f"Bearer {token}"}
        with TestClient(Starlette(routes=[Route("/api/{path:path}", api.Api())])) as client:

            def get(path, **params):
                answer = client.get(f"/api/v1/{path}", params=params, headers=headers)
                left.denied += answer.status_code != 200
                left.files[f"api/{path}"] = answer.content
                left.files[f"api/{path}.headers"] = str(answer.headers).encode()

            get("")
            get("openapi.json")
            # A steward is answered the most: whatever leaks into an answer is in one of the steward's.
            names = list(questions()) if viewer.is_steward else its_turn(viewer, questions())
            for at, name in enumerate(names):
                query = questions()[name]
                examples = {parameter.name: str(parameters()[parameter.name].example) for parameter in query.params}
                wanted = {**examples, "partner_id": partner, "programme_id": "coursera_for_refugees"}
                wanted_params = {key: value for key, value in wanted.items() if key in examples}
                for end in formats if FULL else [formats[at % len(formats)]]:
                    get(f"ask/{name}.{end}", **wanted_params)
                get(f"ask/{name}/metadata.json")


def embedded(names=EMBEDDABLE):
    """What goes to a browser for each of these pages in a frame, with its sections open."""
    begin = PagesManager.__init__

    def begin_as_served(self, *args, **named):
        begin(self, *args, **named)
        PagesManager.uses_pages_directory = False

    bodies = {}
    with patch.object(PagesManager, "__init__", begin_as_served):
        for page in sorted(names):
            test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
            if page != "overview":
                test.switch_page(f"pages/{page}/page.py")
            test.context = {"is_embedded": True}
            test.query_params["open"] = ",".join(sections_of(page))
            test.run()
            assert not test.exception, (page, test.exception)
            bodies[f"embed/{page}"] = "\n".join(drawn(test._tree)).encode()
    return bodies


def sections_of(page):
    folder = PROJECT / "dashboard" / "pages" / page
    return re.findall(r'section\(_\(".*?"\), "(\w+)"\)', (folder / "page.py").read_text(encoding="utf-8"))


def drawn(block):
    """All that was drawn in words, tables as rows."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from drawn(child)
        proto = getattr(child, "proto", None)
        if proto is not None:
            yield str(proto)
            if child.type == "arrow_data_frame":
                yield child.value.to_csv()


def watched(left, viewer, folder):
    """What `coalition watch` prints and reports of rules about every question that they may ask."""
    audience = next(name for name, known in AUDIENCES.items() if known == viewer)
    rules = []
    for name in its_turn(viewer, questions(), of=2):
        query = questions()[name]
        texts = [column.name for column in query.columns if column.type == "VARCHAR"]
        params = {
            parameter.name: parameters()[parameter.name].example
            for parameter in query.params
            if not parameter.is_optional and parameters()[parameter.name].example is not None
        }
        written = ", ".join(
            f"{key} = {value if not isinstance(value, str) else json.dumps(value)}" for key, value in params.items()
        )
        numbers = [column for column in query.columns if column.type in ("BIGINT", "DOUBLE")]
        for column in numbers if FULL else numbers[:1]:
            rules.append(
                f'[[rule]]\nname = "{name.replace("/", "-")}-{column.name}"\ntitle = "x"\nquestion = "{name}"\n'
                f'column = "{column.name}"\naudience = "{audience}"\nparams = {{ {written} }}\nat_least = -1e12\n'
                + (f'each = "{texts[0]}"\n' if texts else "")
            )
    out, err = io.StringIO(), io.StringIO()
    for at in range(0, len(rules), 50):
        file, report = folder / "rules.toml", folder / f"report-{at}.jsonl"
        file.write_text("\n".join(rules[at : at + 50]), encoding="utf-8")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(["watch", str(file), "--again", "--report", str(report)])
        if report.exists():
            left.files[report.name] = report.read_bytes()
    left.files["watch.out"], left.files["watch.err"] = out.getvalue().encode(), err.getvalue().encode()


def mailed(left, viewer, folder, code):
    """A brief and findings by mail, as they come to a server."""
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    out = io.StringIO()
    try:
        with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            patched.setenv("COALITION_SMTP_HOST", "127.0.0.1")
            patched.setenv("COALITION_SMTP_PORT", str(server.port))
            patched.setenv("COALITION_SMTP_SECURITY", "none")
            patched.setenv("COALITION_SMTP_FROM", "dashboard@example.org")
            role = role_of(viewer)
            for brief, kind in its_turn(viewer, BRIEFS):
                words = ["brief", brief, "--as", kind, "--lang", code, "--as-audience", role, "--mail-to", role]
                assert main(words) == 0, out.getvalue()
            if viewer in AUDIENCES.values() and (folder / "rules.toml").exists():
                main(["watch", str(folder / "rules.toml"), "--again", "--mail-to", role])
    finally:
        server.stop()
    assert len(box.mails) >= len(its_turn(viewer, BRIEFS))
    left.files["mail.out"] = out.getvalue().encode()
    left.files |= {f"mail-{at}.eml": mail.as_bytes() for at, (_, mail, _, _) in enumerate(box.mails)}


# What stands in a file


def parts_of(name, body):
    """Each part of a file in words: what is packed is unpacked, what is coded is decoded, whatever holds it."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed_file:
            yield f"{name}!comment", packed_file.comment.decode("latin-1")
            for entry in packed_file.infolist():
                yield (
                    f"{name}!{entry.filename}",
                    entry.filename + entry.comment.decode("latin-1") + entry.extra.decode("latin-1"),
                )
                yield from parts_of(f"{name}!{entry.filename}", packed_file.read(entry))
    elif body.startswith(b"%PDF"):
        yield from parts_of_pdf(name, body)
    elif body.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(body))
        yield name, str(table.to_pylist())
        yield f"{name}!schema", str(table.schema.metadata) + str(table.schema)
    elif body.startswith(b"\x89PNG"):
        yield name, " ".join(texts_of_png(body))
    elif name.endswith(".eml"):
        yield from parts_of_mail(name, message_from_bytes(body, policy=policy.default))
    else:
        text = body.decode("utf-8-sig", "replace")
        yield name, text
        if "<" in text or "%" in text or "\\u" in text:
            yield f"{name}!plain", urllib.parse.unquote(html.unescape(re.sub(r"<[^>]*>", "", text)))
            yield f"{name}!attributes", urllib.parse.unquote(html.unescape(text))


def parts_of_pdf(name, body):
    with pikepdf.open(io.BytesIO(body)) as file:
        yield f"{name}!information", str({str(key): str(value) for key, value in file.docinfo.items()})
        for attached, spec in file.attachments.items():
            yield from parts_of(f"{name}!{attached}", spec.get_file().read_bytes())
        for number, pdf_object in enumerate(file.objects):
            written = pdf_object.unparse(resolved=False).decode("latin-1")
            yield f"{name}!{number}", " ".join([written, *strings_of(pdf_object)])
            if isinstance(pdf_object, pikepdf.Stream):
                with contextlib.suppress(pikepdf.PdfError):  # of an image
                    yield f"{name}!{number}!stream", pdf_object.read_bytes().decode("latin-1")
    pages_of = pypdfium2.PdfDocument(body)
    text = " ".join(page.get_textpage().get_text_range() for page in pages_of)
    yield f"{name}!text", text
    yield f"{name}!text without blanks", re.sub(r"\s+", "", text)


def strings_of(pdf_object):
    """The strings within an object, in whichever coding."""
    if isinstance(pdf_object, pikepdf.String):
        yield str(pdf_object)
    elif isinstance(pdf_object, pikepdf.Array):
        for child in pdf_object:
            if not getattr(child, "is_indirect", False):
                yield from strings_of(child)
    elif isinstance(pdf_object, pikepdf.Dictionary | pikepdf.Stream):
        for _key, child in pdf_object.items():
            if not getattr(child, "is_indirect", False):
                yield from strings_of(child)


def texts_of_png(body):
    at = 8
    while at < len(body):
        size, kind = int.from_bytes(body[at : at + 4]), body[at + 4 : at + 8]
        chunk = body[at + 8 : at + 8 + size]
        if kind in (b"tEXt", b"iTXt", b"eXIf"):
            yield chunk.decode("latin-1")
        if kind == b"zTXt":
            yield zlib.decompress(chunk.partition(b"\0")[2][1:]).decode("latin-1")
        at += size + 12


def parts_of_mail(name, mail: EmailMessage):
    yield f"{name}!headers", "\n".join(f"{key}: {value}" for key, value in mail.items())
    for number, message in enumerate(mail.walk()):
        if message.is_multipart():
            continue
        yield f"{name}!{number}!headers", "\n".join(f"{key}: {value}" for key, value in message.items())
        body = message.get_payload(decode=True)
        yield from parts_of(f"{name}!{number}!{message.get_filename() or 'text'}", body)


def numbers_of_office(body):
    """Every number that a workbook or slides hold as a number: in cells, caches and literals, with the part's name."""
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        for name in file.namelist():
            if name.endswith(".xlsx"):
                for inner, number in numbers_of_office(file.read(name)):
                    yield f"{name}!{inner}", number
            elif re.fullmatch(r"xl/worksheets/[^/]*\.xml", name):
                for cell in etree.fromstring(file.read(name)).iter("{*}c"):
                    value = cell.find("{*}v")
                    if value is not None and cell.get("t", "n") == "n":
                        yield f"{name}!{cell.get('r')}", float(value.text)
            elif re.match(r"(xl|ppt)/charts/chart[^/]*\.xml", name):
                tree = etree.fromstring(file.read(name))
                for kind in ("numCache", "numLit"):
                    for held in tree.iter(f"{{*}}{kind}"):
                        for value in held.iter("{*}v"):
                            yield f"{name}!{kind}", float(value.text)
