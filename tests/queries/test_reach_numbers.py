"""Numbers of the reach map and the hubs, worked by hand from tests/fixtures."""


def test_refugees_of_a_host_add_up_over_origins(ask):
    rows = ask("reach_map/refugees_by_host", year=2023)
    assert [(row["country_iso3"], row["refugees"]) for row in rows] == [("KEN", 160), ("ITA", 40), ("FRA", 0)]


def test_the_latest_year_answers_when_none_is_asked(ask):
    total = ask("reach_map/totals")[0]
    assert (total["year"], total["refugees"], total["hosts"]) == (2023, 200, 2)
    assert total["origins"] == 2 and total["refugees_of_unknown_origin"] == 10
    assert ask("reach_map/totals", year=2022)[0]["refugees"] == 90


def test_zero_no_data_and_known_are_three_things(ask):
    coverage = {row["country_iso3"]: row["coverage"] for row in ask("reach_map/coverage", year=2023)}
    assert (coverage["KEN"], coverage["FRA"], coverage["DEU"]) == ("known", "zero", "no_data")


def test_flows_of_an_origin_name_hosts_and_shares(ask):
    rows = ask("reach_map/flows", origin_iso3="SOM", year=2023)
    assert [(row["country_iso3"], row["refugees"]) for row in rows] == [("KEN", 100), ("ITA", 40)]
    assert rows[0]["share_of_origin"] == 100 / 140


def test_an_unknown_origin_is_named_and_never_dropped(ask):
    origins = {row["origin_iso3"]: row["origin"] for row in ask("reach_map/origins", year=2023)}
    assert origins["UNK"] == "Unknown"
    assert [row["origin"] for row in ask("reach_map/origins_of_host", country_iso3="KEN")] == [
        "Somalia",
        "South Sudan",
        "Unknown",
    ]


def test_the_publishers_notes_stand_beside_the_figures_they_are_about(ask):
    notes = ask("reach_map/notes", country_iso3="KEN", year=2023)
    assert [(row["about"], row["note"]) for row in notes] == [
        ("Asylum-seekers, from Somalia", "Registered only where protection is at risk, as counted by the ministry.")
    ]
    (mid_year,) = ask("reach_map/notes", country_iso3="KEN", year=2022)  # the row that says it again is collapsed
    assert mid_year["about"] == "Refugees"
    assert [row["note"] for row in ask("reach_map/notes", origin_iso3="SOM")] == ["Counted by country of birth."]
    assert ask("reach_map/notes", country_iso3="ITA") == []


def test_the_years_of_a_country_carry_their_notes(ask):
    rows = ask("reach_map/country_years", country_iso3="KEN")
    assert [(row["year"], row["refugees"], row["asylum_seekers"]) for row in rows] == [(2023, 160, 5), (2022, 90, 5)]
    assert rows[1]["notes"] == "Refugees: All figures refer to the middle of the year."
    assert rows[0]["notes"].startswith("Asylum-seekers, from Somalia: Registered only")


def test_hubs_are_filtered_and_counted(ask):
    assert [row["hub"] for row in ask("learning_hubs/register")] == ["Rome", "Nairobi"]  # Italy before Kenya
    assert [row["hub"] for row in ask("learning_hubs/register", host_type="library")] == ["Nairobi"]
    counts = ask("learning_hubs/counts")[0]
    assert (counts["hubs_named"], counts["countries"], counts["hubs_with_known_host"]) == (2, 2, 1)
    assert counts["hubs_announced"] == 30


OF_REFUGEES = {"programme_id": "coursera_for_refugees", "by": "host"}


def test_the_map_of_a_day_counts_learners_reached_by_it(ask):
    def shown(**asked):
        rows = ask("reach_map/learners_on_map", **{**OF_REFUGEES, **asked})
        return {row["country_iso3"]: row["learners"] for row in rows if row["learners"]}

    assert shown(on_date="2019-01-31") == {"KEN": 2}  # P1 on the 10th, P2 on the 15th
    assert shown(on_date="2019-02-28") == {"KEN": 2, "ITA": 1}  # and P5 on the 1st
    assert shown(on_date="2019-03-01") == {"KEN": 3, "ITA": 1}  # and P6 on the 1st
    assert shown(on_date="2019-11-30") == shown() == {"KEN": 3, "ITA": 2}  # and P3 on 1 November
    assert shown(on_date="2019-01-31", partner_id="beta") == {"KEN": 1}  # P1 again
    assert shown(on_date="2019-03-31", by="origin") == {"SOM": 2, "SSD": 1}  # P1 P6; P2; nobody says where P5 is from


def test_totals_of_a_day_are_those_of_its_map(ask):
    def totals(**asked):
        (row,) = ask("reach_map/learner_totals", **{**OF_REFUGEES, **asked})
        return row["learners"], row["countries"], row["learners_unknown"]

    assert totals(on_date="2019-01-31") == (2, 1, 0)
    assert totals(on_date="2019-03-31", by="origin") == (4, 2, 1)  # Somalia 2, South Sudan 1, unknown P5
    assert totals(on_date="2019-02-28") == (3, 2, 0)
    assert totals(on_date="2019-03-01") == (4, 2, 0)  # P6 on the 1st
    assert totals() == (5, 2, 0)


def test_the_months_of_the_map_are_those_in_which_a_figure_changed(ask):
    months = [str(row["on_date"]) for row in ask("reach_map/months", **OF_REFUGEES)]
    assert months == ["2019-01-31", "2019-02-28", "2019-03-31", "2019-11-30"]
