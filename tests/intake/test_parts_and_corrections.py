"""A file is the whole export, a part of one, or corrected rows: the wrong one of these loses nothing that stands."""

import csv
import datetime
import os
import random

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dashboard import actions
from dashboard.actions import Actor, NotConfirmed, bring_in, import_files
from dashboard.commands.cli import main
from dashboard.intake import child, front_door
from dashboard.intake.consequences import Change
from dashboard.intake.corrections import FILE, LINE, REASON
from dashboard.intake.file_names import corrects_in_name, is_part_in_name
from dashboard.intake.front_door import Declared
from dashboard.intake.meeting import Match
from dashboard.intake.proposals import NotYours, sent_together, waiting
from dashboard.intake.recognise import set_aside_rows
from dashboard.intake.report import FileRefused
from dashboard.store import cadence
from dashboard.store.audit_log import entries
from dashboard.store.joining import CORRECTIONS, PART, WHOLE, NothingToCorrect
from dashboard.store.releases import current_number, open_release
from dashboard.store.snapshots import DaysOverlap, pinned, snapshots
from tests.store.tiny import build_tiny_releases

SOURCE = "coursera_usage"
DAY = datetime.date(2024, 6, 30)
HEADER = [
    "External Id",
    "Email",
    "Course",
    "Course ID",
    "Enrollment Time",
    "Overall Progress",
    "Completed",
    "Program Slug",
]
FIVE = ("KEN", "UGA", "TZA", "RWA", "BDI")
SLUG = "coursera-for-refugees-alpha"
EXAMPLES = 60 if os.environ.get("COALITION_FULL_TESTS") == "1" else 8


def row(learner, course="c1", progress="40", slug=SLUG):
    return [f"A-{learner}", "", "Course", course, "2024-01-05T08:00:00Z", progress, "No", slug]


def written(folder, name, rows, header=HEADER):
    file = folder / name
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([header, *rows])
    return file


def rows_of(store, source=SOURCE):
    """Every record that a release would be built from, in an order of its own."""
    found = [
        tuple(one.items())
        for snapshot in pinned(store)[source]
        for one in pq.read_table(snapshot.rows_file).to_pylist()
    ]
    return sorted(found, key=repr)


def people(store):
    return len({dict(one)["id_key"] for one in rows_of(store)})


def correct(store, folder, file, done, mend, name="corrected.csv"):
    """Takes the rows set aside of an import as the page gives them, mends them and writes them as a file."""
    reasons = {one.line: one.reason for one in done.files[0].report.quarantined}
    table = set_aside_rows(file, SOURCE, reasons, Declared(), done.files[0].file_id)
    header, *rows = table
    return written(folder, name, [mend(dict(zip(header, cells, strict=True))) for cells in rows], header)


def mended(cells):
    return list({**cells, "Overall Progress": "40"}.values())


@pytest.fixture(autouse=True)
def releases_without_figures(request, monkeypatch):
    """Releases of three small tables: what a file joins, loses or replaces is in the snapshots, and said of them."""
    if "whole_release" not in request.fixturenames:
        build_tiny_releases(monkeypatch)
        monkeypatch.setattr(cadence, "count_real_learners", lambda pins: False)


@pytest.fixture
def whole_release():
    """Releases with all their figures."""


@pytest.fixture
def in_process(monkeypatch):
    """Files are read in this process: what the child does, without the half second that its start takes."""
    monkeypatch.setattr(front_door, "run_child", _run)


def _run(order, progress=None):
    do = child.set_aside if "lines" in order else child.parse
    return do(order)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


def test_corrected_rows_join_the_export_they_were_set_aside_of(tmp_path, store):
    """60 learners, 5 of them with an unreadable progress: 55 published, then 60; before, 60 would have become 5."""
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n, progress="x" if n < 5 else "40") for n in range(60)])
    done = import_files(store, SOURCE, [file])
    assert people(store) == 55 and len(done.files[0].report.quarantined) == 5
    corrected = correct(store, tmp_path, file, done, mended)
    again = import_files(store, SOURCE, [corrected])
    assert people(store) == 60 and current_number(store) == 2
    (one,) = pinned(store)[SOURCE]
    account = again.files[0].snapshot and pq.read_metadata(one.rows_file).num_rows
    assert account == 60 and one.quarantine_file.read_text(encoding="utf-8").count("\n") == 1  # its header alone
    whole = written(tmp_path, "whole.csv", [row(n) for n in range(60)])
    import_files(tmp_path / "other", SOURCE, [whole], captured_on=DAY)
    assert rows_of(store) == rows_of(tmp_path / "other")


def test_the_account_of_a_corrected_export_adds_up(tmp_path, store):
    from dashboard.store.protocol import read_manifest

    rows = [row(n, progress="x" if n < 5 else "40") for n in range(20)]
    file = written(tmp_path, "usage_2024-06-30.csv", [*rows, row(19)])
    done = import_files(store, SOURCE, [file])

    def all_but_one(cells):
        return list({**cells, "Overall Progress": "x" if cells["External Id"] == "A-3" else "40"}.values())

    import_files(store, SOURCE, [correct(store, tmp_path, file, done, all_but_one)])
    said = read_manifest(pinned(store)[SOURCE][0].folder)["input"]
    # 21 rows: 15 right and one of them twice, 4 corrected, 1 still wrong
    assert (said["rows_in"], said["published"], said["collapsed"], said["quarantined"]) == (21, 19, 1, 1)


def test_corrected_rows_are_known_by_the_name_of_their_file_too(tmp_path, store):
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n, progress="x" if n < 5 else "40") for n in range(20)])
    done = import_files(store, SOURCE, [file])
    name = f"to_correct_{SOURCE}.{done.files[0].snapshot.folder.name} (1).csv"
    corrected = correct(store, tmp_path, file, done, mended)
    header, *rows = list(csv.reader(corrected.open(encoding="utf-8")))
    kept = [at for at, column in enumerate(header) if column not in (FILE, REASON)]
    older = written(tmp_path, name, [[cells[at] for at in kept] for cells in rows], [header[at] for at in kept])
    import_files(store, SOURCE, [older])
    assert people(store) == 20


def test_rows_corrected_before_are_not_corrected_again(tmp_path, store, in_process):
    """Of four rows set aside two are mended and sent, then all four: nobody counts twice."""
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n, progress="x" if n < 4 else "40") for n in range(20)])
    done = import_files(store, SOURCE, [file])

    def the_first_two(cells):
        return list({**cells, "Overall Progress": "40" if cells["External Id"] in ("A-0", "A-1") else "x"}.values())

    import_files(store, SOURCE, [correct(store, tmp_path, file, done, the_first_two, "first.csv")])
    assert people(store) == 18
    second = import_files(store, SOURCE, [correct(store, tmp_path, file, done, mended, "second.csv")])
    assert people(store) == 20 and len(rows_of(store)) == 20
    assert any("2 rows were corrected and accepted before" in note for note in second.files[0].report.notes)
    third = import_files(store, SOURCE, [correct(store, tmp_path, file, done, mended, "second.csv")])
    assert len(rows_of(store)) == 20 and not third.is_new


def test_corrected_rows_of_a_file_that_nobody_published_are_refused(tmp_path, store, in_process):
    header = [*HEADER, LINE, REASON, FILE]
    foreign = written(tmp_path, "x.csv", [[*row(1), "2", "why", f"{SOURCE}.2024-06-30-0123abcd"]], header)
    with pytest.raises(FileRefused, match="2024-06-30-0123abcd, which is not published"):
        import_files(store, SOURCE, [foreign])
    assert not snapshots(store, SOURCE)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["2", "2"], "corrected twice"),
        (["", "2"], "does not say which line"),
        (["two", "2"], "does not say which line"),
    ],
)
def test_corrected_rows_say_which_line_each_is(tmp_path, store, in_process, lines, sentence):
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n, progress="x" if n < 2 else "40") for n in range(9)])
    done = import_files(store, SOURCE, [file])
    corrected = correct(store, tmp_path, file, done, mended)
    header, *rows = list(csv.reader(corrected.open(encoding="utf-8")))
    for cells, line in zip(rows, lines, strict=True):
        cells[header.index(LINE)] = line
    with pytest.raises(FileRefused, match=sentence):
        import_files(store, SOURCE, [written(tmp_path, "y.csv", rows, header)])
    assert people(store) == 7


def test_parts_sent_one_after_the_other_stand_together(tmp_path, store):
    for number, learners in enumerate((range(0, 30), range(20, 50)), start=1):
        import_files(
            store, SOURCE, [written(tmp_path, f"usage_part{number}_2024-06-30.csv", [row(n) for n in learners])]
        )
    assert people(store) == 50 and len(rows_of(store)) == 50  # the ten in both count once
    again = import_files(store, SOURCE, [tmp_path / "usage_part1_2024-06-30.csv"])
    assert again.files[0].was_held and not again.is_new and people(store) == 50


def test_parts_from_the_browser_are_published_together(tmp_path, store):
    files = [
        written(tmp_path, f"{number}.csv", [row(n) for n in learners])
        for number, learners in enumerate((range(0, 30), range(30, 50)))
    ]
    declared = Declared(kind=PART)
    sent = [bring_in(store, SOURCE, file, Actor("officer"), DAY, declared, partner="alpha") for file in files]
    everything = waiting(store)
    together = sent_together(sent[0], everything)
    assert {one.name for one in together} == {one.name for one in sent}
    actions.accept(store, together, Actor("steward", needs_second=True), confirmed=True)
    assert people(store) == 50 and not waiting(store) and current_number(store) == 1


def test_a_replacement_that_loses_a_fifth_wants_a_second_word(tmp_path, store, capsys):
    import_files(store, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(100)])])
    few = written(tmp_path, "usage_2024-07-31.csv", [row(n) for n in range(5)])
    with pytest.raises(NotConfirmed, match="100 learners of alpha/coursera_for_refugees become 5") as refused:
        import_files(store, SOURCE, [few])
    assert refused.value.consequence.losses == (Change(SOURCE, "alpha/coursera_for_refugees", 100, 5, 95),)
    assert people(store) == 100 and current_number(store) == 1 and len(snapshots(store, SOURCE)) == 1
    assert main(["--store", str(store), "import", SOURCE, str(few)]) == 1
    assert "100 learners" in capsys.readouterr().err
    check = ["--store", str(store), "check", SOURCE, str(few)]
    capsys.readouterr()
    assert main(check) == 0
    asked = capsys.readouterr().out
    assert "`coalition import` will ask before it keeps this. 100 learners of alpha" in asked and "`--part`" in asked
    assert main([*check, "--confirm"]) == 0 and "will ask" not in capsys.readouterr().out
    assert main(["--store", str(store), "import", SOURCE, str(few), "--confirm"]) == 0
    assert people(store) == 5


@pytest.mark.parametrize(("left", "is_asked"), [(80, False), (79, True)])
def test_a_fifth_is_the_limit(tmp_path, store, in_process, left, is_asked):
    import_files(store, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(100)])])
    newer = written(tmp_path, "usage_2024-07-31.csv", [row(n) for n in range(left)])
    if is_asked:
        with pytest.raises(NotConfirmed):
            import_files(store, SOURCE, [newer])
    else:
        import_files(store, SOURCE, [newer])
        assert people(store) == left


def test_other_people_in_the_place_of_those_reported_are_a_loss_too(tmp_path, store, in_process):
    """As many as before, and nobody of them: the sender's ids have changed."""
    import_files(store, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(50)])])
    others = written(tmp_path, "usage_2024-07-31.csv", [row(f"new{n}") for n in range(50)])
    with pytest.raises(NotConfirmed, match="50 learners .* become 50 .all of them are not in it"):
        import_files(store, SOURCE, [others])


def test_a_steward_confirms_a_loss_in_the_browser(tmp_path, store, in_process):
    import_files(store, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(50)])])
    few = written(tmp_path, "few.csv", [row(n) for n in range(5)])
    sent = bring_in(store, SOURCE, few, Actor("officer"), datetime.date(2024, 7, 31), partner="alpha")
    with pytest.raises(NotConfirmed):
        actions.accept(store, [sent], Actor("steward"))
    assert len(waiting(store)) == 1 and people(store) == 50
    actions.accept(store, [sent], Actor("steward"), confirmed=True)
    assert people(store) == 5


def test_a_new_partner_is_confirmed_where_others_report_already(tmp_path, store, in_process):
    import_files(store, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(9)])])
    slug = "coursera-for-refugees-omega"
    other = written(tmp_path, "other_2024-06-30.csv", [row(n, slug=slug) for n in range(9)])
    with pytest.raises(NotConfirmed, match="New would be: partner omega"):
        import_files(store, SOURCE, [other])
    done = import_files(store, SOURCE, [other], confirmed=True)
    assert done.consequence.new["partner"] == ("omega",)
    slug = "coursera-for-refugees-omega-learning-program"
    longer = written(tmp_path, "longer_2024-06-30.csv", [row(n, slug=slug) for n in range(9)])
    with pytest.raises(NotConfirmed, match="partner omega_learning_program .or is it omega"):
        import_files(store, SOURCE, [longer])


def test_the_report_says_how_many_people_are_in_the_senders_other_files(tmp_path, store, in_process):
    import_files(store, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(9)])])
    names = ["partner_id", "programme_id", "learner_id", "registered_on", "consent"]
    for number, (prefix, found) in enumerate((("B-", 0), ("A-", 9))):
        register = written(
            tmp_path,
            f"register_{number}_2024-06-30.csv",
            [["alpha", "coursera_for_refugees", f"{prefix}{n}", "2024-01-01", "Yes"] for n in range(9)],
            names,
        )
        done = import_files(store, "partner_learners", [register], confirmed=True)
        assert done.consequence.found == (Match(SOURCE, 9, found, 9),)


def test_an_older_export_says_that_nothing_changes(tmp_path, store, in_process, capsys):
    import_files(store, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(9)])])
    older = written(tmp_path, "usage_2024-05-31.csv", [row(n) for n in range(5)])
    done = import_files(store, SOURCE, [older])
    assert done.consequence.is_older and not done.is_new and people(store) == 9


def test_a_whole_export_of_some_programmes_of_a_day_is_asked_about(tmp_path, store, in_process):
    both = [*[row(n) for n in range(9)], *[row(n, slug="kiron-campus") for n in range(9)]]
    import_files(store, SOURCE, [written(tmp_path, "both_2024-06-30.csv", both)])
    half = written(tmp_path, "half_2024-06-30.csv", [row(n) for n in range(9, 12)])
    with pytest.raises(DaysOverlap, match="declare it as one"):
        import_files(store, SOURCE, [half])
    import_files(store, SOURCE, [half], declared=Declared(kind=PART))
    assert len(rows_of(store)) == 21


def test_several_files_of_one_command_are_one_export(tmp_path, store, in_process):
    files = [written(tmp_path, f"{n}.csv", [row(one) for one in range(n * 10, n * 10 + 10)]) for n in range(3)]
    import_files(store, SOURCE, files, captured_on=DAY)
    assert people(store) == 30
    again = import_files(store, SOURCE, files, captured_on=DAY)
    assert all(one.was_held for one in again.files) and not again.is_new
    # One of them changes: the others are sent with it, and nothing of the old one is left.
    files[1] = written(tmp_path, "1.csv", [row(one) for one in range(10, 19)])
    import_files(store, SOURCE, files, captured_on=DAY)
    assert people(store) == 29


def test_of_several_files_all_are_taken_or_none(tmp_path, store, in_process):
    right = written(tmp_path, "right.csv", [row(n) for n in range(9)])
    wrong = written(tmp_path, "wrong.csv", [["x"]], ["x"])
    with pytest.raises(FileRefused, match=r"wrong.csv.*Nothing of this import was kept"):
        import_files(store, SOURCE, [right, wrong], captured_on=DAY)
    assert not snapshots(store, SOURCE)


@pytest.mark.parametrize("end", [KeyboardInterrupt, MemoryError, RuntimeError])
def test_whatever_ends_a_publication_undoes_what_was_kept(tmp_path, store, in_process, monkeypatch, end):
    import_files(store, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(9)])])
    before = rows_of(store)
    sent = bring_in(store, SOURCE, written(tmp_path, "more.csv", [row(n) for n in range(12)]), Actor("officer"), DAY)

    def ends(*_):
        raise end

    monkeypatch.setattr(actions.releases, "publish_release", ends)
    newer = written(tmp_path, "usage_2024-07-31.csv", [row(n) for n in range(20)])
    for act in (lambda: import_files(store, SOURCE, [newer]), lambda: actions.accept(store, [sent], Actor("steward"))):
        with pytest.raises(end):
            act()
        assert rows_of(store) == before and len(waiting(store)) == 1
        assert list(entries(store))[-1]["event"] == "withdrawal"


def test_a_file_that_was_kept_and_not_published_is_published_by_the_same_command(tmp_path, store, in_process):
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(9)])
    import_files(store, SOURCE, [file], and_publish=False)
    done = import_files(store, SOURCE, [file])
    assert done.files[0].was_held and done.is_new and current_number(store) == 1


def test_with_a_login_nobody_imports_and_publishes_alone(tmp_path, store, in_process):
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(9)])
    alone = Actor("steward", needs_second=True)
    with pytest.raises(NotYours):
        import_files(store, SOURCE, [file], alone)
    closures = tmp_path / "closures_2020-03-20.csv"
    closures.write_text("Date,ISO,Status\n16/03/2020,KEN,Closed due to COVID-19\n")
    waits = actions.take_and_serve(store, "unesco_closures", closures, alone)
    assert [one.name for one in waiting(store)] == [waits.name]
    with pytest.raises(NotYours):
        actions.accept(store, [waits], alone)
    assert actions.accept(store, [waits], Actor("another", needs_second=True)).number == 1


def test_each_act_is_one_line_of_the_audit_log(tmp_path, store, in_process):
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(9)])
    import_files(store, SOURCE, [file], Actor("steward"))
    actions.publish(store, Actor("steward"))
    actions.roll_back(store, 1, Actor("steward"), "a reason")
    actions.withdraw(store, SOURCE, pinned(store)[SOURCE][0].folder.name, Actor("steward"))
    assert [(one["event"], one["who"]) for one in entries(store)] == [
        (event, "steward") for event in ("upload", "release", "release", "rollback", "withdrawal")
    ]


@pytest.mark.parametrize(
    ("name", "is_part"),
    {
        "usage_part1_2023-06-30.csv": True,
        "usage part 2.xlsx": True,
        "usage-Part-03.csv": True,
        "export (part 1).csv": True,
        "usage_1_of_3.csv": True,
        "usage 2of2.csv": True,
        "informe_parte2.csv": True,
        "usage_2nd part.csv": True,
        "2-я часть.csv": True,
        "Première partie.csv": True,
        "الجزء الثاني.csv": True,
        "report first half 2023.csv": False,
        "participants_2023.csv": False,
        "usage_2023-06-30.csv": False,
        "partners12.csv": False,
        "part-time_2023.csv": False,
        "department1.csv": False,
        "part 2023.csv": False,
    }.items(),
)
def test_a_name_that_says_part_says_so(name, is_part):
    assert is_part_in_name(name) is is_part


def test_a_name_says_what_it_corrects():
    name = "to_correct_coursera_usage.2023-05-31-b706663c.csv"
    assert corrects_in_name(name, "coursera_usage") == "2023-05-31-b706663c"
    assert corrects_in_name(name.replace(".csv", "-demo.csv"), "coursera_usage") == "2023-05-31-b706663c-demo"
    assert corrects_in_name(name, "partner_learners") == ""
    assert corrects_in_name("usage_2023-05-31.csv", "coursera_usage") == ""


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.data(),
    st.integers(6, 18),
    st.integers(1, 3),
    st.integers(0, 2**30),
)
def test_an_export_cut_in_parts_and_corrected_later_is_the_whole_right_export(
    tmp_path_factory, in_process, data, size, parts, seed
):
    """Any parts in any order, any rows wrong at first, corrected in one or two goes at any time: the same rows."""
    chance = random.Random(seed)
    folder = tmp_path_factory.mktemp("cut")
    store, other = folder / "store", folder / "other"
    right = [row(chance.randrange(size), f"c{chance.randrange(3)}") for _ in range(size)]
    import_files(other, SOURCE, [written(folder, "whole.csv", right)], captured_on=DAY, and_publish=False)
    cuts = sorted(chance.sample(range(1, size), parts - 1)) if parts > 1 else []
    pieces = [right[a:b] for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
    wrong = [{at for at in range(len(piece)) if len(piece) > 1 and at and chance.random() < 0.4} for piece in pieces]
    files = [
        written(folder, f"part{n}.csv", [[*c[:5], "x" if at in bad else c[5], *c[6:]] for at, c in enumerate(piece)])
        for n, (piece, bad) in enumerate(zip(pieces, wrong, strict=True))
    ]
    assume(len({file.read_bytes() for file in files}) == parts)  # equal parts are one part sent twice
    to_do = [(n, "send") for n in data.draw(st.permutations(range(parts)))]
    done = {}
    goes = {n: data.draw(st.integers(1, 2)) for n in range(parts)}
    declared = Declared(kind=PART)
    while to_do:
        n, what = to_do.pop(data.draw(st.integers(0, len(to_do) - 1)) if len(to_do) > 1 else 0)
        if what == "send":
            done[n] = import_files(store, SOURCE, [files[n]], captured_on=DAY, declared=declared, and_publish=False)
            to_do += [(n, go) for go in range(goes[n])][:1] if wrong[n] else []
            continue
        last = what == goes[n] - 1

        def mend(cells, last=last):
            return list({**cells, "Overall Progress": "40" if last or chance.random() < 0.5 else "x"}.values())

        corrected = correct(store, folder, files[n], done[n], mend, f"corrected_{n}_{what}.csv")
        try:
            import_files(store, SOURCE, [corrected], and_publish=False)
        except FileRefused as refused:
            assert "all" in str(refused) and not last  # none of them was mended in this go
        to_do += [] if last else [(n, what + 1)]
    assert rows_of(store) == rows_of(other)
    from dashboard.store.protocol import read_manifest

    said = [read_manifest(one.folder)["input"] for one in pinned(store)[SOURCE]]
    assert sum(one["rows_in"] for one in said) == size and sum(one["quarantined"] for one in said) == 0
    assert all(one["rows_in"] == one["published"] + one["collapsed"] + one["quarantined"] for one in said)


def test_the_release_of_parts_and_corrections_is_that_of_the_whole_export(tmp_path, store, whole_release):
    """Every table of the two releases, row by row."""
    right = [row(n % 25, f"c{n % 4}") for n in range(60)]
    other = tmp_path / "other"
    import_files(other, SOURCE, [written(tmp_path, "usage_2024-06-30.csv", right)])
    pieces = (right[40:], right[:40])
    for number, piece in enumerate(pieces):
        rows = [[*c[:5], "x" if at % 7 == 3 else c[5], *c[6:]] for at, c in enumerate(piece)]
        file = written(tmp_path, f"usage_part{number}_2024-06-30.csv", rows)
        done = import_files(store, SOURCE, [file])
        import_files(store, SOURCE, [correct(store, tmp_path, file, done, mended)])
    ours, theirs = open_release(store), open_release(other)
    assert ours.marts.keys() == theirs.marts.keys()
    for name, path in ours.marts.items():
        assert pq.read_table(path).equals(pq.read_table(theirs.marts[name])), name


def test_a_declaration_of_corrected_rows_without_their_lines_is_refused(tmp_path, store, in_process):
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n) for n in range(9)])
    with pytest.raises(FileRefused, match=LINE):
        import_files(store, SOURCE, [file], declared=Declared(kind=CORRECTIONS))
    assert import_files(store, SOURCE, [file], declared=Declared(kind=WHOLE)).is_new


def test_corrections_that_meet_others_say_so(tmp_path, store, in_process):
    """Between the reading and the publishing of corrected rows somebody else published the same ones."""
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n, progress="x" if n < 3 else "40") for n in range(9)])
    done = import_files(store, SOURCE, [file])
    corrected = correct(store, tmp_path, file, done, mended)
    sent = bring_in(store, SOURCE, corrected, Actor("officer"))
    import_files(
        store, SOURCE, [correct(store, tmp_path, file, done, lambda c: mended({**c, "Course": "Other"}), "o.csv")]
    )
    with pytest.raises(NothingToCorrect, match="Somebody corrected others meanwhile"):
        actions.accept(store, [sent], Actor("steward"))
    assert people(store) == 9


def test_an_operator_takes_the_rows_set_aside_corrects_and_imports_them(tmp_path, store, capsys):
    file = written(tmp_path, "usage_2024-06-30.csv", [row(n, progress="x" if n < 3 else "40") for n in range(9)])
    to_correct = tmp_path / "to_correct.csv"
    assert main(["--store", str(store), "import", SOURCE, str(file), "--set-aside", str(to_correct)]) == 0
    assert "3 rows to correct" in capsys.readouterr().out and to_correct.stat().st_mode & 0o077 == 0
    to_correct.write_text(to_correct.read_text(encoding="utf-8").replace(",x,", ",40,"), encoding="utf-8")
    assert main(["--store", str(store), "import", SOURCE, str(to_correct)]) == 0
    assert people(store) == 9
    assert main(["--store", str(store), "import", SOURCE, str(file), str(file), "--set-aside", str(to_correct)]) == 1


def test_a_partner_corrects_no_file_of_another(tmp_path, store, in_process):
    """With the name of another's file a partner could take its lines out of those set aside."""
    theirs = written(tmp_path, "theirs_2024-06-30.csv", [row(n, progress="x" if n < 3 else "40") for n in range(9)])
    done = import_files(store, SOURCE, [theirs])
    header = [*HEADER, LINE, REASON, FILE]
    mine = [*row(1, slug="coursera-for-refugees-beta"), "2", "why", f"{SOURCE}.{done.files[0].file_id}"]
    with pytest.raises(NotYours, match="not yours alone"):
        bring_in(store, SOURCE, written(tmp_path, "mine.csv", [mine], header), Actor("officer"), partner="beta")
    assert not waiting(store) and people(store) == 6


def test_what_stood_beside_a_file_of_another_partner_is_not_told(tmp_path, store, in_process):
    """Alpha and beta in one old file, a newer one of beta: alpha's newer file replaces the old and is about alpha."""
    both = [*[row(n) for n in range(9)], *[row(n, slug="coursera-for-refugees-beta") for n in range(7)]]
    import_files(store, SOURCE, [written(tmp_path, "both_2024-04-30.csv", both)], confirmed=True)
    beta = [row(n, slug="coursera-for-refugees-beta") for n in range(8)]
    import_files(store, SOURCE, [written(tmp_path, "beta_2024-05-31.csv", beta)])
    done = import_files(store, SOURCE, [written(tmp_path, "alpha_2024-06-30.csv", [row(n) for n in range(10)])])
    stream = "alpha/coursera_for_refugees"
    assert done.consequence.changes == (Change(SOURCE, stream, 9, 10, 0), Change(SOURCE, stream, 1, 1, 0, "courses"))


def test_the_same_learners_with_other_courses_are_a_loss_too(tmp_path, store, in_process):
    """One file a course, each of the same ten learners and the same day: the second is no whole export."""
    courses = ("python", "data", "sql", "writing")
    first, second = ([row(n, course) for n in range(10) for course in half] for half in (courses[:2], courses[2:]))
    import_files(store, SOURCE, [written(tmp_path, "usage_one_2024-06-30.csv", first)])
    with pytest.raises(NotConfirmed, match=r"2 courses of alpha/coursera_for_refugees become 2 .all of them"):
        import_files(store, SOURCE, [written(tmp_path, "usage_two_2024-06-30.csv", second)])
    assert len(rows_of(store)) == 20


@pytest.mark.parametrize(
    ("source", "first", "second", "words"),
    [
        (
            "contributions_5w",
            "Organisation,Country ISO3,Sector\nOne,SDN,Education\nTwo,SDN,Education\n",
            "Organisation,Country ISO3,Sector\nOne,TCD,Education\nTwo,TCD,Education\n",
            "2 organisations by country of x become 2",
        ),
        (
            "unesco_closures",
            "Date,ISO,Status\n" + "".join(f"2020-04-01,{code},Fully open\n" for code in FIVE),
            "Date,ISO,Status\n2020-05-01,KEN,Fully open\n",
            "5 countries of unesco_closures become 1",
        ),
    ],
)
def test_what_a_list_or_a_record_would_lose_is_asked_about(tmp_path, store, in_process, source, first, second, words):
    declared = Declared(partner="x")
    for name, text in (("a_2024-05-31.csv", first), ("b_2024-06-30.csv", second)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    import_files(store, source, [tmp_path / "a_2024-05-31.csv"], declared=declared)
    with pytest.raises(NotConfirmed, match=words):
        import_files(store, source, [tmp_path / "b_2024-06-30.csv"], declared=declared)
