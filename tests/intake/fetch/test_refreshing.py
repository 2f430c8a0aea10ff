"""A refresh of a store: which way is taken, several sources at once, what waits and why, one refresh at a time."""

import shutil
import threading
from dataclasses import replace

import pytest

from dashboard import actions
from dashboard.actions import Actor
from dashboard.commands.cli import main
from dashboard.commands.refreshing import NothingToRefresh, Refresh, RefreshGoesOn
from dashboard.intake import proposals
from dashboard.intake.fetch import KINDS
from dashboard.intake.fetch.bounds import BOUNDS, FEWEST
from dashboard.intake.fetch.ways import file_address, way_of
from dashboard.intake.proposals import NotYours
from dashboard.store import releases
from dashboard.store.protocol import NoRoom, StoreDamaged
from dashboard.store.snapshots import pinned, snapshots
from dashboard.warehouse.build import ChecksFailed
from dashboard.warehouse.catalog import sources
from tests.conftest import CAPTURED, FIXTURES
from tests.intake.fetch.publishers import CLOSURES, Reply, as_table, closures, publishing


def test_every_way_of_every_card_is_of_a_kind_that_there_is_with_bounds_that_mean_something():
    ways = [(name, way) for name, card in sources().items() for way in card.fetch]
    assert {name for name, _ in ways} == {
        "contributions_5w",
        "coursera_usage",
        "hub_sessions",
        "needs",
        "oxcgrt_c1",
        "uis_enrolment",
        "unesco_closures",
        "unhcr_population",
    }
    for name, way in ways:
        assert way.kind in KINDS and way.hosts, name
        assert set(way.bounds) <= {*BOUNDS, *FEWEST} and set(way.bounds) >= {"rows", "set_aside"}, name
        assert all(variable.startswith("COALITION_") for variable in way.variables)
        if total := way.settings.get("total"):
            assert sources()[name].kept[total] == "BIGINT", name


def test_variables_of_the_environment_choose_the_way_and_fill_it_in():
    closures_, sessions = sources()["unesco_closures"], sources()["hub_sessions"]
    assert way_of(closures_, {}).kind == "ckan" and way_of(sessions, {}) is None
    own = way_of(closures_, {"COALITION_CLOSURES_URL": "https://files.example.org/c.csv?key=1"})
    assert (own.kind, own.hosts) == ("file", ("files.example.org",))
    assert own.settings["address"] == "https://files.example.org/c.csv?key=1"
    environment = {
        "COALITION_ACTIVITYINFO_SERVER": "www.activityinfo.org",
        "COALITION_ACTIVITYINFO_TOKEN": "t",
        "COALITION_ACTIVITYINFO_HUB_SESSIONS_FORM": "f",
    }
    way = way_of(sessions, environment)
    assert (way.kind, way.hosts, way.settings["form"]) == ("activityinfo", ("www.activityinfo.org",), "f")
    kobo = {name.replace("ACTIVITYINFO", "KOBO"): value for name, value in environment.items()}
    assert way_of(sessions, environment | kobo).kind == "kobo"
    assert file_address(closures_, {}) == "https://en.unesco.org/sites/default/files/covid_impact_education.csv"
    assert file_address(closures_, {"COALITION_CLOSURES_URL": "https://h/c"}) == "https://h/c"
    assert file_address(sources()["hubs"], {}) == ""


def test_a_source_without_its_variables_is_skipped_with_their_names_and_fails_where_it_is_named(desk):
    kind, _ = desk.play("kobo")
    desk.monkeypatch.delenv("COALITION_TEST_TOKEN")
    (outcome,) = desk.refresh()
    assert outcome.outcome == "skipped" and "kobo: COALITION_TEST_TOKEN" in outcome.reason
    assert desk.one(kind.source).outcome == "failed"
    assert not desk.lines() and not (desk.store / "fetches.json").exists()


def test_a_source_that_no_way_leads_to_is_refused(desk):
    desk.play("file")
    with pytest.raises(NothingToRefresh, match="'hubs' cannot be fetched"):
        desk.refresh("hubs")
    with pytest.raises(NothingToRefresh, match="is no source"):
        desk.refresh("nothing")


def test_a_host_that_the_card_does_not_allow_is_not_asked(desk):
    kind, publisher = desk.play("kobo")
    desk.lead(kind.source, replace(kind.way(publisher.address), hosts=("kobo.example.org",)))
    desk.fails(kind.source, says="none of the hosts that the card of the source allows (kobo.example.org)")
    assert not publisher.requests


def test_an_unchanged_file_is_not_even_sent_again(desk):
    kind, publisher = desk.play("file")
    desk.one(kind.source)
    desk.one(kind.source)
    state = desk.state(kind.source)
    assert state.outcome == "unchanged" and publisher.requests[-1].headers["if-none-match"] == state.etag != ""


def test_a_catalogue_gives_its_newest_resource_that_fits(desk):
    kind, publisher = desk.play("ckan")
    desk.one(kind.source)
    assert [asked.path for asked in publisher.requests] == ["/api/3/action/package_show", "/new.csv"]
    way = kind.way(publisher.address)
    desk.lead(kind.source, replace(way, settings={**way.settings, "format": "GeoJSON"}))
    desk.fails(kind.source, says="has no GEOJSON named like 'school closures' (found: Duration (XLSX)")


def test_several_sources_are_one_release_and_one_that_fails_keeps_none_of_the_others(desk):
    played = {name: desk.play(name) for name in ("file", "unhcr", "kobo")}
    played["unhcr"][1].fault = lambda asked, reply: Reply(b"", 404)
    outcomes = {one.source: one for one in desk.refresh()}
    assert {name: one.outcome for name, one in outcomes.items()} == {
        "unesco_closures": "published",
        "hub_sessions": "published",
        "unhcr_population": "failed",
    }, outcomes
    assert {one.release for one in outcomes.values() if one.outcome == "published"} == {2}
    assert releases.release_numbers(desk.store) == [1, 2]
    assert sorted(line["what"] for line in desk.lines("release")[1:]) == [
        "fetched hub_sessions",
        "fetched unesco_closures",
    ]


def test_what_keeps_a_release_from_being_built_waits_and_the_others_are_published(desk):
    desk.play("file")
    desk.play("unhcr")
    publish = releases.publish_release

    def refuse(store, put_on_record=None, anew=False):
        if pinned(store)["unhcr_population"]:
            raise ChecksFailed("Rows must not exist in fct_refugees.")
        return publish(store, put_on_record, anew)

    desk.monkeypatch.setattr(releases, "publish_release", refuse)
    outcomes = {one.source: one for one in desk.refresh()}
    assert outcomes["unesco_closures"].outcome == "published"
    waits = outcomes["unhcr_population"]
    assert (waits.outcome, waits.reason) == ("waiting", "Rows must not exist in fct_refugees.")
    assert [one.snapshot.source for one in desk.waiting()] == ["unhcr_population"]
    assert not snapshots(desk.store, "unhcr_population")


def test_a_full_disk_at_the_end_is_a_failure_of_each_and_nothing_is_kept(desk):
    kind, _ = desk.play("file")

    def full(store, put_on_record=None, anew=False):
        raise NoRoom("The disk of the store is full.")

    desk.monkeypatch.setattr(releases, "publish_release", full)
    outcome = desk.one(kind.source)
    assert outcome.outcome == "failed" and desk.state(kind.source).failures == 1
    assert not snapshots(desk.store, kind.source) and releases.open_release(desk.store).number == 1


def test_a_first_capture_waits_where_the_card_expects_no_size_or_a_larger_one(desk):
    kind, publisher = desk.play("file")
    way = kind.way(publisher.address)
    desk.lead(kind.source, replace(way, bounds={}))
    assert "nothing to compare it with" in desk.one(kind.source).reason
    desk.lead(kind.source, replace(way, bounds={"fewest_countries": 4}))
    assert "has 3 countries; at least 4 were expected" in desk.one(kind.source).reason
    assert len(desk.waiting()) == 1
    desk.lead(kind.source, replace(way, bounds={"fewest_countries": 3}))
    assert desk.one(kind.source).outcome == "published" and not desk.waiting()


def test_a_source_that_has_only_demonstration_rows_has_no_capture_yet(desk):
    kind, publisher = desk.play("file")
    made = desk.store.parent / "demonstration_closures.csv"
    made.write_text(closures(["01/03/2020,CHN,China,National"]), encoding="utf-8")
    actions.import_files(desk.store, kind.source, [made], captured_on=CAPTURED["unesco_closures"], confirmed=True)
    assert "unesco_closures" in releases.open_release(desk.store).demonstrations
    desk.lead(kind.source, replace(kind.way(publisher.address), bounds={}))
    assert "first capture" in desk.one(kind.source).reason
    desk.lead(kind.source, kind.way(publisher.address))
    assert desk.one(kind.source).outcome == "published"
    assert {one.provenance for one in pinned(desk.store)[kind.source]} == {"published"}


def test_an_empty_store_is_filled(desk):
    kind, _ = desk.play("file")
    shutil.rmtree(desk.store)
    assert desk.one(kind.source, dry=True).outcome == "published" and not desk.store.exists()
    outcome = desk.one(kind.source)
    assert (outcome.outcome, outcome.release) == ("published", 1)


def test_rows_set_aside_beyond_the_bound_wait(desk):
    kind, _ = desk.play("file")
    desk.one(kind.source)
    kind.rows.append("20/03/2020,ZZZ,Nowhere,National")
    assert desk.one(kind.source).reason == ("1 of 5 rows are set aside, more than the 5% that may be without a person.")


def test_totals_have_a_bound_of_their_own(desk):
    kind, publisher = desk.play("unhcr")
    desk.one(kind.source)
    kind.rows[1] = {**kind.rows[1], "refugees": 1000}  # 265 in all become 1,165
    assert desk.one(kind.source).reason == (
        "265 people in all become 1,165: 340% more, beyond the 60% that may change without a person."
    )


def test_a_file_with_fewer_countries_than_may_go_without_a_word_waits(desk):
    kind, publisher = desk.play("file")
    kind.rows += [f"20/03/2020,{code},,National" for code in ("ESP", "DEU", "CHN")]
    desk.one(kind.source)
    desk.lead(kind.source, replace(kind.way(publisher.address), bounds={"rows": 9, "countries": 9, "set_aside": 1}))
    kind.rows[:] = CLOSURES[:1]
    outcome = desk.one(kind.source)
    assert outcome.outcome == "waiting" and "6 countries of unesco_closures become 1" in outcome.reason


def test_a_newer_capture_takes_the_place_of_one_that_waits(desk):
    kind, _ = desk.play("file")
    desk.one(kind.source, publish=False)
    first = desk.waiting()[0].name
    kind.rows += kind.more
    desk.one(kind.source, publish=False)
    (second,) = desk.waiting()
    assert second.name != first
    assert [line["reason"] for line in desk.lines("withdrawal")] == ["a capture that came later stands instead"]


def test_what_a_person_sent_is_not_taken_away(desk):
    kind, _ = desk.play("file")
    mine = desk.store.parent / "mine_2020-05-01.csv"
    mine.write_text(closures(CLOSURES[:2]), encoding="utf-8")
    actions.bring_in(desk.store, kind.source, mine, Actor("a steward"))
    assert desk.one(kind.source).outcome == "published"
    assert [one.who for one in desk.waiting()] == ["a steward"]


def test_what_a_person_discarded_does_not_come_again_until_it_changes(desk):
    kind, _ = desk.play("file")
    desk.one(kind.source, publish=False)
    actions.discard(desk.store, desk.waiting()[0], Actor("a steward"))
    outcome = desk.one(kind.source, publish=True)
    assert (outcome.outcome, outcome.reason) == ("unchanged", "The same file was discarded by a person.")
    assert desk.one(kind.source).outcome == "unchanged" and not desk.waiting()
    kind.rows += kind.more
    assert desk.one(kind.source).outcome == "published"


def test_what_was_kept_and_never_served_is_served(desk):
    kind, publisher = desk.play("file")
    file = desk.store.parent / "closures.csv"
    file.write_text(closures(kind.rows), encoding="utf-8")
    actions.import_files(desk.store, kind.source, [file], and_publish=False, confirmed=True)
    assert desk.one(kind.source, publish=False).outcome == "unchanged"
    (desk.store / "fetches.json").unlink()
    outcome = desk.one(kind.source)
    assert (outcome.outcome, outcome.release) == ("published", 2) and len(snapshots(desk.store, kind.source)) == 1


def test_the_same_rows_written_otherwise_are_no_change(desk):
    kind, publisher = desk.play("file")
    desk.one(kind.source)
    quoted = "\r\n".join(
        ['"Date","ISO","Country","Scale"', *('"' + row.replace(",", '","') + '"' for row in kind.rows)]
    )
    publisher.fault = lambda asked, reply: as_table(quoted)
    assert desk.one(kind.source).outcome == "unchanged" and len(snapshots(desk.store, kind.source)) == 1


def test_one_refresh_of_a_store_at_a_time(desk):
    kind, publisher = desk.play("file")
    entered, go_on = threading.Event(), threading.Event()

    def hold(asked, reply):
        entered.set()
        go_on.wait(10)
        return reply

    publisher.fault = hold
    first: list = []
    thread = threading.Thread(target=lambda: first.extend(Refresh(desk.store, True, caps=desk.caps).run()))
    thread.start()
    assert entered.wait(10)
    with pytest.raises(RefreshGoesOn, match="Nothing was done"):
        desk.refresh()
    assert not desk.lines()
    go_on.set()
    thread.join()
    assert [one.outcome for one in first] == ["published"] and len(desk.lines()) == 1
    assert desk.one(kind.source).outcome == "unchanged"


def test_a_link_in_place_of_the_lock_is_not_followed(desk, tmp_path):
    desk.play("file")
    (desk.store / ".refreshing").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreDamaged, match="is a link"):
        desk.refresh()
    assert not (tmp_path / "elsewhere").exists()


def test_one_of_two_stewards_publishes_what_waits(desk):
    kind, _ = desk.play("file")
    desk.one(kind.source, publish=False)
    release = actions.accept(desk.store, desk.waiting(), Actor("a steward", needs_second=True), confirmed=True)
    assert release.number == 2 and not desk.waiting()
    assert desk.one(kind.source).outcome == "unchanged"
    desk.one(kind.source)
    with pytest.raises(NotYours):
        actions.import_files(desk.store, kind.source, [], Actor("a steward", needs_second=True))


def test_at_the_shell_each_source_is_a_line_and_a_failure_is_exit_status_1(desk, capsys):
    kind, publisher = desk.play("file")
    assert main(["refresh", "unesco_closures", "--dry-run", "--publish"]) == 0
    assert capsys.readouterr().out == "would be unesco_closures: published\n"
    assert main(["refresh", "--publish"]) == 0
    assert capsys.readouterr().out == "unesco_closures: published, release 2\n"
    publisher.fault = lambda asked, reply: Reply(b"", 404)
    assert main(["refresh"]) == 1
    assert capsys.readouterr().out.startswith("unesco_closures: failed. http://127.0.0.1:")
    assert main(["refresh", "hubs"]) == 1
    assert "cannot be fetched" in capsys.readouterr().err
    assert main(["fetch", "unesco_closures", "--from", publisher.address + "/x.csv"]) == 1
    assert "has no such thing (found: status 404" in capsys.readouterr().err


def test_the_real_card_of_an_operator_with_an_address_from_an_empty_store_to_a_second_release(
    tmp_path, monkeypatch, capsys
):
    """By the command and the real builder: the first capture is small, so that it waits; a steward publishes it."""
    lines = (FIXTURES / "unesco_closures.csv").read_text().splitlines()
    good = [lines[0], *(line for line in lines[1:] if line.split(",")[1] in ("CHN", "KEN", "ITA"))][:6]
    body = ["\n".join(good) + "\n"]
    store = tmp_path / "store"
    monkeypatch.setenv("COALITION_STORE", str(store))
    with publishing(lambda asked: as_table(body[0])) as publisher:
        monkeypatch.setenv("COALITION_CLOSURES_URL", f"{publisher.address}/covid_impact_education.csv")
        assert main(["refresh", "unesco_closures", "--publish"]) == 0
        assert "waiting. It is the first capture of this source and has 3 countries" in capsys.readouterr().out
        (waiting,) = proposals.waiting(store)
        assert waiting.reason.endswith("at least 150 were expected.")
        assert actions.accept(store, [waiting], Actor("a steward"), confirmed=True).number == 1
        body[0] += "12/03/2020,KEN,Kenya,National,\n"
        assert main(["refresh", "unesco_closures", "--publish"]) == 0
        assert capsys.readouterr().out == "unesco_closures: published, release 2\n"
        assert releases.open_release(store).number == 2
        main(["refresh", "unesco_closures", "--publish"])
        assert capsys.readouterr().out == "unesco_closures: unchanged\n"
