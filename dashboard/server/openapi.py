"""What the API may be asked: the parameters of questions, checked and described by the same rules, as OpenAPI 3.1."""

import datetime
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dashboard.settings import TOOL_VERSION
from dashboard.warehouse.catalog import Field, Query, questions
from dashboard.warehouse.columns import Column
from dashboard.warehouse.parameters import parameters

ROOT = "/api/v1"
RELEASE = "release"
MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
METHODS = "GET, HEAD, OPTIONS"
LONGEST_TEXT = 200
MOST_WHOLE = 99_999
# Of numbers that are not whole; what is not named here is any number.
BOUNDS = {"partial_weight": (0, 1)}
# Printable ASCII and Latin letters: codes, ids and English names.
TEXT = re.compile(rf"[ -~\u00c0-\u024f]{{1,{LONGEST_TEXT}}}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
JSON_TYPES = {"VARCHAR": "string", "DATE": "string", "BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean"}
STATUSES = {
    "400": "A parameter is unknown, is missing, or has a value of another kind.",
    "401": "A token is wanted, or the one that was sent is not valid.",
    "404": "There is no such question, format or release.",
    "405": "Another method than GET, HEAD or OPTIONS.",
    "422": "The values have no answer, or one that is too large or takes too long.",
    "429": "Too many requests from one address or with one token: wait as long as Retry-After states.",
    "503": "No release can be served now, or too much is being asked.",
}


@dataclass(eq=False)  # not frozen: Python writes to an exception where it was raised
class NotAnswered(Exception):
    """A request that is not answered: the status, and what was wanted, what was found and what to do."""

    status: int
    wanted: str
    found: str
    do: str
    headers: tuple[tuple[str, str], ...] = ()


def read_parameters(query: Query, sent: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], int | None]:
    """The parameters of a question with their values, and the release that is wanted, or None for the newest.

    Raises:
        NotAnswered: a name is unknown or stands twice, one is missing, or a value is not of its type.
    """
    declared = {field.name: field for field in query.params}
    names = [name for name, _ in sent]
    for name, _ in sent:
        if name not in declared and name != RELEASE:
            known = ", ".join([*declared, RELEASE])
            raise NotAnswered(400, f"parameters of {query.name}: {known}", name, f"Leave {_printable(name)} out.")
        if names.count(name) > 1:
            raise NotAnswered(400, f"{name} once", f"{names.count(name)} times", "Ask once for each value.")
    values = {name: _value(declared[name], text) for name, text in sent if name != RELEASE}
    for field in declared.values():
        if not field.is_optional and field.name not in values:
            example = parameters()[field.name].example
            raise NotAnswered(
                400, f"{field.name}: {field.meaning}", "nothing", f"Add {field.name}={example} or another value."
            )
    return values, next((read_release(text) for name, text in sent if name == RELEASE), None)


def read_release(text: str) -> int:
    """The number of a release.

    Raises:
        NotAnswered: it is none.
    """
    if not WHOLE.fullmatch(text) or not 1 <= int(text) <= MOST_WHOLE:
        raise NotAnswered(400, "the number of a release", text, f"Give {RELEASE} a whole number, or leave it out.")
    return int(text)


def _value(field: Field, text: str) -> Any:
    """A value as SQL binds it.

    Raises:
        NotAnswered: the text is not of the type.
    """
    known = parameters()[field.name]
    wanted = f"{field.name}, {_kind(field)}: {field.meaning}"
    do = f"Give a value such as {field.name}={known.example}" + (
        ", or leave it out for all or the latest." if field.is_optional else "."
    )
    read = _READERS[field.type](field, text)
    if read is None:
        raise NotAnswered(400, wanted, text, do)
    return read


def _date(_field: Field, text: str) -> datetime.date | None:
    if not DATE.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _whole_number(_field: Field, text: str) -> int | None:
    return int(text) if WHOLE.fullmatch(text) and int(text) <= MOST_WHOLE else None


def _number(field: Field, text: str) -> float | None:
    number = float(text) if NUMBER.fullmatch(text) else math.nan
    least, most = BOUNDS.get(field.name, (-math.inf, math.inf))
    return number if math.isfinite(number) and least <= number <= most else None


def _flag(_field: Field, text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _text(_field: Field, text: str) -> str | None:
    return text if TEXT.fullmatch(text) else None


_READERS: Mapping[str, Callable[[Field, str], Any]] = {
    "DATE": _date,
    "BIGINT": _whole_number,
    "DOUBLE": _number,
    "BOOLEAN": _flag,
    "VARCHAR": _text,
}


def _kind(field: Field) -> str:
    kinds = {
        "DATE": "a date as year-month-day",
        "BIGINT": f"a whole number from 0 to {MOST_WHOLE:,}",
        "DOUBLE": "a number" + (" from {} to {}".format(*BOUNDS[field.name]) if field.name in BOUNDS else ""),
        "BOOLEAN": "true or false",
        "VARCHAR": f"a text of at most {LONGEST_TEXT} characters",
    }
    return kinds[field.type]


def _printable(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else "it"


def schema_of(field: Field) -> dict[str, Any]:
    """The JSON schema of a parameter's values."""
    schema: dict[str, Any] = {"type": JSON_TYPES[field.type]}
    if field.type == "DATE":
        schema["format"] = "date"
    elif field.type == "BIGINT":
        schema |= {"minimum": 0, "maximum": MOST_WHOLE}
    elif field.type == "DOUBLE" and field.name in BOUNDS:
        schema["minimum"], schema["maximum"] = BOUNDS[field.name]
    elif field.type == "VARCHAR":
        schema |= {"minLength": 1, "maxLength": LONGEST_TEXT, "pattern": "^[ -~\u00c0-\u024f]+$"}
    return schema


@cache
def description() -> bytes:
    """The OpenAPI description, as JSON."""
    paths: dict[str, Any] = {
        f"{ROOT}/": {"get": _plain("index", "Lists the questions", "The questions and where each is answered.")},
        f"{ROOT}/openapi.json": {"get": _plain("openapi", "Describes the API", "This description.")},
    }
    for name, query in questions().items():
        own = name.replace("/", "_")
        paths[f"{ROOT}/ask/{name}.{{format}}"] = {
            "get": {
                "operationId": f"ask_{own}",
                "summary": query.title,
                "description": " ".join([query.grain.capitalize() + ".", *query.caveats]),
                "tags": [name.split("/")[0]],
                "parameters": [_FORMAT, *map(_parameter, query.params), _RELEASE],
                "responses": {"200": _answers_of(query), **_REFUSALS},
            }
        }
        paths[f"{ROOT}/ask/{name}/metadata.json"] = {
            "get": {
                "operationId": f"metadata_{own}",
                "summary": f"What the answer means: {query.title}",
                "tags": [name.split("/")[0]],
                "parameters": [_RELEASE],
                "responses": {"200": _json("Definition, columns, sources and what is hidden.", _OBJECT), **_REFUSALS},
            }
        }
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Coalition dashboard",
            "version": TOOL_VERSION,
            "summary": "The questions of the dashboard, for other programs to read.",
            "description": (
                "Each answer is what the page shows to the same audience: that of the token, or the public without one."
                " Licences differ by source: metadata.json of each question names them."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Made by `coalition token create`."}
            },
            "schemas": {"Error": _ERROR},
            "headers": {
                "ETag": {
                    "schema": {"type": "string"},
                    "description": "Send it as If-None-Match to be told of no change.",
                }
            },
            "responses": {
                status: _json(words, {"$ref": "#/components/schemas/Error"}) for status, words in STATUSES.items()
            }
            | {"304": {"description": "What If-None-Match names has not changed."}},
        },
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


_OBJECT = {"type": "object"}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["wanted", "found", "do"],
            "properties": {key: {"type": "string"} for key in ("wanted", "found", "do")},
        }
    },
}
_REFUSALS = {status: {"$ref": f"#/components/responses/{status}"} for status in ("304", *STATUSES)}
_FORMAT = {
    "name": "format",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": list(MEDIA_TYPES)},
}
_RELEASE = {
    "name": RELEASE,
    "in": "query",
    "description": "An earlier release that is still served, by its number; else the newest.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST_WHOLE},
}


def _parameter(field: Field) -> dict[str, Any]:
    known = parameters()[field.name]
    example = known.example.isoformat() if isinstance(known.example, datetime.date) else known.example
    return {
        "name": field.name,
        "in": "query",
        "required": not field.is_optional,
        "description": f"{known.label}: {field.meaning}",
        "schema": schema_of(field),
        "example": example,
    }


def _answers_of(query: Query) -> dict[str, Any]:
    row = {
        "type": "object",
        "required": [column.name for column in query.columns],
        "properties": {column.name: _cell(column) for column in query.columns},
        "additionalProperties": False,
    }
    answer = {
        "type": "object",
        "required": ["question", "release", "audience", "is_simulated", "is_protected", "rows"],
        "properties": {
            "question": {"const": query.name},
            "release": {"type": "integer"},
            "audience": {"type": "string"},
            "is_simulated": {"type": "boolean"},
            "is_protected": {"type": "boolean"},
            "rows": {"type": "array", "items": row},
        },
    }
    return {
        "description": f"The answer: {query.grain}.",
        "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
        "content": {
            "application/json": {"schema": answer},
            "text/csv": {"schema": {"type": "string"}},
            MEDIA_TYPES["parquet"]: {"schema": {"type": "string", "format": "binary"}},
        },
    }


def _cell(column: Column) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": [JSON_TYPES[column.type], "null"], "description": column.meaning}
    if column.type == "DATE":
        schema["format"] = "date"
    return schema


def _plain(operation: str, summary: str, words: str) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": summary,
        "responses": {"200": _json(words, _OBJECT), **_REFUSALS},
    }


def _json(words: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}
