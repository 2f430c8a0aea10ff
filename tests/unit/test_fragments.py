"""Filters that several questions share: put in their place before anybody reads the SQL, or refused by name."""

import pytest

from dashboard.access.viewer import EVERYBODY, EXECUTIVE, answering_viewer, is_protected
from dashboard.settings import QUERIES
from dashboard.warehouse import catalog, fragments
from dashboard.warehouse.build import tables_of
from dashboard.warehouse.catalog import CatalogError, questions, read_query
from dashboard.warehouse.fragments import read_fragments

LATEST = """
-- title: The latest day
-- param $on_date
-- column on_date DATE: the day
SELECT coalesce($on_date, max(on_date)) AS on_date
FROM days
"""
IN_USE = """
-- title: Rows in use
-- row: a.state, a.closed_on
SELECT *
FROM given AS a
WHERE
    a.state <> 'a.state'
    AND (a.closed_on IS NULL OR EXISTS (SELECT 1 FROM days AS d WHERE d.on_date = a.closed_on))
"""
PLAIN = """
-- title: Rows of a state
-- row: a.state
-- param $state
SELECT *
FROM given AS a
WHERE
    ($state IS NULL OR a.state = $state)
"""
QUESTION = """
-- title: Which hubs are in use?
-- param $on_date DATE: the day, or NULL for the latest
-- param $state VARCHAR: state, or NULL for all
WITH latest AS (
    SELECT * FROM fragment.latest
)

SELECT h.state
FROM hubs AS h
INNER JOIN latest AS l ON TRUE
WHERE fragment.in_use(h)
GROUP BY h.state
HAVING
    count(*) > 1
    AND fragment.of_state()
ORDER BY h.state
"""
EXPANDED = """
WITH latest AS (
    SELECT coalesce($on_date, max(on_date)) AS on_date
    FROM days
)

SELECT h.state
FROM hubs AS h
INNER JOIN latest AS l ON TRUE
WHERE
    h.state <> 'a.state'
    AND (h.closed_on IS NULL OR EXISTS (SELECT 1 FROM days AS d WHERE d.on_date = h.closed_on))
GROUP BY h.state
HAVING
    count(*) > 1
    AND ($state IS NULL OR state = $state)
ORDER BY h.state
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of SQL with three fragments and two questions that include them, read instead of the project's."""
    for name, text in (("latest", LATEST), ("in_use", IN_USE), ("of_state", PLAIN)):
        write(tmp_path, f"fragments/{name}", text)
    for name in ("hubs", "hubs_again"):
        write(tmp_path, f"pages/room/{name}", QUESTION)
    monkeypatch.setattr(fragments, "fragments", lambda: read_fragments(tmp_path))
    return tmp_path


def write(folder, name, text):
    file = folder / f"{name}.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.lstrip(), encoding="utf-8")
    return file


def test_a_fragment_stands_in_the_sql_with_the_aliases_of_its_file(folder):
    assert read_query(folder / "pages/room/hubs.sql", "pages").sql == EXPANDED.strip()


def test_two_kinds_of_rows_have_their_aliases_in_the_order_of_the_header(folder):
    write(
        folder,
        "fragments/counted",
        "-- title: Counted\n-- row: s.id, p.in_total\nSELECT *\nFROM given AS s\nCROSS JOIN given AS p\nWHERE\n"
        "    (s.id = 1 OR p.in_total)\n",
    )
    file = write(folder, "pages/room/two", "-- title: Two?\nSELECT 1 AS n\nWHERE fragment.counted(x, y)\nORDER BY n")
    assert "WHERE (x.id = 1 OR y.in_total)" in read_query(file, "pages").sql
    file.write_text(file.read_text().replace("(x, y)", "(x)"))
    with pytest.raises(CatalogError, match="counted wants aliases for s, p"):
        read_query(file, "pages")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("WHERE fragment.in_uze(h)", "includes in_uze, which is not in queries/fragments"),
        ("WHERE fragment.in_use(h) OR TRUE", "is no include"),
        ("WHERE TRUE -- AND fragment.in_use(h)", "is no include"),
        ("WHERE fragment.in_use", "is no include"),
        ("WHERE fragment.latest()", "the fragment latest is a SELECT"),
        ("SELECT * FROM fragment.in_use", "the fragment in_use is a condition on rows"),
        ("WHERE fragment.in_use(h, p)", "in_use wants aliases for a"),
        ("WHERE fragment.in_use(d)", "wants aliases other than its own d"),
        ("WHERE fragment.in_use()", "wants aliases other than its own d"),
    ],
)
def test_an_include_that_is_none_is_refused_by_name(folder, line, why):
    file = folder / "pages/room/hubs.sql"
    file.write_text(QUESTION.lstrip().replace("WHERE fragment.in_use(h)", line), encoding="utf-8")
    with pytest.raises(CatalogError, match=why):
        read_query(file, "pages")


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("-- title: Rows", "-- titel: Rows", "not a header line"),
        ("-- title: Rows of a state\n", "", "one `-- title:` line"),
        ("-- param $state\n", "", "names the parameters"),
        ("-- row: a.state", "-- row: a.state, a.region", "`-- row:` names"),
        ("FROM given AS a", "FROM hubs AS a", "is `SELECT"),
        ("    ($state IS NULL OR a.state = $state)", "    $state IS NULL\n    OR a.state = $state", "brackets"),
        ("    ($state IS", "    fragment.in_use(a)\n    AND ($state IS", "includes no other"),
    ],
)
def test_a_fragment_whose_header_does_not_fit_its_sql_is_refused(folder, before, after, why):
    assert before in PLAIN
    write(folder, "fragments/of_state", PLAIN.replace(before, after))
    with pytest.raises(CatalogError, match=rf"of_state\.sql.*{why}"):
        read_fragments(folder)


INCLUDING = """
-- title: Hubs of a state
-- param $state
SELECT h.state
FROM hubs AS h
WHERE fragment.of_state(h)
"""


def test_a_select_that_files_share_may_include_what_includes_nothing(folder):
    write(folder, "fragments/chosen", INCLUDING)
    chosen = "WITH chosen AS (\n    SELECT * FROM fragment.chosen\n)\n\nSELECT 1 AS n FROM chosen ORDER BY n\n"
    file = write(folder, "pages/room/chosen", f"-- title: Which?\n-- param $state VARCHAR: state, or NULL\n{chosen}")
    assert "    WHERE ($state IS NULL OR h.state = $state)\n" in read_query(file, "pages").sql
    write(folder, "pages/room/hubs", file.read_text(encoding="utf-8"))
    write(folder, "pages/room/hubs_again", file.read_text(encoding="utf-8").replace("chosen", "latest"))
    write(folder, "fragments/in_use", PLAIN.replace("title: Rows of a state", "title: Another"))
    with pytest.raises(CatalogError, match="No file includes in_use of"):
        read_fragments(folder)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("-- param $state\n", "", "names the parameters"),
        ("fragment.of_state(h)", "fragment.of_stade(h)", "includes of_stade, which is not in queries/fragments"),
        ("fragment.of_state(h)", "fragment.chosen_before(h)", "chosen_before, which is not in queries/fragments"),
    ],
)
def test_a_select_that_includes_wrongly_is_refused(folder, before, after, why):
    assert before in INCLUDING
    write(folder, "fragments/chosen_before", INCLUDING)
    write(folder, "fragments/chosen", INCLUDING.replace(before, after))
    with pytest.raises(CatalogError, match=rf"chosen\.sql.*{why}"):
        read_fragments(folder)


def test_a_fragment_that_no_file_includes_is_refused_by_name(folder):
    write(folder, "fragments/forgotten", LATEST)
    with pytest.raises(CatalogError, match="No file includes forgotten"):
        read_fragments(folder)


def test_parameters_of_fragments_are_declared_by_the_question(folder):
    file = write(folder, "pages/room/hubs", QUESTION.replace("-- param $state VARCHAR: state, or NULL for all\n", ""))
    with pytest.raises(CatalogError, match="the SQL with its fragments uses"):
        read_query(file, "pages")


def test_a_question_about_people_by_its_fragment_alone_is_about_people(folder, monkeypatch):
    """A macro would hide its tables from the decision whose rows answer; so would an include that nobody expands."""
    write(folder, "fragments/reached", "-- title: Reached\nSELECT learners_reached FROM cube_reach\n")
    reached = "WITH reached AS (\n    SELECT * FROM fragment.reached\n)\n\nSELECT 1 AS n FROM reached ORDER BY n\n"
    write(folder, "pages/room/by_fragment", f"-- title: How many?\n{reached}")
    write(folder, "pages/room/by_nothing", "-- title: How many?\nSELECT 1 AS n\nFROM dim_hub\nORDER BY n\n")
    read = [read_query(path, "pages") for path in (folder / "pages/room").glob("by_*.sql")]
    known = {query.name: query for query in read}
    monkeypatch.setattr(catalog, "questions", lambda: known)
    assert "cube_reach" in tables_of(known["room/by_fragment"].sql)
    assert answering_viewer(EXECUTIVE, None, "room/by_fragment", {}) == EXECUTIVE
    assert is_protected(EXECUTIVE, None, "room/by_fragment", {})
    assert answering_viewer(EXECUTIVE, None, "room/by_nothing", {}) == EVERYBODY
    assert not is_protected(EXECUTIVE, None, "room/by_nothing", {})


def test_no_include_is_left_in_the_sql_of_the_project():
    assert any("fragment." in path.read_text(encoding="utf-8") for path in (QUERIES / "pages").rglob("*.sql"))
    assert not [query.name for query in questions().values() if "fragment." in query.sql]
