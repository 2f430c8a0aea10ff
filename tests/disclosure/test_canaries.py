"""Names, addresses and ids of invented people: nowhere but with those who sent them, not even where a server fails."""

import asyncio
import os
import re
import subprocess
import sys
import urllib.parse

import pyarrow.parquet as pq
from streamlit.proto.ClientState_pb2 import ClientState

from benchmarks.serving import connect, free_port, opened, run
from dashboard.disclosure.policy import COALITION, PUBLIC
from dashboard.settings import PROJECT
from dashboard.store.releases import open_release
from tests.disclosure.canaries import CANARIES, canaries_in

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
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


def test_no_canary_is_said_by_the_shell_or_left_in_a_file(kept):
    store, temporary, _environment, said = kept
    assert b"rows in 200" in said and b"quarantined 10" in said, said
    assert canaries_in(said) == []
    looked_at = 0
    for path in (path for path in store.rglob("*") if path.is_file()):
        assert canaries_in(path.read_bytes()) == [], path
        if path.suffix == ".parquet":  # packed, so that bytes alone say nothing
            assert canaries_in(str(pq.read_table(path).to_pylist()).encode()) == [], path
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
        assert canaries_in(message) == []
    assert canaries_in(log.read_bytes()) == []
    logs = list(store.rglob("*.jsonl"))
    assert logs and all(canaries_in(path.read_bytes()) == [] for path in logs)
    assert not [path for path in temporary.rglob("*") if path.is_file() and canaries_in(path.read_bytes())]


def test_what_is_looked_for_would_be_found():
    name, mail, id_ = CANARIES[7]
    assert canaries_in(f"x{mail.upper()}".encode()) == ["canarymail"]
    assert canaries_in(f"{name} {id_}".encode()) == ["canaryname", "canaryid"]


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
