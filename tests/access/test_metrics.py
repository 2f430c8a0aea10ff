"""`/metrics` counts what happens and knows nobody: who may read it, and what can stand in it."""

import re

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.measures import PAGES_RUNNING, REGISTRY, page_timed
from dashboard.menu import pages
from dashboard.server.headers import Doors
from dashboard.server.metrics import TokenTooShort, metrics, refuse_short_token

TOKEN = "0123456789abcdef"
HERE = ("127.0.0.1", 50000)
ELSEWHERE = ("203.0.113.9", 50000)


@pytest.fixture(autouse=True)
def laptop(monkeypatch, tmp_path):
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "store"))
    for name in ("COALITION_METRICS_TOKEN", "COALITION_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)


def ask(came_from=HERE, **headers):
    app = Starlette(routes=[Route("/metrics", metrics)])
    return TestClient(app, client=came_from).get("/metrics", headers=headers)


def test_on_a_laptop_only_this_machine_reads_it():
    assert ask().status_code == 200
    assert ask(ELSEWHERE).status_code == 404


def test_behind_a_proxy_nobody_reads_it_without_a_token(monkeypatch):
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://dashboard.example.org")

    assert ask().status_code == 404  # a proxy on this machine speaks for everybody


@pytest.mark.parametrize("came_from", [HERE, ELSEWHERE])
def test_with_a_token_whoever_sends_it_reads_it(monkeypatch, came_from):
    monkeypatch.setenv("COALITION_METRICS_TOKEN", TOKEN)

    assert ask(came_from).status_code == 404
    assert ask(came_from, authorization=f"Bearer {TOKEN[:-1]}").status_code == 404
    assert ask(came_from, authorization=f"Bearer {TOKEN}").status_code == 200


def test_what_collects_metrics_asks_a_process_by_an_address_that_is_no_name_of_the_dashboard(monkeypatch):
    monkeypatch.setenv("COALITION_METRICS_TOKEN", TOKEN)
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://dashboard.example.org")
    app = Doors(Starlette(routes=[Route(path, metrics) for path in ("/metrics", "/api/metrics", "/")]))
    pod, token = {"host": "10.2.3.4:8501"}, {"authorization": f"Bearer {TOKEN}"}
    answers = {
        (path, bool(sent)): TestClient(app, client=ELSEWHERE).get(path, headers=pod | sent).status_code
        for path in ("/metrics", "/api/metrics", "/")
        for sent in (token, {})
    }
    assert answers.pop(("/metrics", True)) == 200
    assert set(answers.values()) == {403}


def test_a_token_that_could_be_guessed_stops_the_start(monkeypatch):
    monkeypatch.setenv("COALITION_METRICS_TOKEN", "short")

    with pytest.raises(TokenTooShort, match="16 characters or more, and has 5"):
        refuse_short_token()


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f" {TOKEN}", f"{TOKEN}é"])
def test_a_token_that_nobody_could_send_stops_the_start_and_is_not_shown(monkeypatch, token):
    monkeypatch.setenv("COALITION_METRICS_TOKEN", token)
    with pytest.raises(TokenTooShort, match="a line break") as refused:
        refuse_short_token()
    assert TOKEN not in str(refused.value)


def test_a_page_is_counted_by_its_name_and_while_it_runs():
    before = REGISTRY.get_sample_value("coalition_page_seconds_count", {"page": "overview"}) or 0
    with page_timed("overview"):
        assert REGISTRY.get_sample_value("coalition_pages_running") == 1

    assert REGISTRY.get_sample_value("coalition_page_seconds_count", {"page": "overview"}) == before + 1
    assert PAGES_RUNNING._value.get() == 0


def test_without_a_release_it_says_so():
    assert "coalition_release_served 0.0" in ask().text


def test_labels_name_pages_and_caches_and_nothing_else():
    with page_timed("overview"):
        pass

    labels = set(re.findall(r'(\w+)="([^"]*)"', ask().text))
    allowed = {("page", page.name) for page in pages()}
    allowed |= {("cache", name) for name in ("answers", "answers in words", "rows", "partners")}
    assert {pair for pair in labels if pair[0] != "le"} <= allowed
