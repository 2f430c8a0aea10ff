"""Reads what the project states of itself: the headers of SQL files and the cards of sources. Runs nothing."""

import datetime
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.refusals import Refusal
from dashboard.settings import QUERIES, SOURCES
from dashboard.vocabularies import VocabularyError, spellings
from dashboard.warehouse.columns import (
    FORMAT_OF_UNIT,
    TYPES_OF,
    CatalogError,
    Column,
    ColumnCard,
    checked_card,
    column_cards,
)
from dashboard.warehouse.fragments import expanded
from dashboard.warehouse.headers import HEADER_LINE, NAMED_PARAM, USED_PARAM, body, header_lines, parse_line
from dashboard.warehouse.parameters import parameters

QUESTION_KEYS = {"title", "grain", "param", "column", "caveat", "metric", "sum", "among"}
METRIC_KEYS = {"label", "unit", "definition", "caveat", "additive_over"}
TYPES = {"VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE"}
CARD = re.compile(r' "(?P<label>[^"]+)"(?: (?P<format>[a-z]+)(?:\((?P<words>[a-z_]+)\))?)?')
# `metric`, or `metric = column`, of a chosen row where the answer has several.
MEASURED = re.compile(
    r"(?P<metric>[a-z0-9_]+)(?: = (?P<column>[a-z0-9_]+)(?: where (?P<where>[a-z0-9_]+) = (?P<value>.+)"
    r"|(?P<last> in the last row))?)?"
)
# The partner of rows that count all partners together.
ALL_PARTNERS = "all"
EVER = (datetime.date(1900, 1, 1), datetime.date(2100, 1, 1))
QUESTION_NAME = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")
# What a demonstration of a source is, where its card does not state more.
SIMULATED = "Its rows are simulated."


class UnknownQuestion(Refusal):
    """A question was asked that no file answers."""


@dataclass(frozen=True)
class Field:
    """A parameter: its name, its SQL type, what it means."""

    name: str
    type: str
    meaning: str

    @property
    def is_optional(self) -> bool:
        """Whether it may be left out: its header states what NULL means."""
        return "or NULL" in self.meaning


@dataclass(frozen=True)
class Query:
    """One SQL file of staging, marts, cubes, checks or pages, with the fragments that it includes in its SQL.

    `sums` are columns that are in each row the sum of others; `among` are columns of which none exceeds the one before.
    `measured` states where the answer has the figure of a metric.
    """

    name: str
    title: str
    grain: str
    params: tuple[Field, ...]
    columns: tuple[Column, ...]
    caveats: tuple[str, ...]
    metrics: tuple[str, ...]
    sql: str
    path: Path
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()
    among: tuple[tuple[str, ...], ...] = ()
    measured: tuple["Measured", ...] = ()


@dataclass(frozen=True)
class Measured:
    """Where an answer has the figure of a metric, as its header states.

    `-- metric: learners_reached` alone states that the figure is the column of that name, if there is one, or that the
    answer needs the definition only. `= learners` names another column. Of several rows `where step_order = 1` or
    `in the last row` states which one is the whole; without it each row has the figure of a part.
    """

    metric: str
    column: str
    where: tuple[str, str] | None = None
    is_last: bool = False

    def value(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        """The figure in an answer; None where the row is not in it.

        Raises:
            LookupError: several rows, and none of them is the whole.
        """
        if self.where:
            name, wanted = self.where
            rows = [row for row in rows if str(row[name]) == wanted]
        elif self.is_last:
            rows = rows[-1:]
        if len(rows) > 1:
            raise LookupError(f"{len(rows)} rows have {self.column}, and none is the whole")
        return rows[0][self.column] if rows else None


@dataclass(frozen=True)
class Metric:
    """One macro of queries/metrics: how a number is named, worked out and read."""

    name: str
    label: str
    unit: str
    definition: str
    caveat: str
    additive_over: str
    sql: str
    path: Path


@dataclass(frozen=True)
class SourceColumn:
    """One column of a sender's file; `several` of it may stand under HXL tags, one for each sector."""

    name: str
    headers: tuple[str, ...]
    required: bool
    meaning: str
    example: str
    personal: bool = False
    several: bool = False

    @property
    def label(self) -> str:
        """Its name for people: the publisher's own header, or that of the template in words."""
        header = self.headers[0]
        return header if header != header.casefold() or "_" not in header else header.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Way:
    """One way in which a publisher gives a source: `kind` is a module of intake/fetch, the settings are for it.

    `variables` are environment variables that it needs, such as a token; without all of them it is not taken.
    `hosts` are those it may ask. `bounds` are how far a new capture may be from the last one to be published without
    a person: shares of change that are let through, by what they are of.
    """

    kind: str
    hosts: tuple[str, ...]
    variables: tuple[str, ...]
    settings: Mapping[str, str]
    bounds: Mapping[str, float]


@dataclass(frozen=True)
class SourceCard:
    """All that is known of a source: who publishes it, under which licence, what its columns mean, what is kept.

    `vocabulary` are the codes that are kept, by the words of files: its own and those of the sets of vocabularies.csv
    that the card names.
    `people` states that its rows are about persons; `group` names sources whose demonstrations step aside together;
    `stream` names the kept columns within which a newer file replaces an older one; `zone` is that of naive times.
    `needs_consent` states that its senders know whether each person agreed, so that nothing is taken without it.
    `day_first` states that the publisher always puts the day before the month.
    `one_of` are sets of columns of which a file has at least one whole, beside those that are required.
    `every_days` is how often a new capture should come; 0 where none is expected: a record that has ended, or a list
    that changes only when something happens. `fetch` are the ways in which its publisher gives it to a program.
    """

    name: str
    title: str
    publisher: str
    licence: str
    address: str
    citation: str
    grain: str
    comes: str
    provenance: str
    caveat: str
    columns: tuple[SourceColumn, ...]
    kept: Mapping[str, str]
    date_formats: tuple[str, ...]
    day_first: bool
    dates_within: tuple[datetime.date, datetime.date]
    vocabulary: Mapping[str, str]
    max_columns: int
    demonstration: str
    people: bool
    needs_consent: bool
    group: str
    stream: tuple[str, ...]
    zone: str
    one_of: tuple[tuple[str, ...], ...]
    every_days: int
    fetch: tuple[Way, ...]

    def lacking(self, headers: Collection[str]) -> tuple[SourceColumn, ...]:
        """Columns that a file with these does not have and must have to be one of this source."""
        wanted = {column.name for column in self.columns if column.required}
        if self.one_of and not any(set(headers).issuperset(columns) for columns in self.one_of):
            wanted |= set(self.one_of[0])
        return tuple(column for column in self.columns if column.name in wanted and column.name not in headers)

    def label(self, column: str) -> str:
        """The name for people of a column; what is none of the card, such as the whole row, as it stands."""
        return next((known.label for known in self.columns if known.name == column), column)

    def needs(self, name: str, headers: Collection[str]) -> bool:
        """Whether a file with these columns would be none of this source without one of them."""
        return bool(self.lacking([column for column in headers if column != name]))


def read_query(path: Path, layer: str) -> Query:
    """The query of one file.

    Raises:
        CatalogError: a header line is misspelt, a type unknown, the title missing, or a fragment unknown; or the
            parameters are not those that the SQL uses.
    """
    text = path.read_text(encoding="utf-8")
    header: dict[str, list[tuple[str, str, str]]] = {key: [] for key in QUESTION_KEYS}
    cards: dict[str, ColumnCard] = {}
    for line in header_lines(text):
        if named := NAMED_PARAM.fullmatch(line):
            header["param"].append(_described_parameter(named["name"], path))
            continue
        key, subject, kind, value = parse_line(line, path, QUESTION_KEYS)
        if key in ("param", "column") and kind not in TYPES:
            raise CatalogError(f"{path.name}: `{line}` wants one of {sorted(TYPES)} after the name.")
        if key == "column" and layer == "pages":
            cards[subject] = _card(subject, kind, line, path)
        header[key].append((subject, kind, value))
    if not header["title"]:
        raise CatalogError(f"{path.name}: no `-- title:` line. Begin the file with the question it answers.")
    sql = expanded(body(text), path)
    declared, used = {name.lstrip("$") for name, _, _ in header["param"]}, set(USED_PARAM.findall(sql))
    if declared != used:
        raise CatalogError(
            f"{path.name}: the header names the parameters {sorted(declared)}, the SQL with its fragments uses "
            f"{sorted(used)}."
        )
    return Query(
        name=f"{path.parent.name}/{path.stem}" if layer == "pages" else path.stem,
        title=header["title"][0][2],
        grain=header["grain"][0][2] if header["grain"] else "",
        params=tuple(Field(name.lstrip("$"), kind, text) for name, kind, text in header["param"]),
        columns=tuple(
            Column(
                name,
                kind,
                meaning,
                cards.get(name, ColumnCard("", "code")),
                f"{path.parent.name}/{path.stem}" if layer == "pages" else "",
            )
            for name, kind, meaning in header["column"]
        ),
        caveats=tuple(text for _, _, text in header["caveat"]),
        metrics=tuple(dict.fromkeys(text.split(" = ")[0] for _, _, text in header["metric"])),
        sql=sql,
        path=path,
        sums=tuple(
            (whole[0], addends)
            for whole, addends in (_columns(text, ("=", "+"), header, path) for _, _, text in header["sum"])
        ),
        among=tuple(
            whole + narrower
            for whole, narrower in (_columns(text, (">=", ">="), header, path) for _, _, text in header["among"])
        ),
        measured=tuple(pair for _, _, text in header["metric"] for pair in _measured(text, header, path)),
    )


def _measured(text: str, header: Mapping[str, list[tuple[str, str, str]]], path: Path) -> list[Measured]:
    match = MEASURED.fullmatch(text)
    if not match:
        raise CatalogError(
            f"{path.name}: `-- metric: {text}` wants a metric, then perhaps `= column`, and after that perhaps "
            "`where column = value` or `in the last row`."
        )
    known = {name for name, _, _ in header["column"]}
    column, where = match["column"], match["where"]
    if unknown := [name for name in (column, where) if name and name not in known]:
        raise CatalogError(f"{path.name}: `-- metric: {text}` wants columns of the file; found {unknown}.")
    if not column and match["metric"] not in known:
        return []
    return [
        Measured(
            match["metric"], column or match["metric"], (where, match["value"]) if where else None, bool(match["last"])
        )
    ]


def _described_parameter(name: str, path: Path) -> tuple[str, str, str]:
    """A parameter of which the header has only the name, as queries/parameters.toml describes it.

    Raises:
        CatalogError: it does not.
    """
    if name not in parameters():
        raise CatalogError(
            f"{path.name}: ${name} is not in queries/parameters.toml. Describe it there or in the header."
        )
    return name, parameters()[name].type, parameters()[name].meaning


def _card(name: str, kind: str, line: str, path: Path) -> ColumnCard:
    """What people read of a column: by its own header, else as a metric, else by queries/columns.toml.

    Raises:
        CatalogError: none of them knows it, or its type is none that the format shows.
    """
    metric, card = metrics().get(name), column_cards().get(name)
    if metric:
        card = ColumnCard(metric.label, FORMAT_OF_UNIT.get(metric.unit, "count"))
    own = HEADER_LINE.match(line)
    if own and own["card"]:
        match = CARD.fullmatch(own["card"])
        if not match or not (card or match["format"]):
            raise CatalogError(f'{path.name}: `{line}` wants `"Label"` or `"Label" format` behind the type.')
        if match["format"]:
            card = checked_card(match["label"], match["format"], match["words"] or "", f"{path.name}: {name}")
        elif card:
            card = replace(card, label=match["label"])
    if not card:
        raise CatalogError(f"{path.name}: no card for the column {name}. Add its label to queries/columns.toml.")
    if kind not in TYPES_OF[card.format]:
        if metric and metric.unit not in FORMAT_OF_UNIT and not (own and own["card"]):
            units = sorted(unit for unit, format_ in FORMAT_OF_UNIT.items() if kind in TYPES_OF[format_])
            raise CatalogError(
                f"{path.name}: {name} is {kind}, but the unit `{metric.unit}` of queries/metrics/{name}.sql is a "
                f"count. Units of a {kind} are {units}; a new one is a line in FORMAT_OF_UNIT "
                "(dashboard/warehouse/columns.py) and in IN_WORDS (dashboard/components/figures.py)."
            )
        raise CatalogError(
            f"{path.name}: {name} is {kind}, which the format {card.format} does not show. Give the header a label and "
            f'a format, as in `-- column {name} {kind} "Label" text: …`.'
        )
    return card


def _columns(
    text: str, signs: tuple[str, str], header: Mapping[str, list[tuple[str, str, str]]], path: Path
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of `a = b + c`, or of `a >= b >= c`: the first, and the others."""
    first, _, rest = text.partition(signs[0])
    names = (first.strip(), *(name.strip() for name in rest.split(signs[1])))
    known = {name for name, _, _ in header["column"]}
    if unknown := [name for name in names if name not in known]:
        raise CatalogError(f"{path.name}: `{text}` wants columns of the file with {signs[0]} between; found {unknown}.")
    return names[:1], names[1:]


@cache
def questions() -> Mapping[str, Query]:
    """Every page question by its name, `page/question`."""
    files = sorted((QUERIES / "pages").glob("*/*.sql"))
    return {query.name: query for query in (read_query(path, "pages") for path in files)}


def question(name: str) -> Query:
    """The question of that name.

    Raises:
        UnknownQuestion: there is none; the message lists the page's questions.
    """
    if QUESTION_NAME.fullmatch(name) and name in questions():
        return questions()[name]
    page = name.split("/")[0]
    near = [known for known in questions() if known.startswith(page + "/")] or sorted(questions())
    raise UnknownQuestion(f"There is no question {name!r}. Ask one of: {', '.join(near)}.")


@cache
def layer(name: str) -> tuple[Query, ...]:
    """The files of `staging`, `marts`, `cubes` or `checks`, in the order of their names."""
    return tuple(read_query(path, name) for path in sorted((QUERIES / name).glob("*.sql")))


@cache
def audience_macros(protected: bool, own: str = ALL_PARTNERS) -> tuple[str, ...]:
    """What counts and shares are for an audience: exact, or of hidden and rounded figures.

    `own` is the partner of the rows that answer where a question names none: all, or in a partner's own database that
    partner, since it holds no others.
    """
    from sqlglot import exp  # a fifth of the start of a process that reads a file, which has no question

    folder = QUERIES / "audiences" / ("protected" if protected else "exact")
    macros = [body(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.sql"))]
    quoted = exp.Literal.string(own).sql(dialect="duckdb")
    return (*macros, f"CREATE MACRO all_partners() AS {quoted}")


@cache
def metrics() -> Mapping[str, Metric]:
    """Every metric by its name."""
    cards = {}
    for path in sorted((QUERIES / "metrics").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        header = {}
        for line in header_lines(text):
            key, _, _, value = parse_line(line, path, METRIC_KEYS)
            header[key] = value
        missing = METRIC_KEYS - header.keys()
        if missing:
            raise CatalogError(f"{path.name}: the header lacks {sorted(missing)}.")
        cards[path.stem] = Metric(name=path.stem, sql=body(text), path=path, **header)
    return cards


@cache
def sources() -> Mapping[str, SourceCard]:
    """Every source card by its name."""
    return {path.stem: read_card(path) for path in sorted(SOURCES.glob("*.toml"))}


def read_card(path: Path) -> SourceCard:
    """The card of one file.

    Raises:
        CatalogError: a key is missing or unknown.
    """
    card = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        columns = tuple(
            SourceColumn(
                name,
                tuple(column["headers"]),
                column.get("required", True),
                column["meaning"],
                str(column["example"]),
                column.get("personal", False),
                column.get("several", False),
            )
            for name, column in card.pop("columns").items()
        )
        return SourceCard(
            name=path.stem,
            columns=columns,
            date_formats=tuple(card.pop("date_formats", ())),
            day_first=card.pop("day_first", False),
            dates_within=tuple(card.pop("dates_within", EVER)),
            vocabulary={**_spellings(card.pop("vocabularies", [])), **card.pop("vocabulary", {})},
            max_columns=card.pop("max_columns", 200),
            demonstration=card.pop("demonstration", SIMULATED),
            people=card.pop("people", False),
            needs_consent=card.pop("needs_consent", False),
            group=card.pop("group", path.stem),
            stream=tuple(card.pop("stream", ())),
            zone=card.pop("zone", "UTC"),
            one_of=tuple(tuple(columns) for columns in card.pop("one_of", ())),
            every_days=card.pop("every_days", 0),
            fetch=tuple(_way(way) for way in card.pop("fetch", ())),
            **card,
        )
    except (KeyError, TypeError, VocabularyError) as wrong:
        raise CatalogError(f"{path.name}: {wrong}. See CONTRIBUTING, *Add a source*.") from wrong


def _spellings(set_names: list[str]) -> dict[str, str]:
    """The words of sets that the dashboard shows too, as files write them."""
    return {word: code for name in set_names for word, code in spellings(name).items()}


def _way(settings: dict[str, Any]) -> Way:
    for name in ("hosts", "variables"):
        if not isinstance(settings.get(name, []), list):
            raise TypeError(f"`{name}` of a [[fetch]] should be a list (found: {settings[name]!r})")
    for name, bound in settings.get("bounds", {}).items():
        if not (isinstance(bound, int | float) and bound >= 0):
            raise TypeError(f"the bound {name!r} of a [[fetch]] should be a number from 0 (found: {bound!r})")
    return Way(
        kind=settings.pop("kind"),
        hosts=tuple(settings.pop("hosts")),
        variables=tuple(settings.pop("variables", ())),
        bounds=settings.pop("bounds", {}),
        settings=settings,
    )
