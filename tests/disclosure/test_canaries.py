"""Names, addresses and ids of invented people: nowhere but with those who sent them, not even where a server fails."""

import asyncio
import csv
import datetime
import io
import os
import re
import subprocess
import sys
import urllib.parse

import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.proto.ClientState_pb2 import ClientState

from benchmarks.serving import connect, free_port, opened, run
from dashboard.access import tokens
from dashboard.disclosure.policy import COALITION, PUBLIC
from dashboard.server import api, limits
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release
from dashboard.warehouse.catalog import questions
from dashboard.warehouse.parameters import parameters
from tests.intake.test_learners import HEADER, SOUND, written

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
DAY = datetime.date(2024, 6, 30)
PAGES = (
    "",
    "completion_funnel",
    "cohorts",
    "reach_map",
    "credit_recognition",
    "programmes",
    "learning_hubs",
    "data_health",
    "methods",
)
CANARIES = [
    (f"Canaryname{number}", f"canarymail{number}@invented.example", f"CANARYID{number}") for number in range(200)
]
KINDS = ("canaryname", "canarymail", "canaryid")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A store made by the shell alone, with what each command said, and a folder for temporary files of its own."""
    folder = tmp_path_factory.mktemp("kept")
    temporary, store = folder / "temporary", folder / "store"
    temporary.mkdir()
    environment = {**os.environ, "COALITION_STORE": str(store), "TMPDIR": str(temporary), "COLUMNS": "200"}
    said = b""
    for source, file in files(folder).items():
        said += shell(environment, "import", source, str(file), "--captured-on", DAY.isoformat())
    said += shell(environment, "publish")
    return store, temporary, environment, said


def test_no_canary_is_said_by_the_shell_or_left_in_a_file(kept):
    store, temporary, _environment, said = kept
    assert b"rows in 200" in said and b"quarantined 10" in said, said
    assert found_in(said) == []
    looked_at = 0
    for path in (path for path in store.rglob("*") if path.is_file()):
        assert found_in(path.read_bytes()) == [], path
        if path.suffix == ".parquet":  # packed, so that bytes alone say nothing
            assert found_in(str(pq.read_table(path).to_pylist()).encode()) == [], path
        looked_at += 1
    assert looked_at > 40
    assert not list(temporary.iterdir())


def test_no_table_of_any_audience_holds_a_key_of_a_person(kept):
    release = open_release(kept[0])
    for audience in (COALITION, PUBLIC):
        for path in release.views(audience).values():
            assert not [name for name in pq.read_schema(path).names if name.endswith("_key")], path


def test_no_canary_goes_over_the_wire_or_into_what_the_server_writes(kept):
    """Pages are opened by the steward, who sees all there is, and as the coalition and the public."""
    store, temporary, environment, _said = kept
    port, log = free_port(), temporary.parent / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "dashboard.commands.cli", "run"],
            env={**environment, "PORT": str(port)}, stdout=out, stderr=subprocess.STDOUT, cwd=PROJECT,
        )  # fmt: skip
        try:
            told = asyncio.run(visits(port))
        finally:
            server.terminate()
            server.wait(timeout=30)
    assert len(told) > 40 and any(b"200" in message for message in told)
    for message in told:
        assert found_in(message) == []
    assert found_in(log.read_bytes()) == []
    logs = list(store.rglob("*.jsonl"))
    assert logs and all(found_in(path.read_bytes()) == [] for path in logs)
    assert not [path for path in temporary.rglob("*") if path.is_file() and found_in(path.read_bytes())]


def test_no_canary_is_in_an_answer_of_the_api(kept, tmp_path, monkeypatch):
    """Every question, in every format as whoever sees most, and as the public."""
    store, _temporary, _environment, _said = kept
    monkeypatch.setenv("COALITION_STORE", str(store))
    monkeypatch.setenv("COALITION_ROSTER", str(tmp_path / "roster.toml"))
    monkeypatch.setattr(limits, "API_PER_MINUTE_PER_ADDRESS", 10**6)
    monkeypatch.setattr(limits, "API_PER_MINUTE_PER_TOKEN", 10**6)
    monkeypatch.setattr(api, "login_is_configured", lambda: False)
    token, _kept = tokens.create(store, tmp_path / "roster.toml", "steward", 1, "", datetime.datetime.now(datetime.UTC))
    given = 0
    with TestClient(Starlette(routes=[Route("/api/{path:path}", api.Api())])) as client:
        for headers in ({"Authorization": f"Bearer {token}"}, {}):
            for name, query in questions().items():
                examples = {field.name: str(parameters()[field.name].example) for field in query.params}
                asked = {**examples, "partner_id": "alpha", "programme_id": "coursera_for_refugees"}
                asked = {name: value for name, value in asked.items() if name in examples}
                for end in ("json", "csv", "parquet") if headers else ("json",):
                    answer = client.get(f"/api/v1/ask/{name}.{end}", params=asked, headers=headers)
                    given += answer.status_code == 200
                    body = answer.content
                    if end == "parquet" and answer.status_code == 200:  # packed, so that bytes alone say nothing
                        body = str(pq.read_table(io.BytesIO(body)).to_pylist()).encode()
                    assert found_in(body + str(answer.headers).encode()) == [], (name, end)
                assert found_in(client.get(f"/api/v1/ask/{name}/metadata.json", headers=headers).content) == []
    assert given > 400
    assert found_in((store / "audit" / "log.jsonl").read_bytes()) == []


def test_what_is_looked_for_would_be_found():
    name, mail, id_ = CANARIES[7]
    assert found_in(f"x{mail.upper()}".encode()) == ["canarymail"]
    assert found_in(f"{name} {id_}".encode()) == ["canaryname", "canaryid"]


def found_in(raw):
    """Which kinds of canaries stand in bytes, in UTF-8 and in either case."""
    return [kind for kind in KINDS if kind.encode() in raw.lower()]


def files(folder):
    """Three files about two hundred people, whose canaries stand also where other things should."""
    rows = [
        {**SOUND, "Name": name, "Email": mail, "External Id": id_, "Job Title": f"Job of {name}",
         "Overall Progress": "x" if number % 20 == 0 else "100", "Completed": "Yes",
         "Location City": f"{name} town", "Canary column": mail,
         "Location Country": f"land of {name}" if number % 25 == 0 else "Kenya"}
        for number, (name, mail, id_) in enumerate(CANARIES)
    ]  # fmt: skip
    header = [*HEADER, "Job Title", "Location City", "Canary column"]
    found = {"coursera_usage": written(folder / "usage.csv", rows, header)}
    tables = {
        "partner_learners": [
            ["partner_id", "programme_id", "learner_id", "email", "name", "registered_on", "consent", "sex"],
            *(["alpha", "coursera_for_refugees", i, m, n, "2024-01-01", "Yes", n] for n, m, i in CANARIES),
        ],
        "recognitions": [
            ["partner_id", "learner_id", "name", "university", "university_country", "requested_on", "decided_on",
             "decision", "reason"],
            *(["alpha", i, n, "U", "DEU", "2024-02-01", "2024-03-01", "refused", n] for n, _m, i in CANARIES),
        ],
    }  # fmt: skip
    for source, lines in tables.items():
        found[source] = folder / f"{source}.csv"
        with found[source].open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(lines)
    return found


def shell(environment, *words):
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.commands.cli", *words],
        env=environment,
        capture_output=True,
        timeout=240,
        cwd=PROJECT,
    )
    assert done.returncode == 0 or b"rows in" in done.stdout + done.stderr, done.stderr
    return done.stdout + done.stderr


async def visits(port):
    """All messages of the pages as the steward and as seen by others, as they come over the websocket."""
    for _ in range(240):
        try:
            async with connect(port) as ws:
                told = await run(ws, opened(""))
            break
        except OSError:
            await asyncio.sleep(0.5)
    for page in PAGES if FULL else PAGES[:2]:
        async with connect(port) as ws:
            first = await run(ws, unfolded(page))
            told += first
            choice = next(box for box in map(selectbox, first) if box is not None and box.label == "See as")
            for words in ("coalition", "public"):

                def seen_as(rerun, page=page, choice=choice, words=words):
                    unfolded(page)(rerun)
                    state = rerun.widget_states.widgets.add()
                    state.id, state.string_value = choice.id, words

                told += await run(ws, seen_as)
    return [message.SerializeToString() for message in told]


def unfolded(page):
    """Asks for a page with each of its sections open, so that nothing of it is left unread."""
    script = PROJECT / "dashboard" / "pages" / (page or "overview") / "page.py"
    names = re.findall(r'section\(_\(".*?"\), "(\w+)"\)', script.read_text(encoding="utf-8"))

    def ask_for(rerun):
        opened(page)(rerun)
        rerun.query_string = urllib.parse.urlencode({"open": ",".join(names)}) if names else ""

    return ask_for


def test_pages_are_read_with_their_sections_open():
    rerun = ClientState()
    unfolded("data_health")(rerun)
    assert rerun.page_name == "data_health" and rerun.query_string == "open=details%2Crules"


def selectbox(message):
    if message.WhichOneof("type") != "delta" or message.delta.new_element.WhichOneof("type") != "selectbox":
        return None
    return message.delta.new_element.selectbox
