"""An answer as JSON, CSV and Parquet, and what is known of it: the bodies that the API sends. Asks nothing itself."""

import datetime
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.access.viewer import PARTNER_AUDIENCE, Viewer
from dashboard.briefs.tables import as_csv
from dashboard.components.notes import NAMED_BY
from dashboard.disclosure.policy import policy
from dashboard.menu import pages
from dashboard.server.openapi import MEDIA_TYPES, RELEASE, ROOT, schema_of
from dashboard.store.releases import Release
from dashboard.vocabularies import words
from dashboard.warehouse.catalog import Query, metrics, sources
from dashboard.warehouse.columns import Column
from dashboard.warehouse.parameters import parameters

ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}
EMPTY = "Empty (null): not known, not applicable, or hidden because it is about few people."
EXACT = "Figures are exact: do not pass on counts of few people."
OPEN = "Nothing is hidden or rounded: no figure of this answer is about learners."

Pins = Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Answered:
    """An answer and what goes with it: rows in the order of the columns, each cell None where it is missing."""

    query: Query
    release: Release
    viewer: Viewer
    params: Mapping[str, Any]
    rows: Sequence[Sequence[Any]]
    is_simulated: bool
    is_protected: bool


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    """The rows of an answer; what is no number, or none that can be written, is None."""
    columns = [[None if _is_no_number(cell) else cell for cell in column.to_pylist()] for column in table.columns]
    return list(zip(*columns, strict=True))


def write(answered: Answered, format_: str) -> bytes:
    """The body of an answer in a format of MEDIA_TYPES."""
    return _WRITERS[format_](answered)


def as_json(value: Any) -> bytes:
    """JSON with dates as ISO 8601, without NaN or infinity."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_iso).encode()


def metadata(answered: Answered, pins: Pins, hidden: str) -> dict[str, Any]:
    """What an answer means: definition, units, columns, sources, licences, and what is hidden from its audience."""
    query, release = answered.query, answered.release
    used = dict.fromkeys([*query.metrics, *(column.name for column in query.columns if column.name in metrics())])
    cards = [metrics()[name] for name in used]
    page = query.name.split("/")[0]
    named = sources_of(pins)
    return {
        "question": query.name,
        "title": query.title,
        "page": next((known.title for known in pages() if known.name == page), page),
        "rows": query.grain,
        "definition": " ".join(card.definition for card in cards) or query.grain,
        "unit": ", ".join(dict.fromkeys(card.unit for card in cards)) or query.grain,
        "measures": [
            {
                "name": card.name,
                "label": card.label,
                "unit": card.unit,
                "definition": card.definition,
                "caveat": card.caveat,
            }
            for card in cards
        ],
        "columns": [_column(column) for column in query.columns],
        "parameters": [*map(_parameter, query.params)],
        "caveats": list(query.caveats),
        "sources": named,
        "licence": list(dict.fromkeys(source["licence"] for source in named)),
        "is_simulated": answered.is_simulated,
        "disclosure": {
            "audience": audience_of(answered.viewer),
            "is_protected": answered.is_protected,
            "rule": _rule(answered, hidden),
            "empty_cells": EMPTY,
            "policy_version": policy().version,
        },
        "release": {"number": release.number, "published_at": release.manifest["published_at"]},
        "formats": links_of(query.name),
    }


def sources_of(pins: Pins) -> list[dict[str, Any]]:
    """The sources of an answer, each with its newest capture; of simulated ones only that they are."""
    by_name: dict[str, dict[str, Any]] = {}
    for name, pin in pins:
        card, is_demo = sources()[name], pin["provenance"] == "demo"
        before = by_name.get(name, {"captured_on": "", "is_simulated": False})
        by_name[name] = {
            "name": name,
            "title": card.title,
            "publisher": card.publisher,
            "licence": card.licence,
            "address": card.address,
            "citation": card.citation,
            "captured_on": max(before["captured_on"], pin["captured_on"]),
            "is_simulated": is_demo or before["is_simulated"],
        }
    return list(by_name.values())


def links_of(name: str) -> dict[str, str]:
    """Where a question is answered in each format, and described."""
    return {
        **{format_: f"{ROOT}/ask/{name}.{format_}" for format_ in MEDIA_TYPES},
        "metadata": f"{ROOT}/ask/{name}/metadata.json",
    }


def index(queries: Iterable[Query], release: Release, viewer: Viewer) -> dict[str, Any]:
    """The questions, what each is asked with, and where."""
    return {
        "title": "Coalition dashboard: questions for other programs",
        "release": {"number": release.number, "published_at": release.manifest["published_at"]},
        "audience": audience_of(viewer),
        "description": f"{ROOT}/openapi.json",
        "questions": [
            {
                "question": query.name,
                "title": query.title,
                "required": [field.name for field in query.params if not field.is_optional],
                "optional": [*(field.name for field in query.params if field.is_optional), RELEASE],
                "links": links_of(query.name),
            }
            for query in queries
        ],
    }


def audience_of(viewer: Viewer) -> str:
    """An audience as the command writes it: `public`, or `partner:kiron`."""
    return f"{viewer.audience}:{viewer.partner_id}" if viewer.partner_id else viewer.audience


def _json(answered: Answered) -> bytes:
    names = [column.name for column in answered.query.columns]
    return as_json(
        {
            "question": answered.query.name,
            "title": answered.query.title,
            "release": answered.release.number,
            "published_at": answered.release.manifest["published_at"],
            "audience": audience_of(answered.viewer),
            "parameters": dict(answered.params),
            "is_simulated": answered.is_simulated,
            "is_protected": answered.is_protected,
            "rows": [dict(zip(names, row, strict=True)) for row in answered.rows],
        }
    )


def _csv(answered: Answered) -> bytes:
    return as_csv([[column.name for column in answered.query.columns], *answered.rows])


def _parquet(answered: Answered) -> bytes:
    """Parquet that every reader takes; label, unit and meaning of a column stand in its own metadata."""
    query = answered.query
    fields = [
        pa.field(
            column.name,
            ARROW[column.type],
            metadata={"label": column.label, "unit": column.unit, "meaning": column.meaning},
        )
        for column in query.columns
    ]
    known = {
        "question": query.name,
        "title": query.title,
        "release": answered.release.number,
        "audience": audience_of(answered.viewer),
        "parameters": dict(answered.params),
        "is_simulated": answered.is_simulated,
        "is_protected": answered.is_protected,
        "caveats": list(query.caveats),
        "metadata": links_of(query.name)["metadata"],
    }
    columns = list(zip(*answered.rows, strict=True)) or [()] * len(fields)
    schema = pa.schema(fields, metadata={"coalition": as_json(known)})
    out = pa.BufferOutputStream()
    pq.write_table(pa.table([list(column) for column in columns], schema=schema), out, compression="snappy")
    return out.getvalue().to_pybytes()


_WRITERS = {"json": _json, "csv": _csv, "parquet": _parquet}


def _rule(answered: Answered, hidden: str) -> str:
    if answered.is_protected or answered.viewer.audience == PARTNER_AUDIENCE:
        return hidden
    return EXACT if answered.viewer.is_steward else OPEN


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "label": column.label,
        "unit": column.unit,
        "format": column.card.format,
        "meaning": column.meaning,
        **({"values": words(column.card.words)} if column.card.words else {}),
    }


def _parameter(field: Any) -> dict[str, Any]:
    known = parameters()[field.name]
    question_name, _label = NAMED_BY.get(field.name.removeprefix("other_"), ("", ""))
    return {
        "name": field.name,
        "type": field.type,
        "label": known.label,
        "meaning": field.meaning,
        "required": not field.is_optional,
        "example": known.example,
        "schema": schema_of(field),
        **({"values": words(known.words)} if known.words else {}),
        **({"values_at": links_of(question_name)["json"]} if question_name else {}),
    }


def _is_no_number(cell: Any) -> bool:
    return isinstance(cell, float) and not math.isfinite(cell)


def _iso(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not written as JSON")
