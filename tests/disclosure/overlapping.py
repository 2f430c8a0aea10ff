"""Small invented worlds of three partners who report some of the same people, and changes to what some of them report.

People overlap in every way that files allow: by a shared id, by a shared address, by an address in one file and the id
in another, by ids of each partner's own. Every source about people is there. Every learner is invented.
"""

import copy
import datetime
import random
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.disclosure.protect import BENCHMARK, PROTECTED
from dashboard.store.releases import Release
from dashboard.store.views import BESIDE, HUB_DAYS, STREAMS
from dashboard.warehouse.answers import queried_tables
from dashboard.warehouse.build import REFERENCE_TABLES, in_order, read_reference, tables_of
from dashboard.warehouse.catalog import layer, sources
from dashboard.warehouse.schema import snapshot_schema

PARTNERS = ("alpha", "beta", "gamma")
SHARED = ("coursera_for_refugees", "kiron_campus", "dlsei")
OF_PEOPLE = (
    "partner_learners", "coursera_usage", "coursera_membership", "coursera_specializations", "recognitions",
)  # fmt: skip
NEWEST = datetime.date(2024, 12, 31)
OLDER = datetime.date(2024, 6, 30)
HUBS = ("hub-nairobi", "hub-rome")
HOSTS, ORIGINS = ("KEN", "UGA", "DEU", "JOR", "unknown"), ("SDN", "SYR", "AFG", "unknown")
SEXES, AGES = ("female", "male", "other", "not reported"), ("18-24", "25-34", "not reported")
EDUCATION = ("secondary", "bachelor", "not reported")


def lone(partner):
    """The programme that a partner alone reports."""
    return f"{partner}_school"


def world(seed, people=15):
    """Rows of each source about people, by partner and source, and those of sources that are nobody's under ``."""
    rng = random.Random(seed)
    files = {partner: {source: [] for source in OF_PEOPLE} for partner in PARTNERS}
    for partner in PARTNERS:
        for person in rng.sample(range(people), people * 2 // 3):
            for _ in range(rng.choice((1, 1, 2))):
                add(files, partner, person, rng)
    return {**files, "": _nobodys()}


def add(files, partner, person, rng, source=None):
    """Rows about a person from a partner: as many of its sources as chance has it, or one."""
    programme = rng.choice((*SHARED, lone(partner)))
    for name in [source] if source else rng.sample(OF_PEOPLE, rng.choice((1, 2, 3))):
        files[partner][name].append(_row(name, partner, programme, keys(partner, person, rng), rng))


def keys(partner, person, rng):
    """How a file names a person: by the shared id, an id of the partner's, an address, an id beside an address."""
    id_key = rng.choice((f"i{person:03}", f"i{person:03}", f"{partner}-{person:03}", None, None))
    email_key = f"e{person:03}" if id_key is None or rng.random() < 0.6 else None
    return {"id_key": id_key, "email_key": email_key}


def change(files, partners, rng, times):
    """Another world in which the partners' files differ: rows added, dropped and edited, other people named."""
    files = copy.deepcopy(files)
    for _ in range(times):
        partner, kind = rng.choice(partners), rng.choice(("add", "drop", "edit", "name", "copy"))
        source = rng.choice(OF_PEOPLE)
        rows = files[partner][source]
        if kind == "add" or not rows:
            add(files, partner, rng.randrange(16), rng, source)
        elif kind == "drop":
            rows.pop(rng.randrange(len(rows)))
        elif kind == "name":
            rows[rng.randrange(len(rows))].update(keys(partner, rng.randrange(16), rng))
        elif kind == "edit":
            at = rng.randrange(len(rows))
            fresh = _row(source, partner, rows[at]["programme_id"], {}, rng)
            rows[at].update({name: fresh[name] for name in rng.sample(sorted(fresh), 3)})
            rows[at].update({"partner_id": partner, **({"record": "request"} if source == "recognitions" else {})})
        else:
            # A row of another partner's about the same person, as if it were this one's.
            others = [row for other in PARTNERS if other != partner for row in files[other][source]]
            row = dict(rng.choice(others)) if others else dict(rng.choice(rows))
            rows.append({**row, "partner_id": partner, "programme_id": rng.choice((*SHARED, lone(partner)))})
    return files


def only(files, partner):
    """The world in which nobody else reports anything."""
    empty = {source: [] for source in OF_PEOPLE}
    return {owner: rows if owner in (partner, "") else empty for owner, rows in files.items()}


def build(files, names):
    """The exact tables of a world, as Arrow tables by name; by the project's own SQL."""
    database = duckdb.connect(config={"threads": 1})
    try:
        for name, card in sources().items():
            rows = [row for files in files.values() for row in files.get(name, ())]
            database.register(f"raw_{name}", pa.Table.from_pylist(rows, snapshot_schema(card)))
        for table, kinds in REFERENCE_TABLES.items():
            database.register(f"ref_{table}", _reference(table, tuple(kinds.items())))
        for name, sql, is_view in needed(names):
            database.execute(f"CREATE {'VIEW' if is_view else 'TABLE'} {name} AS {sql}")
        return {name: database.table(name).to_arrow_table() for name in names}
    finally:
        database.close()


def own_rows(tables, partner):
    """What a partner has of exact tables, as bytes by name."""
    rows = {}
    for name, table in tables.items():
        mine = table.filter(pa.compute.equal(table["partner_id"], partner))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, mine.schema) as writer:
            writer.write_table(mine.combine_chunks())
        rows[name] = (mine.num_rows, sink.getvalue().to_pybytes())
    return rows


def released(tables, folder):
    """A release of the tables; what only protection makes is empty: it is the public's, and audited elsewhere."""
    files = {}
    for name, table in tables.items():
        _write(table, folder / "marts" / f"{name}.parquet", files, f"marts/{name}.parquet")
    for audience, name in ((BESIDE, BENCHMARK), ("public", HUB_DAYS)):
        where = f"views/{audience}/{name}.parquet"
        _write(tables[name].slice(0, 0), folder / where, files, where)
    return Release(1, folder, {"files": files})


def tables_queried():
    """Every table that questions read."""
    return tuple(sorted(queried_tables()))


# The tables about people of which a partner has its own rows.
OWN = tuple(sorted({*PROTECTED, STREAMS} - {BENCHMARK}))


@cache
def needed(names):
    """Name, SQL and whether it is looked up as it is asked of everything that the tables are made of, in order."""
    steps = {query.name: query for query in (*layer("staging"), *layer("marts"), *layer("cubes"))}
    wanted, seen = list(names), set()
    while wanted:
        name = wanted.pop()
        if name in steps and name not in seen:
            seen.add(name)
            wanted += tables_of(steps[name].sql)
    staging = {query.name for query in layer("staging")}
    return [(step.name, step.sql, step.name in staging) for step in in_order([steps[name] for name in sorted(seen)])]


@cache
def _reference(table, kinds):
    return read_reference(table, dict(kinds))


def _write(table, path, files, name):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    files[name] = {}


def _row(source, partner, programme, names, rng):
    captured = rng.choices((NEWEST, OLDER), (9, 1))[0]
    began = datetime.date(2023, 1, 1) + datetime.timedelta(rng.randrange(500))
    later = began + datetime.timedelta(rng.randrange(120))
    common = {**names, "partner_id": partner, "programme_id": programme, "captured_on": captured, "provenance": "demo"}
    host = rng.choice(HOSTS)
    if source == "partner_learners":
        return {
            **common, "country_origin": rng.choice(ORIGINS), "country_host": host, "sex": rng.choice(SEXES),
            "age_band": rng.choice(AGES), "education": rng.choice(EDUCATION), "registered_on": began,
            "withdrawn_on": rng.choice((None, None, later)), "hub_id": rng.choice((None, *HUBS)),
            "intends_to_finish": rng.choice((None, True, False)), "hours": rng.choice((None, 5.0, 20.0)),
            "hours_basis": rng.choice(("measured", "estimated", "attested")),
        }  # fmt: skip
    if source == "coursera_usage":
        done = rng.random() < 0.5
        return {
            **common, "course_id": f"c{rng.randrange(4)}", "course": "A course", "university": "A university",
            "course_type": rng.choice(("course", "guided project")), "enrolled_on": began, "class_start_on": began,
            "last_activity_on": rng.choice((None, later)), "progress": 1.0 if done else 0.3, "hours_estimated": 4.0,
            "hours_measured": rng.choice((None, 3.0)), "is_completed": done, "is_removed": rng.random() < 0.1,
            "is_verified_track": rng.random() < 0.8, "completed_on": later if done else None,
            "has_certificate": done, "country_host": host,
        }  # fmt: skip
    if source == "coursera_membership":
        return {
            **common, "member_state": rng.choice(("member", "member", "left", "invited")), "joined_on": began,
            "invited_on": None, "last_activity_on": rng.choice((None, later)), "country_host": host,
        }  # fmt: skip
    if source == "coursera_specializations":
        return {
            **common, "specialisation": f"s{rng.randrange(3)}", "credential_type": "specialisation",
            "enrolled_on": began, "is_completed": rng.random() < 0.7, "is_removed": False, "completed_on": later,
            "has_certificate": None, "country_host": host,
        }  # fmt: skip
    return {
        **common, "record": "request", "credential": f"c{rng.randrange(4)}", "university": f"U{rng.randrange(2)}",
        "country_iso3": "DEU", "requested_on": began, "decided_on": later,
        "decision": rng.choice(("recognised", "refused", None)), "reason": "level", "ects_requested": 5.0,
        "ects_awarded": 5.0, "transferred_on": rng.choice((None, later)),
    }  # fmt: skip


def _nobodys():
    """Hubs, their sessions and phases: lists that stewards bring in."""
    common = {"captured_on": NEWEST, "provenance": "demo"}
    sessions = [
        {
            "hub_id": hub, "month": "2024-02", "session_id": str(day), "held_on": datetime.date(2024, 2, day),
            "kind": "discussion", "attendance": 3 + day, "women": 2, **common,
        }
        for hub in HUBS for day in (1, 8, 15)
    ]  # fmt: skip
    programmes = ("Coursera for Refugees", "Kiron Campus")
    hubs = [
        {"hub_id": hub, "hub": hub, "country_iso3": "KEN", "host_type": "library", "programme": programme, **common}
        for hub, programme in zip(HUBS, programmes, strict=True)
    ]
    phases = [
        {"programme_id": "dlsei", "phase": phase, "began_on": began, "seats": 50, "target_learners": 40, **common}
        for phase, began in (("I", datetime.date(2023, 1, 1)), ("II", datetime.date(2023, 9, 1)))
    ]
    return {"hubs": hubs, "hub_sessions": sessions, "programme_phases": phases}
