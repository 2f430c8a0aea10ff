"""A file of rules is checked whole when it is read: what is wrong is named with its line and what is allowed."""

import pytest

from dashboard.settings import PROJECT
from dashboard.watch.rules import RuleWrong, read_rules

GOOD = """
[[rule]]
name = "closures"
question = "school_closures/world_on_date"
params = { on_date = 2020-05-19 }
column = "countries_closed"
above = 100
"""
OVERDUE = '[[rule]]\nname = "late"\noverdue = "unhcr_population"\n'


def read(tmp_path, text):
    file = tmp_path / "rules.toml"
    file.write_text(text, encoding="utf-8")
    return read_rules(file)


def test_the_example_reads():
    rules = read_rules(PROJECT / "docs" / "examples" / "watch.toml")
    assert {rule.kind for rule in rules} == {"question", "overdue", "needs_unmatched_days"}
    assert {rule.audience for rule in rules} == {"coalition", "steward"}


@pytest.mark.parametrize(
    ("change", "line", "why"),
    [
        (("above = 100", "abov = 100"), 7, "'abov' is no key of such a rule. It may have: name, title, audience"),
        (("above = 100", ""), 2, "one of above, below, at_least, at_most, changes_by_more_than (found: none)"),
        (("above = 100", "above = 1\nbelow = 2"), 2, "(found: above, below)"),
        (("above = 100", 'above = "many"'), 7, "above is a number"),
        (("above = 100", "above = nan"), 7, "above is a number"),
        (("above = 100", "above = true"), 7, "above is a number"),
        (("above = 100", "changes_by_more_than = -1"), 7, "a number from 0"),
        (('"countries_closed"', '"countries_shut"'), 6, "no number 'countries_shut'. It has: countries_closed,"),
        (('"countries_closed"', '"captured_on"'), 6, "no number 'captured_on'"),
        (('column = "countries_closed"', 'metric = "learners_reached"'), 6, "no metric 'learners_reached'"),
        (("world_on_date", "world_on_day"), 4, "school_closures/world_on_date"),
        (("on_date =", "on_day ="), 5, "no parameter 'on_day'. It has: on_date, as_captured_on"),
        (("2020-05-19", '"soon"'), 5, "on_date wants a date such as 2020-05-19"),
        (("above = 100", 'above = 100\nwhere = { iso = "KEN" }'), 8, "no column 'iso'. It has: on_date"),
        (("above = 100", 'above = 100\neach = "on_date"'), 8, "world_on_date has: enrolment_vintage"),
        (("above = 100", 'above = 100\naudience = "partner:kiron"'), 8, "Allowed are: public, coalition, steward"),
        (('"closures"', '"Closures!"'), 3, "a name of small letters"),
        (("above = 100", 'above = 100\noverdue = "needs"'), 2, "a rule has one of question, overdue"),
        (("school_closures/world_on_date", "what_changed/figures"), 4, "compares two releases itself"),
        (("above = 100", "above = 100\n" + GOOD), 10, "is that of rules.toml, line 2, rule closures already"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, change, line, why):
    assert change[0] in GOOD
    with pytest.raises(RuleWrong) as refused:
        read(tmp_path, GOOD.replace(*change))
    assert f"rules.toml, line {line}," in str(refused.value)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1: a file of rules holds [[rule]] tables and nothing else (found: nothing)"),
        ("mail = 1\n" + GOOD, "line 1: a file of rules holds"),
        ("rule = [{ name = 'x' }]", "write each rule under a line [[rule]]"),
        ("[[rule]\n", "is not TOML"),
        ("[[rule]]\nname = 'x'\noverdue = 'unesco_closures'", "line 3, rule x: 'unesco_closures' is never overdue"),
        (OVERDUE.replace("unhcr_population", "coursera_usage"), "of the others a steward may"),
        ("[[rule]]\nname = 'x'\nneeds_unmatched_days = -1", "days from 0"),
        (
            "[[rule]]\nname = 'x'\nneeds_unmatched_days = 21\non_date = 'x'",
            "line 4, rule x: The parameter on_date wants",
        ),
    ],
)
def test_a_file_that_is_no_list_of_rules_says_so(tmp_path, text, why):
    with pytest.raises(RuleWrong) as refused:
        read(tmp_path, text)
    assert why in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_says_so(tmp_path):
    with pytest.raises(RuleWrong, match="cannot be read"):
        read_rules(tmp_path / "none.toml")
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RuleWrong, match="not UTF-8"):
        read_rules(tmp_path / "x.toml")


def test_a_steward_may_be_told_of_partners_files(tmp_path):
    (rule,) = read(tmp_path, OVERDUE.replace("unhcr_population", "coursera_usage") + 'audience = "steward"')
    assert rule.source.name == "coursera_usage"
