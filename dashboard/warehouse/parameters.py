"""The parameters of page questions, each described once in queries/parameters.toml."""

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dashboard.settings import QUERIES
from dashboard.vocabularies import set_names
from dashboard.warehouse.columns import CatalogError

FILE = QUERIES / "parameters.toml"
TYPES = {"VARCHAR": str, "BIGINT": int, "DOUBLE": float, "DATE": datetime.date}


@dataclass(frozen=True)
class Parameter:
    """A parameter: its label for people, the set of words that its codes are of, and what SQL reads.

    `example` is a value with which tests ask every question.
    """

    name: str
    label: str
    type: str
    meaning: str
    example: str | int | float | datetime.date
    words: str = ""


@cache
def parameters() -> Mapping[str, Parameter]:
    """Every parameter by its name.

    Raises:
        CatalogError: an entry lacks a key or has one too many, or its example is not of its type.
    """
    by_name = {}
    for name, entry in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        try:
            parameter = Parameter(name=name, **entry)
        except TypeError as wrong:
            raise CatalogError(f"parameters.toml: {name}: {wrong}.") from wrong
        if parameter.words and parameter.words not in set_names():
            raise CatalogError(f"parameters.toml: {name}: there is no set of words {parameter.words!r}.")
        if not isinstance(parameter.example, TYPES.get(parameter.type, ())):
            raise CatalogError(
                f"parameters.toml: {name} is {parameter.type}, its example {parameter.example!r} is not. Types: "
                f"{', '.join(TYPES)}."
            )
        by_name[name] = parameter
    return by_name
