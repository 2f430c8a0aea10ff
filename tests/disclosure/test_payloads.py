"""What goes to those who own no rows: whatever two states of a page they compare, no one to nine people can be read.

A state is a release, a viewer, a question and its parameters, as pages ask; some are drawn as pages too.
"""

import datetime
import functools
import itertools
import json
import os
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, STEWARD, is_protected
from dashboard.disclosure.cells import HORIZONS
from dashboard.disclosure.protect import PROTECTED
from dashboard.scope import Scope
from dashboard.session import answer
from dashboard.settings import PROJECT
from dashboard.store.releases import rollback
from dashboard.warehouse.catalog import question, questions
from tests.disclosure import crowd

FULL = os.environ.get("COALITION_FULL_TESTS") == "1"
# Any two of these differ by one to nine; in full, each of which occurs.
LATECOMERS = (0, 1, 2, 6, 9) if FULL else (0, 3)
SCOPES = 60 if FULL else 5
BASE = {EXECUTIVE: 5, EVERYBODY: 10}
FEWEST, NARROWEST = 10, 3
CURVES = ("cohorts/completion_curve", "cohorts/withdrawal_curve")
PAGES = ("overview", "reach_map", "completion_funnel", "cohorts", "credit_recognition", "programmes")
OF_ONE_PARTNER = "my_programme"  # of which the public sees no figure
CHOICES = {
    "programme_id": (None, "for_refugees", crowd.PROGRAMME, crowd.SMALL_PROGRAMME),
    "partner_id": (None, *crowd.SIZES, crowd.SMALL_PARTNER),
    "country_host": (None, "KEN", "UGA", "TCD", "unknown"),
    "country_iso3": ("KEN", "UGA", "TCD", "SDN"),
    "by": ("host", "origin"),
    "attribute": ("sex", "age_band", "education", "country_host"),
    "attribute_value": (None, "female", "18-24", "UGA"),
    "on_date": (None, *(datetime.date(2024, month, 1) - datetime.timedelta(1) for month in (4, 5, 7, 10))),
    "from_date": (None, datetime.date(2024, 3, 1)),
    "from_month": (None, datetime.date(2024, 2, 1)),
    "to_month": (None, datetime.date(2024, 4, 1)),
    "cohort_month": (None, datetime.date(2024, 2, 1)),
    "horizon_days": (None, *HORIZONS),
    "by_day": (90, 180),
    "quiet_days": (30,),
    "hub_id": (None, "h-1"),
    "region": (None, "Africa"),
    "host_type": (None,),
}
CHOICES |= {
    f"other_{name}": CHOICES[name]
    for name in CHOICES
    if name not in ("by", "by_day", "quiet_days", "hub_id", "region", "host_type")
}
# Whole numbers that are not of people or of what they did: places, steps, days, organisations, and what was planned.
ORDERS = {"step_order", "measure_order", "day", "week"}
NAMES = {
    *("programme_id", "partner_id", "partner", "programme", "cohort", "cohort_month", "month", "quarter", "measure"),
    *("area", "step", "attribute_value", "country_iso3", "origin_iso3", "reason", "university", "credential_type"),
    *("is_stacked", "outcome", "phase"),
}
NOT_PEOPLE = {
    *(*ORDERS, "by_day", "horizon_days", "quiet_days", "strata", "countries", "year", "last_week"),
    *(
        "partners",
        "other_partners",
        "programmes",
        "hubs",
        "hubs_alive",
        "hubs_evidenced",
        "hubs_named",
        "hubs_of_programme",
        "universities",
        "agreements",
    ),
    *("agreement_countries", "seats", "courses", "guided_projects", "domains", "target_learners", "target_completions"),
    *("refugees_hosted", "newcomers"),
}
# All that these pages fold away.
OPEN = {
    "completion_funnel": "compared,area,groups",
    "cohorts": "compare,left,retention,quiet",
    "credit_recognition": "reasons,agreements,universities",
    "my_programme": "compared,progress,quiet,intakes,months,hubs",
    "programmes": "hours,outcomes,domains",
}
LINKS = (None, {"country_iso3": "KEN", "partner_id": "invented_d", "flows": "true"})
YEARS = range(2000, 2031)
COUNTRIES_OF_THE_WORLD = 251  # legends of maps count them
# Of messages: names of elements, and pixels.
OF_LAYOUT = {
    "id",
    "element_id",
    "hash",
    "height",
    "width",
    "pixel_height",
    "pixel_width",
    "template",
    "layout_config",
    "range",
}
# Sums and differences of rounded counts, of which more is possible than of one.
WORKED_OUT = {"others", "unique_upper", "at_risk", "ended_so_far", "learners_of_three", "learners_reported"}
# To two digits of what is exact, so that they may change where no count does.
AVERAGES = {
    *("median_days", "median_wait_days", "median_pending_days", "ects_requested", "ects_awarded", "hours_measured"),
    *("hours_estimated", "hours_attested"),
}


@dataclass(frozen=True)
class Answered:
    """What a viewer is shown, what is true, and the rows of both by what tells them apart."""

    shown: pd.DataFrame
    exact: pd.DataFrame
    places: tuple[dict, dict]


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crowd")
    return list(crowd.publish(folder / "store", folder, LATECOMERS))


@pytest.fixture(scope="module")
def states(releases):
    """What each viewer is answered by release, viewer, question and parameters; the steward's answer beside it."""

    @functools.cache
    def true(release, name, scope):
        exact = answer(STEWARD, release, name, scope)
        return exact, places_of(name, exact)

    found = {}
    for release, viewer, name in itertools.product(releases, BASE, questions()):
        for scope in scopes(name):
            params = scope.params(question(name))
            if is_protected(viewer, release, name, params):
                shown, exact = answer(viewer, release, name, scope), true(release, name, scope)
                found[release, viewer, name, tuple(params.items())] = Answered(
                    shown, exact[0], (places_of(name, shown), exact[1])
                )
    return found


@pytest.fixture(scope="module")
def pairs(states):
    """States of one viewer and question that differ by the release or by one parameter, as (name, one, other)."""
    beside = defaultdict(list)
    for release, viewer, name, params in states:
        beside[viewer, name, None, params].append((release, viewer, name, params))
        for at in range(len(params)):
            rest = (*params[:at], *params[at + 1 :])
            beside[viewer, name, release, at, rest].append((release, viewer, name, params))
    return [pair for group in beside.values() for pair in itertools.combinations(group, 2)]


def test_every_count_of_people_is_rounded_and_none_is_small(states):
    seen = 0
    for (_release, viewer, name, params), told in states.items():
        for column in counts(name):
            values = pd.to_numeric(told.shown[column]).dropna()
            few = (values < FEWEST) & ((values != 0) | (name not in CURVES))
            wrong = values[(values % BASE[viewer] != 0) | few]
            assert wrong.empty, (viewer, name, params, column, wrong.tolist()[:5])
            seen += len(values)
    assert seen > 1_000, seen


def test_no_pair_of_states_tells_a_difference_of_one_to_nine(pairs, states):
    """For each pair at least three differences stay possible, and the one that is true is among them."""
    few = 0
    for one, other in pairs:
        base = BASE[one[1]]
        coarse = 10 if one[2] in CURVES else base
        for column, a, b, is_within in cells_of_pair(one, other, states):
            low_a, high_a = allowed(a[0], base, coarse)
            low_b, high_b = allowed(b[0], base, coarse)
            least, most = low_a - high_b, high_a - low_b
            if is_within:  # one of them is of all, the other of some
                least = max(least, 0)
            true = a[1] - b[1]
            assert most - least >= NARROWEST - 1, (one[1:], other[1:], column, a, b)
            assert least <= true <= most or column in WORKED_OUT, (one[1:], other[1:], column, a, b)
            few += 1 <= abs(true) < FEWEST
    assert few > 200, few
    assert len(pairs) >= (5_000 if FULL else 500), len(pairs)


def test_whoever_has_seen_all_pairs_still_does_not_know_what_a_difference_stands_for(pairs, states):
    """Without any assumption of how figures were rounded: one difference shown is at least three true ones."""
    stands_for = defaultdict(Counter)
    for one, other in pairs:
        for _column, a, b, _is_within in cells_of_pair(one, other, states):
            stands_for[one[1].audience, a[0] - b[0]][a[1] - b[1]] += 1
    seen = {shown: true for shown, true in stands_for.items() if any(1 <= abs(d) < FEWEST for d in true)}
    # Seen so often that what it may stand for has been seen too.
    often = {shown: true for shown, true in seen.items() if true.total() >= 60}
    assert {audience for audience, _shown in often} == {"coalition", "public"} and len(often) >= 3
    for shown, true in often.items():
        assert len(true) >= NARROWEST, (shown, true)


def test_nothing_else_differs_where_no_count_does(pairs, states):
    """Shares, rates, classes and days are worked out of what is shown, so that they tell nothing besides."""
    alike = 0
    for one, other in pairs:
        if one[0] is other[0] or one[3] != other[3]:
            continue
        a, b = states[one].shown, states[other].shown
        told = [column for column in a.columns if column not in {*AVERAGES, "as_of_on", "on_date"}]
        people = [*counts(one[2]), *keys(one[2])]
        if len(a) and same(a[people], b[people]):
            assert same(a[told], b[told]), (one[1:], [c for c in told if not same(a[[c]], b[[c]])])
            alike += 1
    assert alike > 50, alike


def test_averages_have_two_digits_and_no_day_is_one_persons(states):
    averages = 0
    for (_release, _viewer, name, params), told in states.items():
        shown = told.shown
        for column in shown.columns:
            if column == "first_on":
                assert shown[column].isna().all(), (name, params)
            if column.startswith("median") and not column.endswith("share"):
                for value in shown[column].dropna().astype(float):
                    assert value == float(f"{value:.2g}"), (name, column, value)
                    averages += 1
    assert averages > 20


def test_every_parameter_of_a_question_about_people_is_tried(states):
    tried = {key for _release, _viewer, _name, params in states for key, _value in params}
    assert tried <= set(CHOICES) and len({name for _release, _viewer, name, _params in states}) > 30


@pytest.mark.parametrize("viewer", BASE, ids=lambda viewer: viewer.audience)
def test_no_page_sends_an_exact_count(viewer, releases, monkeypatch, as_served):
    """Every message to the browser is taken apart, texts, charts and tables: of each page as it is, and filtered."""
    payloads = 0
    for release, link in itertools.product(releases if FULL else releases[-1:], LINKS):
        serve(release, monkeypatch)
        exact = exact_counts(release)
        assert len(exact) > 400
        for page in (*PAGES, *([OF_ONE_PARTNER] if viewer == EXECUTIVE else [])):
            told = numbers_at(draw(page, viewer, link))
            leaked = {place: number for place, number in told.items() if number in exact}
            assert not leaked, (page, list(leaked.items())[:5])
            assert len(told) > 20, "the test reads what is sent"
            payloads += 1
    assert payloads >= 2 * len(PAGES)


@pytest.mark.parametrize("viewer", BASE, ids=lambda viewer: viewer.audience)
def test_no_number_of_a_page_moves_by_the_few_who_came(viewer, releases, monkeypatch, as_served):
    """Of two releases between which few people came, numbers at the same place differ by what rounding makes."""
    moved = 0
    for page in PAGES:
        drawn = []
        for release in releases[-2:]:
            serve(release, monkeypatch)
            drawn.append(numbers_at(draw(page, viewer)))
        before, after = drawn
        for place in before.keys() & after.keys():
            was, now = before[place], after[place]
            # Fewer than ten are never people; legends count countries; years pass.
            if was != now and min(was, now) >= FEWEST and "name" not in place and was not in YEARS:
                assert (now - was) % BASE[viewer] == 0, (page, place, was, now)
                moved += 1
    assert moved


def test_a_steward_is_sent_them_so_that_the_test_would_see_them(releases, monkeypatch, as_served):
    serve(releases[-1], monkeypatch)
    exact = exact_counts(releases[-1])
    for page in (*PAGES, OF_ONE_PARTNER):
        assert exact & set(numbers_at(draw(page, STEWARD)).values()), page


def scopes(name):
    """Choices of filters that a reader can make, each one filter away from another, beginning with the first of all."""
    known = [field.name for field in question(name).params]
    chosen = [tuple(CHOICES.get(key, (None,))[0] for key in known)]
    dice = random.Random(name)
    for _ in range(SCOPES * 4 if known else 0):
        near = list(dice.choice(chosen))
        at = dice.randrange(len(near))
        near[at] = dice.choice(CHOICES.get(known[at], (None,)))
        if tuple(near) not in chosen and len(chosen) < SCOPES:
            chosen.append(tuple(near))
    return [Scope(**dict(zip(known, values, strict=True))) for values in chosen]


@functools.cache
def counts(name):
    return [field.name for field in question(name).columns if field.type == "BIGINT" and field.name not in NOT_PEOPLE]


@functools.cache
def keys(name):
    """The columns that tell rows of an answer apart."""
    return [field.name for field in question(name).columns if field.name in ORDERS | NAMES]


def cells_of_pair(one, other, states):
    """Counts at the same place of both: column, (shown, true) of each, and whether the second is among the first."""
    name = one[2]
    places = [*states[one].places, *states[other].places]
    changed = [(x[1], y[1]) for x, y in zip(one[3], other[3], strict=True) if x[1] != y[1]]
    is_within = one[0] is other[0] and [x for x, _ in changed] == [None] and changed and one[3] != other[3]
    for place in places[0].keys() & places[1].keys() & places[2].keys() & places[3].keys():
        shown_a, true_a, shown_b, true_b = (table[place] for table in places)
        if any(shown.get("on_date") != true.get("on_date") for shown, true in ((shown_a, true_a), (shown_b, true_b))):
            continue  # others than owners are told the newest day that there is, and which it is
        for column in counts(name):
            values = [row[column] for row in (shown_a, true_a, shown_b, true_b)]
            # In a curve nothing is shown as none until enough are; what is hidden is missing.
            if not pd.isna(values).any() and values[0] and values[2]:
                a_shown, a_true, b_shown, b_true = map(float, values)
                yield column, (a_shown, a_true), (b_shown, b_true), is_within and a_true >= b_true


def places_of(name, table):
    """The rows of an answer by what tells them apart."""
    return {tuple(row[key] for key in keys(name)): row for row in table.to_dict("records")}


def allowed(shown, base, coarse):
    """What is possible of a count that is shown so: it was rounded up or down, nobody knows which."""
    return max(shown - base + 1, FEWEST), shown + coarse - 1


def same(a, b):
    one, other = (table.astype(object).where(table.notna(), None).to_numpy().tolist() for table in (a, b))
    return one == other


def serve(release, monkeypatch):
    store = release.folder.parents[1]
    monkeypatch.setenv("COALITION_STORE", str(store))
    rollback(store, release.number)


def draw(page, viewer, link=None):
    """The page as that viewer sees it."""
    test = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=90)
    if page != "overview":
        test.switch_page(f"pages/{page}/page.py")
    for name, value in {**(link or {}), **({"open": OPEN[page]} if page in OPEN else {})}.items():
        test.query_params[name] = value
    test.session_state["see_as"] = viewer
    test.run()
    assert not test.exception, test.exception
    return test


@functools.cache
def exact_counts(release):
    """True counts that are told from all rounded ones, and from small numbers of anything else."""
    found = set()
    for name in PROTECTED:
        table = pq.read_table(release.marts[name]).to_pandas()
        for column in table.columns:
            if pd.api.types.is_integer_dtype(table[column]) and column not in NOT_PEOPLE:
                found |= set(table[column].dropna().astype(int))
    return {number for number in found if number > COUNTRIES_OF_THE_WORLD and number % 5}


def numbers_at(test):
    """All whole numbers that a page sends, by where in it they stand."""
    return {
        (*path, *place): number for path, element in elements(test.main) for place, number in in_message(element.proto)
    }


def elements(block, path=()):
    for at, child in block.children.items():
        if hasattr(child, "children"):
            yield from elements(child, (*path, at))
        if hasattr(child, "proto"):
            yield (*path, at), child


def in_message(message, path=()):
    """Numbers of a message with where they stand: in its fields, texts, JSON and Arrow tables."""
    if not hasattr(message, "ListFields"):
        return
    for field, value in message.ListFields():
        here = (*path, field.name)
        if field.name in OF_LAYOUT:
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            values = list(value.values())
        else:
            values = value if field.is_repeated else [value]
        for at, one in enumerate(values):
            if isinstance(one, bytes):
                yield from in_table(one, (*here, at))
            elif hasattr(one, "ListFields"):
                yield from in_message(one, (*here, at))
            else:
                yield from in_value(one, (*here, at))


def in_table(packed, path):
    try:
        table = pa.ipc.open_stream(packed).read_all()
    except pa.ArrowInvalid:
        return
    for name, column in zip(table.column_names, table.columns, strict=True):
        for at, cell in enumerate(column.to_pylist()):
            yield from in_value(cell, (*path, name, at))


def in_value(value, path):
    """Numbers of what JSON can hold; of a text all that stand in it, thousands joined, shares and hours left out."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            if key not in OF_LAYOUT:
                yield from in_value(one, (*path, key))
    elif isinstance(value, str):
        if value[:1] in ("{", "["):
            try:
                yield from in_value(json.loads(value), path)
                return
            except ValueError:
                pass
        plain = re.sub(r"(?<=\d)[,\u00a0\u202f](?=\d{3}\b)", "", value)
        plain = re.sub(r"\d+(\.\d+)?(\u2013\d+)?[\u00a0\u202f ]?%", "", plain)
        plain = re.sub(r"\b\d\d:\d\d\b", "", plain)  # the hour at which a release was published
        for at, found in enumerate(re.findall(r"(?<![\w.#-])\d+(?!\w|\.\d)", plain)):
            yield (*path, at), int(found)
    elif isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value) and value == int(value):
        yield path, int(value)
