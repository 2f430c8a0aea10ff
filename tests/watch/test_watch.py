"""`coalition watch`: what fires is reported once, as its audience sees it, to people who may read it."""

import json
import shutil

import pytest

from dashboard.commands import watching
from dashboard.commands.cli import main
from dashboard.settings import PROJECT
from dashboard.watch import judging

FIGURE = """
[[rule]]
name = "reach"
title = "Learners registered."
question = "completion_funnel/learners_per_step"
column = "learners"
where = {{ step_order = 1 }}
audience = "{audience}"
{comparison}
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory, changed_store):
    """A copy of the store with three releases, to which tests may write."""
    made = tmp_path_factory.mktemp("watched") / "store"
    shutil.copytree(changed_store, made)
    made.chmod(0o700)
    return made


@pytest.fixture
def watch(tmp_path, monkeypatch, capsys, copied):
    """Runs `coalition watch` on a store, at first with nothing told; gives exit status, lines and complaints."""
    (copied / "watch.json").unlink(missing_ok=True)
    monkeypatch.setattr(watching, "let_go", lambda: None)  # the next test asks the same release

    def run(rules, *more):
        file = rules
        if isinstance(rules, str):
            file = tmp_path / "rules.toml"
            file.write_text(rules, encoding="utf-8")
        monkeypatch.setenv("COALITION_STORE", str(run.store))
        status = main(["watch", str(file), *map(str, more)])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    run.store = copied
    return run


def test_the_example_fires_on_the_demonstration_once(watch, demo_store, tmp_path):
    example, report = PROJECT / "docs" / "examples" / "watch.toml", tmp_path / "report.jsonl"
    watch.store = tmp_path / "store"
    shutil.copytree(demo_store, watch.store)
    watch.store.chmod(0o700)
    status, out, err = watch(example, "--report", report)
    assert status == 3, err
    fired = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert len(fired) == len(out) and report.stat().st_mode & 0o777 == 0o600
    found = {one["rule"]: one for one in fired}
    assert found["closures-high"]["value"] == 149 and found["closures-high"]["simulated"] == []
    assert found["gap-large"]["what"] == "PHL" and found["gap-large"]["simulated"]
    assert found["refugees-overdue"]["value"].startswith("20") and found["reach-moved"]["audience"] == "steward"
    waiting = [one["value"] for one in fired if one["rule"] == "needs-waiting"]
    assert waiting and min(waiting) > 21
    assert not any("_secondary" in firing["sentence"] for firing in fired), "a level is named in words"
    assert watch(example, "--report", report)[:2] == (0, [])
    assert len(report.read_text(encoding="utf-8").splitlines()) == len(fired), "told once"
    (watch.store / "watch.json").unlink()
    assert len(watch(example)[1]) == len(fired), "a state that is erased tells again"


def test_a_number_is_crossed_and_told_again_only_when_asked(watch):
    # alpha A1, A4, A5; beta B2 and X1, whom delta has too; G1 and G2 are in a rehearsal since release 3
    rule = FIGURE.format(audience="steward", comparison="at_least = 5")
    status, out, _ = watch(rule)
    assert (status, out) == (3, ["reach: Learners: 5, at or above 5. Release 3, for the steward."])
    assert watch(rule)[:2] == (0, [])
    assert watch(rule, "--again")[:2] == (3, out)
    assert watch(FIGURE.format(audience="steward", comparison="above = 5"))[:2] == (0, [])
    assert watch(FIGURE.format(audience="steward", comparison="below = 6"))[0] == 3, "a rule that changed is another"


def test_a_change_between_releases_is_told_with_both_figures(watch):
    rule = FIGURE.format(audience="steward", comparison="changes_by_more_than = 1")
    status, out, _ = watch(rule)
    assert status == 3
    assert out == ["reach: Learners: 5, 7 in the release before: a change of more than 1. Release 3, for the steward."]
    assert watch(FIGURE.format(audience="steward", comparison="changes_by_more_than = 2"))[0] == 0


def test_a_difference_of_rounded_counts_is_refused(watch):
    status, out, err = watch(FIGURE.format(audience="coalition", comparison="changes_by_more_than = 1"))
    assert (status, out) == (1, []) and "rules.toml, line 2, rule reach" in err and 'audience = "steward"' in err


def test_a_figure_that_the_audience_may_not_see_fires_nothing_and_says_so(watch):
    status, out, err = watch(FIGURE.format(audience="coalition", comparison="above = 0"))
    assert (status, out) == (0, []), "five learners are hidden from the coalition"
    assert "the figure is hidden or missing" in err


def test_several_rows_are_chosen_or_told_apart(watch):
    rule = '[[rule]]\nname = "open"\nquestion = "school_closures/status_by_country"\n'
    rule += 'column = "learners"\nabove = 0\n'
    rule += "params = { on_date = 2020-03-24 }\n"
    status, _, err = watch(rule)
    assert status == 1 and "each = the column that identifies a row" in err
    status, out, _ = watch(rule + 'each = "country_iso3"\nwhere = { status = "closed" }\n')
    assert status == 3 and [line.split(":")[0] for line in out] == ["open [ITA]", "open [KEN]"]
    assert watch(rule + 'where = { country_iso3 = "ITA" }\n')[0] == 3
    status, out, err = watch(rule + 'where = { country_iso3 = "XXX" }\n')
    assert (status, out) == (0, []) and "no row of the answer is meant" in err


def test_one_rule_that_cannot_be_judged_silences_no_other(watch):
    good = FIGURE.format(audience="steward", comparison="above = 1")
    wrong = FIGURE.format(audience="coalition", comparison="changes_by_more_than = 1").replace('"reach"', '"other"')
    status, out, err = watch(good + wrong)
    assert status == 3 and len(out) == 1 and "rule other" in err


def test_wrong_rules_end_with_one_sentence_and_leave_nothing(watch, tmp_path):
    status, out, err = watch(FIGURE.format(audience="nobody", comparison="above = 1"), "--report", tmp_path / "report")
    assert (status, out) == (1, []) and err.startswith("coalition: rules.toml, line 8, rule reach")
    assert not (tmp_path / "report").exists() and not (watch.store / "watch.json").exists()


def test_a_firing_is_mailed_once_and_not_remembered_before_it_was(post, watch):
    rule = FIGURE.format(audience="steward", comparison="above = 1")
    box = post()
    box.refuse = {"steward@unesco.example.org": "451 later"}
    status, _, err = watch(rule, "--mail-to", "steward")
    assert status == 1 and "answer 451" in err and box.mails == []
    box.refuse = {}
    assert watch(rule, "--mail-to", "steward")[0] == 3
    (_, mail, *_), *others = box.mails
    assert not others and mail["Subject"] == "Coalition dashboard: reach"
    assert "Learners registered.\nreach: Learners: 5, above 1." in mail.get_content().replace("\r\n", "\n")
    assert watch(rule, "--mail-to", "steward")[0] == 0 and len(box.mails) == 1


def test_who_may_not_read_a_rule_is_refused_before_anything_fires(post, watch):
    box = post()
    rule = FIGURE.format(audience="steward", comparison="above = 1000")
    status, _, err = watch(rule, "--mail-to", "coalition")
    assert status == 1 and box.mails == []
    assert "rules.toml, line 2, rule reach, for the audience steward" in err and "exec@unesco.example.org" in err


@pytest.mark.parametrize("damage", ["{", "[]", '{"x": 1}'])
def test_a_state_that_cannot_be_read_says_so(watch, damage):
    rule = FIGURE.format(audience="steward", comparison="above = 1")
    watch(rule)
    (watch.store / "watch.json").write_text(damage, encoding="utf-8")
    status, _, err = watch(rule)
    assert status == 1 and "Remove it" in err


def test_two_watches_do_not_tell_the_same_twice(watch):
    from dashboard.watch.reported import alone

    rule = FIGURE.format(audience="steward", comparison="above = 1")
    watch(rule)
    with alone(watch.store):
        status, out, err = watch(rule, "--again")
    assert (status, out) == (1, []) and "Another watch of this store is at work" in err


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (12_345.6, "12,346"),
        (1_234_567.25, "1,234,567"),
        (999.96, "1,000"),
        (0.2134, "0.2134"),
        (7, "7"),
        (-2_500.5, "-2,500"),
    ],
)
def test_a_figure_is_written_without_an_exponent(value, words):
    assert judging._number_words(value) == words


def test_the_level_of_a_need_is_written_in_words():
    assert judging._level_words("upper_secondary") == "upper secondary"
    assert judging._level_words("unheard_of") == "unheard_of", "what has no label stands as it is"
