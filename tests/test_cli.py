"""The `coalition` command: exit status, sentences, and the shapes that scripts of others read."""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.commands.cli import main
from dashboard.commands.counted import counted
from dashboard.store import releases
from dashboard.store.releases import current_number, release_numbers
from dashboard.warehouse.catalog import sources

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def coalition(monkeypatch, capsys):
    """Runs a command line; gives exit status, output and complaints."""
    monkeypatch.delenv("COALITION_STORE", raising=False)

    def run(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code
        captured = capsys.readouterr()
        monkeypatch.delenv("COALITION_STORE", raising=False)
        return status, captured.out, captured.err

    return run


def test_an_import_ends_with_the_line_that_accounts_for_every_row(coalition, tmp_path):
    file = FIXTURES / "unesco_closures.csv"
    status, out, _ = coalition("--store", tmp_path, "import", "unesco_closures", file, "--captured-on", "2020-03-20")
    assert status == 0
    assert out.splitlines()[-1] == "rows in 18 = published 11 + collapsed 1 + quarantined 6"
    assert "2  status: the same country and day has another status too" in out
    assert "published release 1" in out
    quarantine = next((tmp_path / "snapshots" / "unesco_closures").glob("*/quarantine.csv")).read_text().splitlines()
    assert quarantine[0] == "line,column,value,reason" and len(quarantine) == 7


def test_no_publish_keeps_the_snapshot_only(coalition, tmp_path):
    coalition("--store", tmp_path, "import", "hubs", FIXTURES / "hubs.csv", "--no-publish")
    assert release_numbers(tmp_path) == [] and (tmp_path / "snapshots" / "hubs").is_dir()
    assert coalition("--store", tmp_path, "publish")[:2] == (0, "published release 1\n")


def test_check_reports_and_keeps_nothing(coalition, tmp_path):
    status, out, _ = coalition("--store", tmp_path / "s", "check", "hubs", FIXTURES / "hubs.csv")
    assert status == 0 and "rows in 4 = published 2 + collapsed 1 + quarantined 1" in out
    assert not (tmp_path / "s").exists()


def test_columns_sender_and_country_of_a_list_can_be_declared(coalition, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("Nom de l'entité,Quoi,Lieu\nMember 001,Éducation,Lac\n", encoding="utf-8")
    arguments = ["check", "contributions_5w", file, "--partner", "a_cluster", "--country", "Chad"]
    named = ["--column", "organisation=Nom de l'entité", "--column", "sector=Quoi"]
    assert "rows in 1 = published 1" in coalition("--store", tmp_path, *arguments, *named)[1]
    assert "has the columns organisation or" in coalition("--store", tmp_path, *arguments)[2]
    assert "no mapping" in coalition("--store", tmp_path, *arguments, *named, "--column", "x=y")[2]
    assert "no country 'Narnia'" in coalition("--store", tmp_path, *arguments[:-1], "Narnia", *named)[2]
    assert coalition(*arguments, "--column", "organisation")[0] == 2


def test_a_template_goes_to_standard_output_or_to_a_file(coalition, tmp_path):
    status, out, _ = coalition("template", "hubs")
    assert status == 0 and out.startswith("hub_id,") and out.count("\n") == 2
    file = tmp_path / "hubs.xlsx"
    assert coalition("template", "hubs", file, "--format", "xlsx")[:2] == (0, "")
    assert file.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "nothing", "x.csv"], "no source 'nothing'"),
        (["import", "hubs", "not-there.csv"], "no file"),
        (["ask", "school_closures/world_on_date"], "holds no release"),
        (["ask", "no/such"], "no question"),
        (["releases", "list"], "holds no release"),
        (["releases", "rollback", "3"], "no release 3"),
        (["template", "nothing"], "no source"),
        (["fetch", "unesco_closures", "--from", "ftp://x/y.csv"], "not an http"),
    ],
)
def test_a_refusal_is_status_1_with_one_sentence(coalition, tmp_path, arguments, says):
    status, out, err = coalition("--store", tmp_path, *arguments)
    assert status == 1 and out == ""
    assert err.startswith("coalition: ") and says in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["ask"],
        ["import", "hubs"],
        ["ask", "a/b", "--param", "novalue"],
        ["import", "hubs", "f", "--captured-on", "x"],
    ],
)
def test_wrong_usage_is_status_2(coalition, arguments):
    assert coalition(*arguments)[0] == 2


def test_json_is_a_list_of_objects_with_iso_dates_and_null(coalition, small_store):
    status, out, _ = coalition(
        "--store",
        small_store,
        "ask",
        "school_closures/world_on_date",
        "--param",
        "on_date=2020-03-21",
        "--format",
        "json",
    )
    (row,) = json.loads(out)
    assert status == 0
    assert (row["on_date"], row["captured_on"], row["countries_closed"]) == ("2020-03-21", "2020-03-20", None)


def test_a_parameter_that_is_not_optional_must_be_given(coalition, small_store):
    status, out, err = coalition("--store", small_store, "ask", "school_closures/world_on_date")
    assert status == 1 and out == "" and "wants on_date" in err


def test_a_parameter_given_twice_is_refused(coalition, small_store):
    twice = ("--param", "year=2022", "--param", "year=2023")
    assert coalition("--store", small_store, "ask", "reach_map/totals", *twice)[0] == 1


def test_an_answer_with_simulated_rows_says_so_beside_it(coalition, demo_store, small_store):
    arguments = ("ask", "needs_and_offers/offers", "--format", "json")
    status, out, err = coalition("--store", demo_store, *arguments)
    assert status == 0 and json.loads(out) and "simulated rows" in err
    assert coalition("--store", small_store, *arguments)[2] == ""
    assert "(demonstration)" in coalition("--store", demo_store, "releases", "list")[1]


def test_of_several_files_all_are_taken_or_none(coalition, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    status, _, err = coalition("--store", tmp_path / "s", "import", "hubs", FIXTURES / "hubs.csv", bad)
    assert status == 1 and "bad.csv: " in err and "Nothing of this import was kept" in err
    assert not (tmp_path / "s" / "snapshots").exists()


def test_the_same_file_again_makes_no_new_release(coalition, tmp_path):
    for expected in ("published release 1", "release 1 stays"):
        out = coalition("--store", tmp_path, "import", "hubs", FIXTURES / "hubs.csv")[1]
        assert expected in out and out.splitlines()[-1].startswith("rows in 4")


def test_csv_and_table_hold_the_same_rows(coalition, small_store):
    arguments = ("--store", small_store, "ask", "reach_map/refugees_by_host", "--param", "year=2023", "--format")
    assert coalition(*arguments, "csv")[1].splitlines() == [
        "country_iso3,country,refugees",
        "KEN,Kenya,160",
        "ITA,Italy,40",
        "FRA,France,0",
    ]
    assert coalition(*arguments, "table")[1].splitlines()[2].split() == ["KEN", "Kenya", "160"]


@pytest.mark.parametrize(
    ("param", "says"),
    [
        ("on_date=yesterday", "wants a date"),
        ("colour=red", "no parameter 'colour'"),
        ("on_date=2020-99-01", "wants a date"),
    ],
)
def test_a_wrong_parameter_is_refused(coalition, small_store, param, says):
    status, _, err = coalition("--store", small_store, "ask", "school_closures/world_on_date", "--param", param)
    assert status == 1 and says in err


def test_a_parameter_is_bound_and_never_text(coalition, small_store):
    hostile = "country_iso3=KEN' OR 1=1 --"
    out = coalition("--store", small_store, "ask", "learning_hubs/register", "--param", hostile, "--format", "json")[1]
    assert json.loads(out) == []


def test_releases_are_listed_shown_verified_and_rolled_back(coalition, tmp_path):
    for name in ("hubs", "uis_enrolment"):
        coalition("--store", tmp_path, "import", name, FIXTURES / f"{name}.csv")
    status, out, _ = coalition("--store", tmp_path, "releases", "list")
    assert [line.split()[0] for line in out.splitlines()] == ["1", "*"]
    assert json.loads(coalition("--store", tmp_path, "releases", "show", "2")[1])["number"] == 2
    assert len(coalition("--store", tmp_path, "releases", "verify")[1].splitlines()) == 2
    assert coalition("--store", tmp_path, "releases", "rollback", "1")[0] == 0
    assert current_number(tmp_path) == 1


def test_help_names_every_verb(coalition):
    status, out, _ = coalition("--help")
    assert status == 0
    verbs = out.split("verbs:")[1]
    data = ("sources", "template", "export", "check", "import", "fetch", "withdraw", "publish", "releases")
    for verb in ("run", "demo", *data, "audit", "erase", "backup", "restore"):
        assert f"    {verb}" in verbs
    assert "PAGE/QUESTION" in coalition("ask", "--help")[1]
    assert len(coalition("sources")[1].splitlines()) == len(sources())


def test_the_command_works_as_a_process_and_survives_a_closed_pipe(small_store):
    command = f"{sys.executable} -m dashboard.commands.cli --store {small_store} ask reach_map/coverage | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("country_iso3") and "Traceback" not in done.stderr


@pytest.mark.parametrize("value", ["", "99999999999999999999999"])
def test_a_parameter_that_must_be_given_is_not_blank_and_not_too_large(small_store, value, capsys):
    arguments = ["--store", str(small_store), "ask", "cohorts/difference", "--param", f"by_day={value}"]
    assert main(arguments) == 1
    assert "by_day" in capsys.readouterr().err


def test_what_the_operator_does_is_in_the_audit_log(coalition, tmp_path):
    for name in ("hubs", "uis_enrolment"):
        coalition("--store", tmp_path, "import", name, FIXTURES / f"{name}.csv")
    coalition("--store", tmp_path, "publish")
    coalition("--store", tmp_path, "releases", "rollback", "1")
    name = next((tmp_path / "snapshots" / "hubs").iterdir()).name
    coalition("--store", tmp_path, "withdraw", "hubs", name)
    status, out, _ = coalition("--store", tmp_path, "audit", "list")
    fields = [line.split("  ")[1:] for line in out.splitlines()]
    assert status == 0 and [line[0] for line in fields] == [
        *("upload", "release", "upload", "release"),
        *("release", "rollback", "withdrawal"),
    ]
    assert fields[0] == [
        "upload",
        "operator",
        f"hubs {name}, rows in 4 = published 2 + collapsed 1 + quarantined 1",
    ]
    assert fields[4] == ["release", "operator", "publish", "release 3"] and fields[5][-1] == "release 1"
    assert coalition("--store", tmp_path, "audit", "list", "--last", "1")[1].splitlines() == out.splitlines()[-1:]
    assert coalition("--store", tmp_path, "audit", "verify")[1].startswith("7 lines hold, from 20")
    log = tmp_path / "audit" / "log.jsonl"
    log.write_text(log.read_text().replace("rollback", "Rollback", 1))
    status, _, err = coalition("--store", tmp_path, "audit", "verify")
    assert status == 1 and "Line 6 of" in err and err.count("\n") == 1


def test_an_empty_audit_log_says_so(coalition, tmp_path):
    for action in ("verify", "list"):
        assert coalition("--store", tmp_path, "audit", action)[:2] == (0, f"nothing is recorded yet in {tmp_path}\n")


def test_health_says_with_its_status_whether_something_needs_attention(coalition, tmp_path, monkeypatch):
    monkeypatch.setattr(releases, "today", lambda: datetime.date(2026, 11, 28))
    status, out, err = coalition("--store", tmp_path, "health")
    expected = sum(card.every_days > 0 for card in sources().values())
    assert (status, err) == (0, "") and f"{len(sources())} sources and streams: {expected} missing, " in out
    assert not list(tmp_path.iterdir())
    file = FIXTURES / "coursera_usage.csv"
    # 31 days: fresh until 28 November, due until 13 December, overdue after.
    for day, failed in (("2026-10-28", 0), ("2026-10-12", 1)):
        store = tmp_path / day
        arguments = ["import", "coursera_usage", file, "--captured-on", day, "--no-publish", "--confirm"]
        assert coalition("--store", store, *arguments)[0] == 0
        assert coalition("--store", store, "health")[0] == failed, day


def test_health_as_json_has_the_keys_that_operations_name(coalition, tmp_path, monkeypatch):
    monkeypatch.setattr(releases, "today", lambda: datetime.date(2026, 11, 28))
    file = FIXTURES / "unesco_closures.csv"
    coalition("--store", tmp_path, "import", "unesco_closures", file, "--captured-on", "2020-03-20", "--no-publish")
    coalition(
        "--store", tmp_path, "import", "uis_enrolment", FIXTURES / "uis_enrolment.csv", "--captured-on", "2022-02-28",
        "--no-publish",
    )  # fmt: skip
    status, out, _ = coalition("--store", tmp_path, "health", "--format", "json")
    report = json.loads(out)
    assert status == 1 and report["needs_attention"] is True and report["day"] == "2026-11-28"
    assert (report["overdue"], report["ahead"], report["failing"], report["troubles"]) == (
        ["uis_enrolment"],
        [],
        [],
        [],
    )
    by_name = {stream["source"]: stream for stream in report["streams"]}
    late, closures = by_name["uis_enrolment"], by_name["unesco_closures"]
    assert (late["age_days"], late["next_expected"], late["overdue_since"]) == (1734, "2023-03-01", "2023-09-01")
    assert closures["freshness"] == "not_expected" and closures["sent_by"] == ["operator"]
    (capture,) = closures["captures"]
    # As the import says: rows in 18 = published 11 + collapsed 1 + quarantined 6.
    assert [capture[f"rows_{name}"] for name in ("in", "published", "collapsed", "set_aside")] == [18, 11, 1, 6]
    assert sum(reason["rows"] for reason in capture["set_aside_by_reason"]) == 6
    named = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
    section = named.split("## Is it fresh")[1].split("\n## ")[0]
    for key in {*report, *late, *capture, *capture["set_aside_by_reason"][0]}:
        assert f"`{key}`" in section, key


def test_health_goes_on_where_a_list_of_reasons_cannot_be_read(coalition, tmp_path):
    file = FIXTURES / "unesco_closures.csv"
    coalition("--store", tmp_path, "import", "unesco_closures", file, "--captured-on", "2020-03-20", "--no-publish")
    listed = next((tmp_path / "snapshots" / "unesco_closures").glob("*/quarantine.csv"))
    listed.parent.chmod(0o700)
    listed.unlink()
    status, out, _ = coalition("--store", tmp_path, "health", "--format", "json")
    report = json.loads(out)
    assert status == 1 and [trouble["source"] for trouble in report["troubles"]] == ["unesco_closures"]
    (closures,) = [stream for stream in report["streams"] if stream["source"] == "unesco_closures"]
    assert closures["captures"][0]["set_aside_by_reason"] is None and closures["rows"] == 11


@pytest.mark.parametrize(
    ("words", "count"), [("1 row", (1, "row")), ("0 rows", (0, "row")), ("2 people", (2, "person", "people"))]
)
def test_a_count_has_its_noun_in_the_right_number(words, count):
    assert counted(*count) == words


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_ctrl_c_is_a_sentence(monkeypatch, capsys, interrupt):
    def stopped(*_args, **_named):
        raise interrupt

    monkeypatch.setattr("dashboard.actions.publish", stopped)
    assert main(["publish"]) == 130
    said = capsys.readouterr().err
    assert said.startswith("coalition: stopped by Ctrl-C. What is served stays as it was") and "Traceback" not in said
