"""The API: the rows of the pages and no others, to whom a token names; refusals in words; the examples of its page."""

import datetime
import io
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.access import tokens
from dashboard.access.viewer import EVERYBODY, EXECUTIVE, Viewer, answering_viewer, open_answers
from dashboard.access.visitor import Visitor
from dashboard.commands.cli import main
from dashboard.components.downloads import _csv
from dashboard.scope import Scope
from dashboard.server import api as server
from dashboard.server import limits
from dashboard.server.openapi import MEDIA_TYPES, TEXT, description
from dashboard.server.rates import Rate
from dashboard.settings import PROJECT
from dashboard.store import releases
from dashboard.store.audit_log import NotRecorded, entries, verify
from dashboard.warehouse.catalog import question, questions
from dashboard.warehouse.changes import compares
from dashboard.warehouse.parameters import parameters
from tests.access.tenants import FULL, PARTNERS, REGISTERED, foreign
from tests.access.test_gate import ISSUER

PAGES = ("overview", "completion_funnel", "school_closures", "reach_map")
ASKED = [name for name in questions() if FULL or name.split("/")[0] in PAGES]
STEPS = "completion_funnel/learners_per_step"
AUDIENCES = {"public": EVERYBODY, "coalition": EXECUTIVE, "alpha": Viewer("partner", "alpha")}
ROSTER = f"""
issuers = ["{ISSUER}"]
person = [
  {{ email = "exec@unesco.org", role = "coalition" }},
  {{ email = "officer@alpha.example.org", role = "partner", partner = "alpha" }},
]
"""
DAY = datetime.date(2030, 1, 1)


class Door:
    """Leads to the API of a store as it is now."""

    def __init__(self, served=None):
        self.served = served

    async def __call__(self, scope, receive, send):
        await self.served.api(scope, receive, send)


class Served:
    """The API over a copy of a store, with a folder of secrets of its own."""

    def __init__(self, folder, store):
        self.store, self.roster = folder / "store", folder / "secrets" / "roster.toml"
        shutil.copytree(store, self.store)
        self.made = {}
        self.begin()
        self.app = Starlette(routes=[Route("/api", Door(self)), Route("/api/{path:path}", Door(self))])
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def begin(self):
        """Forgets rates and what was recorded."""
        self.api = server.Api()

    def point(self, patch):
        patch.setenv("COALITION_STORE", str(self.store))
        patch.setenv("COALITION_ROSTER", str(self.roster))
        patch.setattr(server, "login_is_configured", self.roster.exists)

    def create(self, wanted, *more):
        """The secret of a new token, made by the command."""
        with pytest.MonkeyPatch.context() as patch:
            out = io.StringIO()
            patch.setattr("sys.stdout", out)
            assert main(["token", "create", "--for", wanted, *more]) == 0
        return out.getvalue().strip()

    def token(self, wanted):
        """A token for an audience, made once; none for the public."""
        if wanted != "public" and wanted not in self.made:
            self.made[wanted] = self.create(wanted)
        return self.made.get(wanted)

    def get(self, path, token=None, method="GET", headers=None, **params):
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.request(method, f"/api/v1/{path}", params=params, headers={**sent, **(headers or {})})


def served_copy(folder, store):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "API_PER_MINUTE_PER_ADDRESS", 10**6)
        patch.setattr(limits, "API_PER_MINUTE_PER_TOKEN", 10**6)
        made = Served(folder, store)
        made.point(patch)
        with made.client:  # one event loop for all requests
            yield made


@pytest.fixture(scope="module")
def small(tmp_path_factory, small_store):
    yield from served_copy(tmp_path_factory.mktemp("api"), small_store)


@pytest.fixture(scope="module")
def tenants(tmp_path_factory, tenants_store):
    yield from served_copy(tmp_path_factory.mktemp("tenants"), tenants_store)


@pytest.fixture
def api(small, monkeypatch):
    small.point(monkeypatch)
    yield small
    small.roster.unlink(missing_ok=True)


def examples(name, **other):
    """Parameters with which a question can be asked, and as an address has them."""
    values = {field.name: parameters()[field.name].example for field in question(name).params} | other
    values = {key: value for key, value in values.items() if value is not None and key in Scope.__annotations__}
    return values, {key: str(value) for key, value in values.items()}


def is_about_learners(name):
    return compares(question(name)) or answering_viewer(EXECUTIVE, None, name, {}) == EXECUTIVE


def rows(table):
    """Rows of an Arrow table as JSON would have them: missing is None, dates are text."""
    return [
        {
            name: None if value != value else value.isoformat() if isinstance(value, datetime.date) else value
            for name, value in row.items()
        }
        for row in table.to_pylist()
    ]


# The same answer as the page


@pytest.mark.parametrize("audience", AUDIENCES)
def test_rows_are_those_of_ask_in_every_format(api, audience):
    viewer, release, token = AUDIENCES[audience], releases.open_release(api.store), api.token(audience)
    held = {one: open_answers(one, release) for one in (viewer, EVERYBODY)}
    for name in ASKED if FULL else ASKED[list(AUDIENCES).index(audience) :: len(AUDIENCES)]:
        values, address = examples(
            name, partner_id="alpha" if audience == "alpha" else None, from_release=1, to_release=1
        )
        values = {key: value for key, value in values.items() if key in {field.name for field in question(name).params}}
        address = {key: address[key] for key in values}
        if missing := [f.name for f in question(name).params if not f.is_optional and f.name not in values]:
            assert api.get(f"ask/{name}.json", token, **address).status_code == 400, missing
            values["partner_id"], address["partner_id"] = "beta", "beta"
        expected = held[answering_viewer(viewer, release, name, values)].ask(name, values)
        as_json, as_csv, as_parquet = (api.get(f"ask/{name}.{end}", token, **address) for end in MEDIA_TYPES)
        assert as_json.status_code == 200, as_json.text
        assert as_json.json()["rows"] == rows(expected), name
        read = pq.read_table(io.BytesIO(as_parquet.content))
        assert rows(read) == rows(expected), name
        assert [(f.name, f.type) for f in read.schema] == [(f.name, f.type) for f in expected.schema], name
        page = Visitor("a reader", viewer, viewer, lambda: True)
        assert as_csv.content == _csv(page, release, name, Scope(**values)), name


def test_each_audience_has_its_own_figures(tenants, monkeypatch):
    tenants.point(monkeypatch)
    first = {
        audience: tenants.get(f"ask/{STEPS}.json", tenants.token(audience), partner_id="cedar").json()["rows"][0][
            "learners"
        ]
        for audience in ("public", "coalition", "cedar", "birch", "steward")
    }
    exact = REGISTERED["cedar"]
    assert first["cedar"] == first["steward"] == exact
    assert first["public"] == first["birch"], "of another what everybody has"
    for shown, multiple in ((first["public"], 10), (first["coalition"], 5)):
        assert shown is None or (shown % multiple == 0 and shown != exact)
    totals = [tenants.get(f"ask/{STEPS}.json", tenants.token(one)).json()["rows"][0] for one in ("public", "coalition")]
    assert [total["learners"] % multiple for total, multiple in zip(totals, (10, 5), strict=True)] == [0, 0]


def test_no_one_is_given_counts_of_another(tenants, monkeypatch, known):
    """Every question about learners, asked with each partner's id and with none."""
    tenants.point(monkeypatch)
    viewers = {"public": EVERYBODY, "coalition": EXECUTIVE, "alder": PARTNERS["alder"]}
    given = 0
    for audience, viewer in viewers.items():
        for name in filter(is_about_learners, questions()):
            for partner in (None, "alder", "birch"):
                _, address = examples(name, partner_id=partner, other_partner_id="cedar", programme_id=None)
                allowed = {field.name for field in question(name).params}
                asked = {key: value for key, value in address.items() if key in allowed} | {
                    key: "1" for key in ("from_release", "to_release") if key in allowed
                }
                found = tenants.get(f"ask/{name}.json", tenants.token(audience), **asked)
                if found.status_code == 200:
                    given += 1
                    assert not foreign(viewer, known, found.json()["rows"]), (audience, name, asked)
    assert given > 300


@pytest.mark.parametrize("audience", ["public", "coalition", "alpha"])
def test_no_count_of_few_people_is_given_of_others(api, audience):
    """The small store has few people in every cell, so that nearly all of them are hidden."""
    looked_at = 0
    for name in filter(is_about_learners, questions()):
        _, address = examples(name, partner_id="beta", other_partner_id="beta", programme_id=None)
        allowed = {field.name for field in question(name).params}
        asked = {key: value for key, value in address.items() if key in allowed}
        numbers = [one for one in question(name).columns if one.card.format == "people" and one.type == "BIGINT"]
        people = [one.name for one in numbers if "refugees" not in one.name]  # as UNHCR publishes them
        answer = api.get(f"ask/{name}.json", api.token(audience), **asked)
        if answer.status_code != 200 or not answer.json()["is_protected"]:
            continue
        counts = [row[column] for row in answer.json()["rows"] for column in people]
        assert not [count for count in counts if count is not None and count < 10], name
        looked_at += len(counts)
    assert looked_at > 100


def test_comparisons_leave_threads_for_other_questions(api):
    compared = {"from_release": 1, "to_release": 1}
    with api.api._comparing:
        refused = api.get("ask/what_changed/figures.json", **compared)
        assert refused.status_code == 503 and refused.headers["retry-after"] == "5"
        assert api.get(f"ask/{STEPS}.json").status_code == 200
    assert api.get("ask/what_changed/figures.json", **compared).status_code == 200


def test_the_local_steward_of_the_pages_is_nobody_here(api):
    for headers in ({}, {"Cookie": "_streamlit_user=steward; coalition_visit=x"}, {"X-Forwarded-For": "127.0.0.1"}):
        assert api.get("", headers=headers).json()["audience"] == "public"


# Tokens


def test_a_token_is_nowhere_on_the_disk_and_its_file_is_shut(api):
    secret = api.create("alpha", "--purpose", "monthly report")
    assert re.fullmatch("coalition_[0-9a-f]{8}_[0-9a-f]{64}", secret)
    assert api.get("", secret).json()["audience"] == "partner:alpha"
    api.get(f"ask/{STEPS}.csv", secret, partner_id="alpha")
    half = secret.split("_")[2].encode()
    looked_at = [path for folder in (api.store, api.roster.parent) for path in folder.rglob("*") if path.is_file()]
    assert len(looked_at) > 40 and not [path for path in looked_at if half in path.read_bytes()]
    assert (api.roster.parent / tokens.FILE).stat().st_mode & 0o777 == 0o600
    assert api.roster.parent.stat().st_mode & 0o777 == 0o700


def test_wrong_revoked_and_expired_tokens_are_refused(api, capsys):
    secret = api.create("coalition", "--days", "2")
    name = secret.split("_")[1]
    assert api.get("", secret).status_code == 200
    for wrong in (
        secret[:-1] + ("0" if secret[-1] != "0" else "1"),
        secret.upper(),
        "x",
        f"coalition_{name}_{'0' * 64}",
    ):
        refused = api.get("", wrong)
        assert refused.status_code == 401 and 'error="invalid_token"' in refused.headers["www-authenticate"]
        assert wrong not in refused.text
    for header in ("", "Basic eDp5", secret, f"Bearer {secret} {secret}"):
        assert api.get("", headers={"Authorization": header}).status_code == 401
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "_now", lambda: datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3))
        assert "expired" in api.get("", secret).json()["error"]["found"]
    assert main(["token", "revoke", name]) == 0
    assert "revoked" in api.get("", secret).json()["error"]["found"], "at once"
    assert main(["token", "list"]) == 0
    listed = capsys.readouterr().out
    line = next(line for line in listed.splitlines() if line.startswith(name))
    assert "revoked" in line and f"used {datetime.datetime.now(datetime.UTC).date()}" in line and secret not in listed
    assert main(["token", "revoke", name]) == 1 and main(["token", "revoke", "nothing"]) == 1


def test_tokens_are_for_whom_the_roster_has_and_end_with_them(api, capsys):
    api.roster.write_text(ROSTER, encoding="utf-8")
    assert main(["token", "create", "--for", "beta"]) == 1 and "partner:alpha" in capsys.readouterr().err
    assert main(["token", "create", "--for", "steward"]) == 1
    for wrong in ("all", "partner:", "Alpha", "coalition:alpha", "partner:../x", ""):
        assert main(["token", "create", "--for", wrong]) == 1
    assert main(["token", "create", "--for", "alpha", "--days", "367"]) == 1
    secret = api.create("partner:alpha")
    assert api.get("", secret).status_code == 200
    api.roster.write_text(ROSTER.replace('"alpha"', '"gamma"'), encoding="utf-8")
    assert "not on the roster" in api.get("", secret).json()["error"]["found"]


def test_with_a_login_the_public_is_let_in_only_where_the_roster_says_so(api):
    api.roster.write_text(ROSTER, encoding="utf-8")
    for path in ("", "openapi.json", f"ask/{STEPS}.csv", f"ask/{STEPS}/metadata.json", "nothing"):
        refused = api.get(path)
        assert refused.status_code == 401 and refused.headers["www-authenticate"].startswith("Bearer")
    assert api.get("", api.create("coalition")).status_code == 200
    api.roster.write_text("public = true\n" + ROSTER, encoding="utf-8")
    assert api.get("").json()["audience"] == "public"


def test_a_damaged_file_of_tokens_lets_nobody_in_and_names_no_path(api):
    secret, file = api.create("coalition"), api.roster.parent / tokens.FILE
    before = file.read_text()
    for damaged in ("[", '[{"name": "x"}]', before.replace("+00:00", "")):
        file.write_text(damaged)
        refused = api.get("", secret)
        assert refused.status_code == 503 and str(file.parent) not in refused.text
    file.write_text(before)
    assert api.get("", secret).status_code == 200


def test_the_audit_log_states_tokens_denials_and_each_export_once_a_day(api):
    api.begin()
    seen = len(list(entries(api.store)))
    secret = api.create("alpha", "--purpose", "report")
    name = secret.split("_")[1]
    for _ in range(3):
        api.get(f"ask/{STEPS}.csv", secret, partner_id="alpha")
        api.get(f"ask/{STEPS}.csv", secret)
        api.get(f"ask/{STEPS}.csv")
        api.get("", secret[:-8] + "0" * 8)
    api.get(f"ask/{STEPS}.json", secret)
    main(["token", "revoke", name])
    api.get("", secret)
    said = [(line["event"], line["who"], line["what"]) for line in list(entries(api.store))[seen:]]
    who = f"token {name} (partner:alpha)"
    made = next(what for event, _, what in said if event == "token")
    assert made.startswith(f"token {name} made for partner:alpha, valid until ")
    assert said[1:] == [
        ("export", who, f"{STEPS} (CSV by the API)"),
        ("denial", "unknown token", "API: unknown"),
        ("export", who, f"{STEPS} (JSON by the API)"),
        ("token", "operator", f"token {name} for partner:alpha revoked"),
        ("denial", who, "API: revoked"),
    ]
    verify(api.store)


def test_what_cannot_be_recorded_is_not_given(api, monkeypatch):
    api.begin()
    secret = api.create("alpha")

    def full(*_, **__):
        raise NotRecorded("the disk is full")

    monkeypatch.setattr(server, "record", full)
    refused = api.get(f"ask/{STEPS}.csv", secret, partner_id="alpha")
    assert refused.status_code == 503 and "learners" not in refused.text


# What is kept, and how often


def test_an_unchanged_answer_is_not_sent_again_and_caches_keep_nobodys_for_another(api):
    token, path = api.token("alpha"), f"ask/{STEPS}.csv"
    tags = {}
    for name, (sent, params) in {
        "public": (None, {}),
        "other value": (None, {"country_host": "KEN"}),
        "alpha": (token, {}),
        "alpha's own": (token, {"partner_id": "alpha"}),
    }.items():
        full = api.get(path, sent, **params)
        tags[name] = full.headers["etag"]
        assert full.headers["vary"] == "Authorization"
        assert full.headers["cache-control"] == ("private, no-cache" if sent else "public, max-age=300")
        again = api.get(path, sent, headers={"If-None-Match": f'"x", {tags[name]}'}, **params)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tags[name])
        assert again.headers["vary"] == "Authorization"
    tags["json"] = api.get(f"ask/{STEPS}.json").headers["etag"]
    assert len(set(tags.values())) == 5
    assert api.get(path, token, headers={"If-None-Match": tags["public"]}).status_code == 200
    for path in ("", "openapi.json", f"ask/{STEPS}/metadata.json"):
        tag = api.get(path).headers["etag"]
        assert api.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert api.get(path, headers={"If-None-Match": "*"}).status_code == 304


def test_a_release_is_pinned_while_it_is_served(changed_store, tmp_path, monkeypatch):
    for made in served_copy(tmp_path, changed_store):
        path, name = "ask/overview/headline.json", "overview/headline"
        newest = made.get(path).json()
        assert newest["release"] == 3
        tag = made.get(path).headers["etag"]
        before = made.get(path, release=1)
        assert before.json()["release"] == 1 and before.headers["etag"] != tag
        assert "release=1" in before.headers["link"] and "release-1" in before.headers["content-disposition"]
        assert made.get(f"ask/{name}/metadata.json", release=2).json()["release"]["number"] == 2
        compared = {"from_release": 1, "to_release": 3}
        assert made.get("ask/what_changed/figures.json", **compared).status_code == 200
        assert main(["releases", "rollback", "2"]) == 0
        assert made.get(path, headers={"If-None-Match": tag}).json()["release"] == 2
        assert made.get(path, release=1).status_code == 200
        gone = made.get(path, release=3)
        assert gone.status_code == 404 and gone.json()["error"]["do"] == "Leave release out for the newest, which is 2."
        assert made.get("ask/what_changed/figures.json", **compared).status_code == 404


def test_who_asks_too_often_waits(api, monkeypatch):
    monkeypatch.setattr(limits, "API_PER_MINUTE_PER_ADDRESS", 12)
    monkeypatch.setattr(limits, "API_PER_MINUTE_PER_TOKEN", 3)
    api.begin()
    secret, other = api.create("coalition"), api.create("coalition")
    statuses = [api.get("openapi.json", secret).status_code for _ in range(5)]
    assert statuses == [200] * 3 + [429] * 2
    assert [api.get("openapi.json", other).status_code for _ in range(3)] == [200] * 3
    assert [api.get("openapi.json", "wrong").status_code for _ in range(5)] == [401] * 4 + [429]
    refused = api.get("openapi.json")
    assert refused.status_code == 429 and 1 <= int(refused.headers["retry-after"]) <= 5
    assert refused.json()["error"]["do"] == f"Wait {refused.headers['retry-after']} seconds."
    monkeypatch.undo()
    api.begin()


def test_a_rate_lets_through_again_with_time_and_forgets_old_names(monkeypatch):
    now = [0.0]
    rate = Rate(60, lambda: now[0])
    assert [rate.wait("a") for _ in range(61)] == [0] * 60 + [1]
    assert rate.wait("b") == 0
    now[0] = 2.0
    assert [rate.wait("a") for _ in range(3)] == [0, 0, 1]
    monkeypatch.setattr(limits, "RATES_KEPT", 10)
    for name in range(100):
        rate.wait(str(name))
    assert len(rate._left) == 10


def test_asking_leaves_the_event_loop_free(api, monkeypatch):
    threads = []
    ask = server.answer_apart
    monkeypatch.setattr(
        server, "answer_apart", lambda *given: threads.append(threading.current_thread().name) or ask(*given)
    )
    assert api.get(f"ask/{STEPS}.json").status_code == 200
    assert threads and all(name.startswith("api") for name in threads)


def test_beyond_what_can_wait_requests_are_refused(api):
    api.api._under_way = limits.API_AT_ONCE + limits.API_WAITING
    refused = api.get(f"ask/{STEPS}.json")
    assert refused.status_code == 503 and refused.headers["retry-after"] == "5"
    assert api.get("", method="OPTIONS").status_code == 204
    api.begin()


def test_answers_at_the_same_time_are_not_exchanged(tenants, monkeypatch):
    tenants.point(monkeypatch)
    asked = [(one, partner) for one in ("public", "cedar", "birch") for partner in ("cedar", "birch")]

    def ask(pair):
        return tenants.get(f"ask/{STEPS}.json", tenants.token(pair[0]), partner_id=pair[1]).json()

    alone = {pair: ask(pair) for pair in asked}
    assert alone["cedar", "cedar"]["rows"][0]["learners"] == REGISTERED["cedar"]
    with ThreadPoolExecutor(8) as threads:
        for pair, answer in zip(asked * 20, threads.map(ask, asked * 20), strict=True):
            assert answer == alone[pair]


# Refusals


REFUSED = {
    "unknown question": (404, "ask/overview/nothing.json", {}),
    "unknown page": (404, "ask/nothing/headline.json", {}),
    "unknown format": (404, "ask/overview/headline.xlsx", {}),
    "no format": (404, "ask/overview/headline", {}),
    "another place": (404, "../v2/", {}),
    "a way out": (404, "ask/..%2f..%2fpyproject.toml", {}),
    "unknown parameter": (400, "ask/overview/headline.json", {"colour": "red"}),
    "a token in the address": (400, "ask/overview/headline.json", {"token": "x"}),
    "no date": (400, "ask/overview/headline.json", {"on_date": "yesterday"}),
    "no such date": (400, "ask/overview/headline.json", {"on_date": "2019-02-30"}),
    "a date in short": (400, "ask/overview/headline.json", {"on_date": "20190228"}),
    "no number": (400, "ask/reach_map/refugees_by_host.json", {"year": "1_000"}),
    "a number without end": (400, "ask/reach_map/refugees_by_host.json", {"year": "9" * 30}),
    "not finite": (400, "ask/school_closures/world_on_date.json", {"on_date": "2020-03-20", "partial_weight": "nan"}),
    "a control character": (400, f"ask/{STEPS}.json", {"partner_id": "a\u0000b"}),
    "a text without end": (400, f"ask/{STEPS}.json", {"partner_id": "a" * 201}),
    "missing": (400, "ask/school_closures/world_on_date.json", {}),
    "twice": (400, f"ask/{STEPS}.json", {"partner_id": ["a", "b"]}),
    "no UTF-8": (400, f"ask/{STEPS}.json?partner_id=%ff", {}),
    "too many": (400, f"ask/{STEPS}.json", {"partner_id": ["a"] * 61}),
    "no release": (400, f"ask/{STEPS}.json", {"release": "newest"}),
    "a release that is not there": (404, f"ask/{STEPS}.json", {"release": "99"}),
    "the index with a parameter": (400, "", {"page": "1"}),
    "metadata with a parameter": (400, f"ask/{STEPS}/metadata.json", {"partner_id": "a"}),
}


@pytest.mark.parametrize(("status", "path", "params"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_states_what_was_wanted_what_was_found_and_what_to_do(api, status, path, params):
    refused = api.client.get(f"/api/v1/{path}", params=params or None)
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/json" and refused.headers["cache-control"] == "no-store"
    error = refused.json()["error"]
    assert set(error) == {"wanted", "found", "do"} and all(error.values()) and len(error["found"]) <= 100
    assert "access-control-allow-origin" not in refused.headers and "server" not in refused.headers


def test_only_reading_is_possible(api):
    path = f"ask/{STEPS}.json"
    full, head = api.get(path), api.get(path, method="HEAD")
    assert head.content == b"" and head.headers["content-length"] == str(len(full.content))
    assert head.headers["etag"] == full.headers["etag"] and head.status_code == 200
    options = api.get(path, method="OPTIONS", headers={"Origin": "https://other.example"})
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert not [name for name in options.headers if name.startswith("access-control")]
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"):
        refused = api.get(path, method=method)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert refused.json()["error"]["found"] == method


def test_a_store_without_a_release_is_a_refusal_without_a_path(api, tmp_path, monkeypatch):
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "empty"))
    refused = api.get(f"ask/{STEPS}.json")
    assert refused.status_code == 503 and int(refused.headers["retry-after"]) > 0
    assert str(tmp_path) not in refused.text and "empty" not in refused.text


def test_a_formula_and_a_number_that_is_none_do_no_harm(api, monkeypatch):
    table = pa.table(
        {
            "step_order": [1, 2],
            "step": ['=HYPERLINK("x")', "ﬁne"],
            "learners": pa.array([None, 3], pa.int64()),
            "share_of_previous": [float("nan"), float("inf")],
            "share_of_first": [0.5, None],
        }
    )
    monkeypatch.setattr(server, "answer_apart", lambda *_: table)
    text = api.get(f"ask/{STEPS}.json").text
    assert "NaN" not in text and "Infinity" not in text
    assert [row["share_of_previous"] for row in json.loads(text)["rows"]] == [None, None]
    body = api.get(f"ask/{STEPS}.csv").content
    assert body.startswith(b"\xef\xbb\xbfstep_order,") and b"'=HYPERLINK" in body
    assert b"\r\n2,\xef\xac\x81ne,3,,\r\n" in body


# The description


def test_metadata_states_what_an_answer_means(api):
    said = api.get(f"ask/{STEPS}/metadata.json").json()
    assert {
        "definition",
        "unit",
        "sources",
        "licence",
        "columns",
        "caveats",
        "is_simulated",
        "disclosure",
    } <= said.keys()
    learners = next(column for column in said["columns"] if column["name"] == "learners")
    assert (
        {"type": "BIGINT", "unit": "people"}.items() <= learners.items() and learners["label"] and learners["meaning"]
    )
    assert said["disclosure"]["is_protected"] and "fewer than 10" in said["disclosure"]["rule"]
    assert {"publisher", "licence", "citation", "captured_on"} <= said["sources"][0].keys()
    own = api.get(f"ask/{STEPS}/metadata.json", api.token("alpha")).json()["disclosure"]
    assert own["audience"] == "partner:alpha" and own["rule"].startswith("Your own learners are exact.")
    closures = api.get("ask/school_closures/status_by_country/metadata.json").json()
    assert not closures["disclosure"]["is_protected"] and "CC" in " ".join(closures["licence"])


def test_every_question_is_in_the_index_and_described(api):
    listed = api.get("").json()["questions"]
    assert [one["question"] for one in listed] == list(questions())
    paths = json.loads(description())["paths"]
    for one in listed:
        assert f"/api/v1/ask/{one['question']}.{{format}}" in paths and one["links"]["metadata"] in paths
    assert api.get("ask/overview/headline/metadata.json").status_code == 200
    assert TEXT.fullmatch("Sub-Saharan Africa") and not TEXT.fullmatch("a\u200bb")


DESCRIBED = schemathesis.openapi.from_dict(json.loads(description())).include(
    path_regex=".*" if FULL else r"/v1/(openapi|ask/(completion_funnel|learning_hubs|credit_recognition)/)"
)
DESCRIBED.app = Door()
schemathesis.openapi.format("date", st.dates(datetime.date(1990, 1, 1), DAY).map(str))


OPERATIONS = {operation.label: operation for operation in (found.ok() for found in DESCRIBED.get_all_operations())}


@pytest.mark.parametrize("label", OPERATIONS)
def test_schemathesis_finds_nothing(label, small):
    DESCRIBED.app.served = small

    @settings(max_examples=20 if FULL else 4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=OPERATIONS[label].as_strategy())
    def validate(case):
        case.call_and_validate()

    validate()


# Examples of docs/api.md


def blocks(language):
    text = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def address(small):
    """The API on a port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(small.app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not running.started and time.monotonic() < until:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=20)


@pytest.mark.parametrize("code", blocks("python"), ids=["public", "token"])
def test_the_examples_for_pandas_read_what_is_answered(api, address, monkeypatch, code):
    monkeypatch.setenv("COALITION_TOKEN", api.token("coalition"))
    *read, last = code.strip().replace("http://127.0.0.1:8501", address).splitlines()
    made: dict = {}
    exec("\n".join(read), made)
    csv = made["steps"]
    exec(last, made)
    pd.testing.assert_frame_equal(csv, made["steps"], check_dtype=False)
    token = api.token("coalition") if "COALITION_TOKEN" in code else None
    expected = api.get(f"ask/{STEPS}.json", token).json()["rows"]
    assert csv["step"].tolist() == [row["step"] for row in expected] and list(csv) == list(expected[0])


@pytest.mark.parametrize("code", blocks("r"), ids=["public", "token"])
def test_the_examples_for_r_read_what_is_answered(api, address, code):
    rscript = shutil.which("Rscript")
    if not rscript:
        pytest.skip("no Rscript on this machine: the examples for R are not run")
    script = code.replace("http://127.0.0.1:8501", address) + "\nwriteLines(c(names(steps)[1], nrow(steps)))"
    environment = {**os.environ, "COALITION_TOKEN": api.token("coalition")}
    done = subprocess.run([rscript, "-e", script], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["step_order", str(len(api.get(f"ask/{STEPS}.json").json()["rows"]))], done.stderr


def test_the_query_for_excel_and_power_bi_names_what_there_is(api):
    (query,) = blocks("powerquery")
    path = re.search(r'RelativePath = "api/v1/([^"]+)"', query)[1]
    params = dict(re.findall(r'(\w+) = "([^"]+)"', re.search(r"Query = \[(.*?)\]", query)[1]))
    answer = api.get(path, **params)
    assert answer.status_code == 200
    columns = set(pd.read_csv(io.BytesIO(answer.content)).columns)
    assert set(re.findall(r'\{"(\w+)",', query)) <= columns


def test_the_page_of_the_api_states_the_limits_as_they_are():
    text = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
    assert f"{Rate(300).per_minute} requests a minute from one address, or 120 with one token" in text
    source = (PROJECT / "dashboard" / "server" / "limits.py").read_text(encoding="utf-8")
    assert "API_PER_MINUTE_PER_ADDRESS = 300\n" in source and "API_PER_MINUTE_PER_TOKEN = 120\n" in source
    assert (
        f"valid for {tokens.DAYS} days" in text
        and f"at most {tokens.MOST_DAYS}, and {tokens.MOST_DAYS_OF_STEWARD}" in text
    )
