"""A steward sends a register, looks at what would change, publishes it; a rule of `coalition watch` fires once."""

import shutil
import subprocess
import sys
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError

from dashboard.commands import cli
from tests.dashboards import serving
from tests.e2e.conftest import environment_of

pytestmark = pytest.mark.browser
RULE = """
[[rule]]
name = "reach"
title = "Learners registered."
question = "completion_funnel/learners_per_step"
column = "learners"
where = { step_order = 1 }
audience = "steward"
above = 6
"""
HEADER = "partner_id,programme_id,learner_id,country_host,registered_on,consent"


@pytest.fixture(scope="module")
def own_store(changed_store, tmp_path_factory):
    """A copy of a small store, to which this journey publishes."""
    copy = tmp_path_factory.mktemp("steward") / "store"
    shutil.copytree(changed_store, copy)
    copy.chmod(0o700)
    return copy


def watch(store, rules):
    """Exit status and lines of `coalition watch`."""
    command = [sys.executable, "-m", "dashboard.commands.cli", "watch", str(rules)]
    done = subprocess.run(command, env=environment_of(store), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def watch_here(store, rules, monkeypatch, capsys):
    """The same without a process of its own."""
    monkeypatch.setenv("COALITION_STORE", str(store))
    capsys.readouterr()
    return cli.main(["watch", str(rules)]), capsys.readouterr().out.splitlines()


def choose(page, keys):
    """The dialogue of the button *Upload*; one that was drawn anew meanwhile is pressed again."""
    for _try in range(4):
        keys.do()
        keys.tab_to("Upload", "button")
        with suppress(TimeoutError):
            with page.expect_file_chooser(timeout=6_000) as chooser:
                page.keyboard.press("Enter")
            return chooser.value
    raise AssertionError("the button Upload opens no dialogue")


def test_a_steward_publishes_a_file_and_a_rule_fires_once(typist, own_store, tmp_path, monkeypatch, capsys):
    rules, file = tmp_path / "rules.toml", tmp_path / "alpha_2019-08-31.csv"
    rules.write_text(RULE, encoding="utf-8")
    # 5 learners are known: A1, A4, A5 of alpha, B2, and X1 of beta and delta. Two more come with the next file; and
    # gamma's two, whose programme was a rehearsal in the reference of that release only: 9.
    rows = [
        f"alpha,kiron_campus,{who},KEN,2019-0{month}-10,Yes"
        for who, month in (("A1", 1), ("A4", 7), ("A5", 5), ("A6", 8), ("A7", 8))
    ]
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    assert watch_here(own_store, rules, monkeypatch, capsys) == (0, [])
    with serving(own_store) as address:
        seen, keys = typist()
        seen.base = address
        seen.open("/upload")
        choose(seen.page, keys).set_files(str(file))
        seen.page.wait_for_selector("text=Ready to check", timeout=30_000)
        keys.do()
        seen.page.screenshot(path=tmp_path / "ready.png", full_page=True)
        keys.tab_to("Check the file", "button")
        keys.do("Enter")
        seen.page.wait_for_selector("text=Set aside", timeout=60_000)
        keys.do()
        keys.tab_to("Preview changes", "button")
        keys.do("Enter")
        seen.page.wait_for_selector("text=What would change", timeout=120_000)
        keys.do()
        seen.page.screenshot(path=tmp_path / "preview.png", full_page=True)
        keys.tab_to("Publish", "button")
        keys.do("Enter")
        seen.page.wait_for_selector("text=Choose a file to send; none is waiting", timeout=120_000)
        seen.page.screenshot(path=tmp_path / "published.png")
    assert keys.unseen == []
    assert watch(own_store, rules) == (3, ["reach: Learners: 9, above 6. Release 4, for the steward."])
    assert watch_here(own_store, rules, monkeypatch, capsys) == (0, [])
