"""Publishers played by a server on this machine, each as its documentation has it, well and badly. No test itself."""

import copy
import hashlib
import io
import json
import ssl
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dashboard.warehouse.catalog import Way

TOKEN = "token-that-nobody-may-read"
# The variable part of what each kind needs in the environment, as an operator sets it.
ENVIRONMENT = {"COALITION_TEST_TOKEN": TOKEN, "COALITION_TEST_CLIENT": "client-id-of-ours"}
BOUNDS = {"rows": 0.4, "countries": 0.6, "total": 0.6, "set_aside": 0.05, "fewest_rows": 1}


@dataclass
class Asked:
    """A request: its path, its query, its headers in lower case, its body."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """An answer; `cut` bytes of it do not come, and `pause` is waited before each piece of it."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    pause: float = 0


def as_json(value: object) -> Reply:
    return Reply(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def as_table(text: str) -> Reply:
    return Reply(text.encode(), headers={"Content-Type": "text/csv"})


class Publisher:
    """A server; `answer` gives its answers, and `fault` spoils those of requests whose path it is asked about."""

    def __init__(self, answer: Callable[[Asked], Reply], certificate: str = "") -> None:
        self.answer = answer
        self.fault: Callable[[Asked, Reply], Reply] = lambda request, reply: reply
        self.requests: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                url = urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(url.query).items()}
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Asked(self.command, url.path, query, headers, self.rfile.read(length))
                outer.requests.append(request)
                reply = outer.fault(request, outer.answer(request))
                try:
                    self.send_response(reply.status)
                    for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    body = reply.body[: len(reply.body) - reply.cut]
                    pieces = [body[at : at + 8] for at in range(0, len(body), 8)] if reply.pause else [body]
                    for piece in pieces:
                        time.sleep(reply.pause)
                        self.wfile.write(piece)
                        self.wfile.flush()
                except OSError:  # the other side had enough
                    pass
                if reply.cut:
                    self.close_connection = True

            do_GET = do_POST = handle_one  # noqa: N815, as the library calls them

            def log_message(self, *_words: object) -> None:
                """Silent."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Silent: a client that refuses the certificate breaks off."""

        self.server = Server(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https" if certificate else "http"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_port

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextmanager
def publishing(answer: Callable[[Asked], Reply], certificate: str = ""):
    publisher = Publisher(answer, certificate)
    try:
        yield publisher
    finally:
        publisher.server.shutdown()
        publisher.server.server_close()


# Each kind: what it has, the way of a card to it, and where of its requests the rows are.


@dataclass
class Kind:
    """A kind of publisher: `rows` are what it has; `spoil` takes a row from, or repeats, one of its pages."""

    name: str
    source: str
    rows: list[Any]
    answer: Callable[["Kind", Asked, str], Reply]
    way: Callable[[str], Way]
    # Whether a request is for rows, and the path of the first request.
    of_rows: Callable[[Asked], bool]
    more: list[Any]
    header: Callable[[bytes], bytes]
    is_paged: bool = True
    length: int = 2


def _way(kind: str, settings: dict[str, str], variables: tuple[str, ...] = ()) -> Way:
    return Way(kind, ("127.0.0.1",), variables, settings, BOUNDS)


CLOSURES = ["16/03/2020,KEN,Kenya,National", "17/03/2020,ITA,Italy,National", "18/03/2020,FRA,France,Localized"]
CLOSURES += ["19/03/2020,KEN,Kenya,Open"]


def closures(rows: list[str]) -> str:
    return "\n".join(["Date,ISO,Country,Scale", *rows]) + "\n"


def _file(kind: Kind, request: Asked, base: str) -> Reply:
    reply = as_table(closures(kind.rows))
    tag = f'"{hashlib.sha256(reply.body).hexdigest()[:8]}"'
    reply.headers["ETag"] = tag
    if request.headers.get("if-none-match") == tag:
        return Reply(status=304, headers={"ETag": tag})
    return reply


def _ckan(kind: Kind, request: Asked, base: str) -> Reply:
    if request.path.endswith("/package_show"):
        resources = [
            {
                "name": "Duration",
                "format": "XLSX",
                "url": f"{base}/duration.xlsx",
                "last_modified": "2026-01-01T00:00:00",
            },
            {
                "name": "School Closures",
                "format": "CSV",
                "url": f"{base}/old.csv",
                "last_modified": "2020-06-01T00:00:00",
            },
            {
                "name": "School Closures",
                "format": "CSV",
                "url": f"{base}/new.csv",
                "last_modified": "2021-06-01T00:00:00",
            },
        ]
        return as_json({"success": True, "result": {"name": request.query["id"], "resources": resources}})
    if request.path == "/new.csv":
        return _file(kind, request, base)
    return as_table(closures(CLOSURES[:1]))


REFUGEES = [
    {"year": 2022, "coo_name": "Somalia", "coo_iso": "SOM", "coa_name": "Kenya", "coa_iso": "KEN", "refugees": 90},
    {"year": 2023, "coo_name": "Somalia", "coo_iso": "SOM", "coa_name": "Kenya", "coa_iso": "KEN", "refugees": "100"},
    {"year": 2023, "coo_name": "Sudan", "coo_iso": "SDN", "coa_name": "Chad", "coa_iso": "TCD", "refugees": 70},
    {"year": 2023, "coo_name": "Unknown", "coo_iso": "UNK", "coa_name": "Italy", "coa_iso": "ITA", "refugees": 5},
]
REFUGEES = [{"coo": "X", "coa": "Y", "asylum_seekers": "-", "oip": "-", **row} for row in REFUGEES]


def _unhcr(kind: Kind, request: Asked, base: str) -> Reply:
    assert request.query["coo_all"] == request.query["coa_all"] == "true" and request.query["cf_type"] == "ISO"
    length, page = int(request.query["limit"]), int(request.query["page"])
    pages = -(-len(kind.rows) // length)
    items = kind.rows[(page - 1) * length : page * length]
    return as_json({"page": page, "short-url": "", "maxPages": pages, "total": [], "items": items})


# Country, year, then pre-primary, primary, secondary, tertiary: both, female, male of each.
ENROLMENT = [
    ("KEN", 2019, (10, 5, 5), (20, 10, 10), (20, 8, 12), None),
    ("KEN", 2021, (12, 6, 6), (24, 12, 12), None, (4, 2, 2)),
    ("ITA", 2020, (1, 1, 0), (2, 1, 1), (3, 1, 2), (4, 2, 2)),
    ("SDG: World", 2020, (100, 50, 50), (100, 50, 50), (100, 50, 50), (100, 50, 50)),
]
LEVELS = ("pre-primary education", "primary education", "secondary education", "tertiary education, all programmes")
SEXES = ("both sexes", "female", "male")


def _uis(kind: Kind, request: Asked, base: str) -> Reply:
    codes = {f"E{level}.{sex}": (level, sex) for level in range(4) for sex in range(3)}
    records = {
        code: [
            {"indicatorId": code, "geoUnit": row[0], "year": row[1], "value": row[2 + level][sex], "magnitude": None}
            for row in kind.rows
            if row[2 + level]
        ]
        for code, (level, sex) in codes.items()
    }
    if request.path.endswith("/definitions/indicators"):
        return as_json(
            [
                {
                    "indicatorCode": code,
                    "name": f"Enrolment in {LEVELS[level]}, {SEXES[sex]} (number)",
                    "dataAvailability": {"totalRecordCount": len(records[code])},
                }
                for code, (level, sex) in codes.items()
            ]
        )
    return as_json({"hints": [], "records": records[request.query["indicator"]], "indicatorMetadata": []})


def zipped(tables: dict[str, str]) -> bytes:
    """An archive of tables that has the same bytes each time."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 9, 1, 0, 0, 0)), text)
    return body.getvalue()


def _uis_bulk(kind: Kind, request: Asked, base: str) -> Reply:
    codes = {f"E{level}.{sex}": (level, sex) for level in range(4) for sex in range(3)}
    labels = [f'{code},"Enrolment in {LEVELS[level]}, {SEXES[sex]} (number)"' for code, (level, sex) in codes.items()]
    figures = [
        f"{code},{row[0]},{row[1]},{row[2 + level][sex]},,"
        for code, (level, sex) in codes.items()
        for row in kind.rows
        if row[2 + level]
    ]
    body = zipped(
        {
            "README.md": "# OPRI",
            "OPRI_LABEL.csv": "\n".join(["INDICATOR_ID,INDICATOR_LABEL_EN", "X.1,Something else", *labels]),
            "OPRI_DATA_NATIONAL.csv": "\n".join(
                ["INDICATOR_ID,COUNTRY_ID,YEAR,VALUE,MAGNITUDE,QUALIFIER", "X.1,KEN,2021,7.5,,", *figures]
            ),
        }
    )
    return Reply(body, headers={"Content-Type": "application/zip"})


def _without_values(body: bytes) -> bytes:
    """The archive, with another heading over its figures."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        tables = {name: archive.read(name).decode().replace(",VALUE,", ",FIGURE,") for name in archive.namelist()}
    return zipped(tables)


def enrolment(learner: int, course: str, progress: int, **more: Any) -> dict[str, Any]:
    """One report of Coursera's, with times in milliseconds as it gives them."""
    return {
        "id": f"{learner}~{course}",
        "externalId": f"P{learner}",
        "email": f"p{learner}@example.org",
        "fullName": "Nobody May Read This",
        "contentId": course,
        "contentType": "Course",
        "contentName": f"Course {course}",
        "partnerNames": ["U"],
        "membershipState": "MEMBER",
        "overallProgress": progress,
        "isCompleted": progress == 100,
        "enrolledAt": 1547107200000,  # 2019-01-10T08:00:00Z
        "lastActivityAt": 1549785600000,  # 2019-02-10T08:00:00Z
        "completedAt": 1549785600000 if progress == 100 else None,
        "approxTotalCourseHrs": 2.5,
        **more,
    }


LEARNING = [enrolment(1, "c1", 100), enrolment(2, "c1", 40), enrolment(3, "c2", 20), enrolment(4, "c2", 0)]


def _coursera(kind: Kind, request: Asked, base: str) -> Reply:
    if request.path == "/token":
        assert request.body == b"grant_type=client_credentials" and request.headers["authorization"].startswith(
            "Basic "
        )
        return as_json({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 1799})
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return Reply(b"{}", 401)
    start, limit = int(request.query["start"]), int(request.query["limit"])
    if request.path.endswith("/programs"):
        name, slug = "Coursera for Refugees Alpha", "coursera-for-refugees-alpha"
        rows: list[Any] = [{"id": "prog1", "name": name, "slug": slug}]
    else:
        assert request.query["q"] == "byProgramId" and request.query["programId"] == "prog1"
        rows = kind.rows
    following = {"next": str(start + limit)} if start + limit < len(rows) else {}
    return as_json({"elements": rows[start : start + limit], "paging": {"total": len(rows), **following}})


SESSIONS = [
    {"_id": 1, "general/hub_id": "b", "general/held_on": "2018-11-15", "attendance": "18", "start": "2018-11-16T08:00"},
    {"_id": 2, "general/hub_id": "b", "general/held_on": "2018-12-01", "attendance": "7", "start": "2018-12-02T08:00"},
    {"_id": 3, "general/hub_id": "a", "general/held_on": "2019-11-05", "attendance": "11", "start": "2019-11-05T08:00"},
    {"_id": 4, "general/hub_id": "a", "general/held_on": "2019-11-06", "attendance": "9", "start": "2019-11-06T08:00"},
]


def _kobo(kind: Kind, request: Asked, base: str) -> Reply:
    if request.headers.get("authorization") != f"Token {TOKEN}":
        return Reply(b'{"detail":"Invalid token."}', 401)
    assert request.path == "/api/v2/assets/form1/data/" and request.query["sort"] == '{"_id":1}'
    start, limit = int(request.query["start"]), int(request.query["limit"])
    return as_json({"count": len(kind.rows), "next": None, "results": kind.rows[start : start + limit]})


NEEDS = [
    {
        "need_id": "n1",
        "country_iso3": "KEN",
        "level": "primary",
        "language": "en",
        "highest_tier": "hi-tech",
        "people": 20,
    },
    {
        "need_id": "n2",
        "country_iso3": "KEN",
        "level": "primary",
        "language": "sw",
        "highest_tier": "no-tech",
        "people": 10,
    },
    {
        "need_id": "n3",
        "country_iso3": "CHN",
        "level": "primary",
        "language": "zh",
        "highest_tier": "hi-tech",
        "people": 30,
    },
    {
        "need_id": "n4",
        "country_iso3": "KEN",
        "level": "tertiary",
        "language": "en",
        "highest_tier": "hi-tech",
        "people": 5,
    },
]
NEEDS = [{**row, "raised_on": f"2020-03-0{at}"} for at, row in enumerate(NEEDS, start=1)]


def _activityinfo(kind: Kind, request: Asked, base: str) -> Reply:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return Reply(b'{"code":"AUTHENTICATION_REQUIRED"}', 401)
    names = list(NEEDS[0])
    if request.path == "/resources/form/form1/schema":
        named = [{"id": f"f{at}", "code": name, "label": "A question"} for at, name in enumerate(names)]
        by_label = [{"id": "f9", "label": "Requested by"}, {"id": "f10", "label": "Remarks", "code": "remarks"}]
        return as_json({"id": "form1", "label": "Needs", "elements": named + by_label})
    query = json.loads(request.body)
    assert query["rowSources"] == [{"rootFormId": "form1"}] and query["truncateStrings"] is False
    columns: dict[str, Any] = {}
    for column in query["columns"]:
        at = int(column["expression"].removeprefix("f"))
        if at >= len(names):
            columns[column["id"]] = {"type": "STRING", "storage": "constant", "value": "Ministry of Education"}
        else:
            values = [row[names[at]] for row in kind.rows]
            columns[column["id"]] = {"type": "STRING", "storage": "array", "values": values}
    return as_json({"rows": len(kind.rows), "columns": columns})


def _renamed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old, new)


def kinds() -> dict[str, Kind]:
    """Each kind anew, with its rows as they stand at first."""
    token = ("COALITION_TEST_TOKEN",)
    all_ = [
        Kind(
            "file",
            "unesco_closures",
            list(CLOSURES),
            _file,
            lambda base: _way("file", {"address": f"{base}/closures.csv"}),
            lambda request: True,
            ["20/03/2020,ESP,Spain,National"],
            _renamed(b"Date,ISO,Country,Scale", b"Day,Nation,Country,Grade"),
            is_paged=False,
        ),
        Kind(
            "ckan",
            "unesco_closures",
            list(CLOSURES),
            _ckan,
            lambda base: _way(
                "ckan", {"server": base, "dataset": "closures", "resource": "school closures", "format": "CSV"}
            ),
            lambda request: request.path == "/new.csv",
            ["20/03/2020,ESP,Spain,National"],
            _renamed(b"Date,ISO,Country,Scale", b"Day,Nation,Country,Grade"),
            is_paged=False,
        ),
        Kind(
            "unhcr",
            "unhcr_population",
            list(REFUGEES),
            _unhcr,
            lambda base: _way(
                "unhcr", {"address": f"{base}/population/", "first_year": "1951", "page": "2", "total": "refugees"}
            ),
            lambda request: request.query.get("limit") == "2",
            [{**REFUGEES[0], "year": 2021, "refugees": 80}],
            _renamed(b'"items"', b'"persons"'),
        ),
        Kind(
            "uis",
            "uis_enrolment",
            list(ENROLMENT),
            _uis,
            lambda base: _way("uis", {"address": f"{base}/public", "first_year": "2018", "total": "learners"}),
            lambda request: request.path.endswith("/data/indicators"),
            [("KEN", 2022, (13, 7, 6), (24, 12, 12), None, (4, 2, 2))],
            _renamed(b'"records"', b'"observations"'),
        ),
        Kind(
            "uis_bulk",
            "uis_enrolment",
            list(ENROLMENT),
            _uis_bulk,
            lambda base: _way("uis_bulk", {"address": f"{base}/OPRI.zip", "first_year": "2018", "total": "learners"}),
            lambda request: True,
            [("KEN", 2022, (13, 7, 6), (24, 12, 12), None, (4, 2, 2))],
            _without_values,
            is_paged=False,
        ),
        Kind(
            "coursera",
            "coursera_usage",
            list(LEARNING),
            _coursera,
            lambda base: _way(
                "coursera",
                {
                    "address": f"{base}/ent/api",
                    "token_address": f"{base}/token",
                    "organisation": "org1",
                    "client_id": "{COALITION_TEST_CLIENT}",
                    "client_secret": "{COALITION_TEST_TOKEN}",
                    "page": "2",
                },
                ("COALITION_TEST_TOKEN", "COALITION_TEST_CLIENT"),
            ),
            lambda request: request.path.endswith("/enrollmentReports"),
            [enrolment(5, "c1", 60)],
            _renamed(b'"elements"', b'"reports"'),
        ),
        Kind(
            "kobo",
            "hub_sessions",
            list(SESSIONS),
            _kobo,
            lambda base: _way(
                "kobo",
                {
                    "server": base,
                    "form": "form1",
                    "token": "{COALITION_TEST_TOKEN}",
                    "page": "2",
                    "total": "attendance",
                },
                token,
            ),
            lambda request: True,
            [{"_id": 5, "general/hub_id": "a", "general/held_on": "2019-11-07", "attendance": "8"}],
            _renamed(b"general/hub_id", b"general/centre"),
        ),
        Kind(
            "activityinfo",
            "needs",
            list(NEEDS),
            _activityinfo,
            lambda base: _way(
                "activityinfo",
                {"server": base, "form": "form1", "token": "{COALITION_TEST_TOKEN}", "total": "people"},
                token,
            ),
            lambda request: request.path.endswith("/query/columns"),
            [{**NEEDS[0], "need_id": "n5", "people": 6}],
            _renamed(b'"columns"', b'"fields"'),
        ),
    ]
    return {kind.name: replace(kind, rows=copy.deepcopy(kind.rows)) for kind in all_}


def redirected(reply: Reply, to: str) -> Reply:
    return replace(reply, status=302, body=b"", headers={"Location": to})
