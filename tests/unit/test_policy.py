"""What the policy says holds everywhere: in the SQL of shares, for every cube, and for rows of single learners."""

import re
import tomllib

from dashboard.disclosure.policy import FILE, policy
from dashboard.disclosure.protect import PROTECTED
from dashboard.settings import QUERIES
from dashboard.warehouse.answers import queried_tables
from dashboard.warehouse.catalog import layer
from dashboard.warehouse.changes import changed_tables


def test_every_cube_is_protected():
    assert {cube.name for cube in layer("cubes")} == set(PROTECTED)


def test_no_page_reads_a_table_with_a_row_for_each_learner():
    of_learners = {mart.name for mart in layer("marts") if any(field.name == "learner_key" for field in mart.columns)}
    assert {
        "fct_journey",
        "fct_course_run",
        "fct_credential",
        "fct_recognition",
        "fct_figure_row",
        "fct_learner_link",
    } <= of_learners
    assert not of_learners & queried_tables()


def test_what_is_left_of_a_comparison_names_no_learner():
    left = [query for query in layer("changes") if query.name in changed_tables()]
    columns = {field.name for query in left for field in query.columns}
    assert left and "about" in columns and not columns & {"learner_key", "email_key", "id_key", "item"}


def test_shares_in_sql_are_those_of_the_policy():
    sql = (QUERIES / "audiences" / "protected" / "part_of.sql").read_text(encoding="utf-8").split("CREATE")[1]
    rates = tomllib.loads(FILE.read_text(encoding="utf-8"))["rates"]
    wanted = {rates["denominator"], rates["numerator"], rates["extreme_below"], rates["extreme"], 1 - rates["extreme"]}
    found = {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", sql)}
    assert found - {0.0, 2.0} == wanted  # nullif(whole, 0), and two digits of a share


def test_thresholds_are_those_stated():
    rules = policy()
    assert (rules.hide_below, rules.rounding, rules.narrowest) == (10, {"coalition": 5, "public": 10}, 3)
    assert (rules.other_partners, rules.two_largest, rules.largest_share) == (3, 0.85, 0.5)
