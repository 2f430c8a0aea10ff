"""What every kind of publisher is given and gives back; which way of a card is taken; variables of the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.intake.fetch.client import Client, FetchFailed, Known
from dashboard.warehouse.catalog import SourceCard, Way

# A setting or a host of a card may name a variable in braces: its value stands there when it is fetched.
VARIABLE = re.compile(r"\{(COALITION_[A-Z0-9_]+)\}")
# Variables with these endings name a place, and may be shown; all others are taken for secrets.
SHOWN = ("_SERVER", "_URL")


@dataclass(frozen=True)
class Order:
    """What is to be fetched: the way, with variables filled in, the source, where to, and what is known already."""

    way: Way
    card: SourceCard
    folder: Path
    known: Known = Known()

    def setting(self, name: str) -> str:
        """A setting of the way that its kind cannot do without.

        Raises:
            FetchFailed: the card lacks it.
        """
        if value := self.way.settings.get(name, ""):
            return str(value)
        raise FetchFailed(
            f"The card of {self.card.name} has no {name!r} for the way {self.way.kind!r} (found: "
            f"{', '.join(self.way.settings) or 'no setting'}). Add it."
        )


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched, the marks by which its publisher knows it, and what should be stated of it."""

    file: Path
    etag: str = ""
    modified: str = ""
    address_mark: str = ""
    notes: tuple[str, ...] = ()


def way_of(card: SourceCard, environment: Mapping[str, str] = os.environ) -> Way | None:
    """The first way of a card whose variables are all set, filled in; None where there is none."""
    for way in card.fetch:
        if all(environment.get(name) for name in way.variables):
            return filled(way, environment)
    return None


def filled(way: Way, environment: Mapping[str, str] = os.environ) -> Way:
    """A way with the values of its variables in its settings and hosts."""

    def fill(text: str) -> str:
        return VARIABLE.sub(lambda match: environment.get(match[1], ""), text)

    settings = {name: fill(value) if isinstance(value, str) else value for name, value in way.settings.items()}
    return replace(way, settings=settings, hosts=tuple(filter(None, (host_of(fill(host)) for host in way.hosts))))


def file_address(card: SourceCard, environment: Mapping[str, str] = os.environ) -> str:
    """The address of the source's file, for a person who downloads it by hand; empty where none is known."""
    for way in card.fetch:
        if way.kind == "file" and all(environment.get(name) for name in way.variables):
            return str(filled(way, environment).settings.get("address", ""))
    return ""


def host_of(text: str) -> str:
    """The host of an address, or of a host by itself."""
    try:
        return urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""


def server(text: str) -> str:
    """The beginning of addresses at a server that is named with or without https."""
    return (text if "://" in text else f"https://{text}").rstrip("/")


def secrets_of(way: Way, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Values that no message may hold: of the way's variables all but those that name a place."""
    return tuple(environment[name] for name in _variables(way) if environment.get(name) and not name.endswith(SHOWN))


def refuse_unusable(way: Way, environment: Mapping[str, str] = os.environ) -> None:
    """Refuses variables that no header or address can hold, by their names.

    Raises:
        FetchFailed: one has a line break, another control character, or spaces around it.
    """
    for name in _variables(way):
        value = environment.get(name, "")
        if value != value.strip() or not value.isprintable():
            raise FetchFailed(
                f"The variable {name} has a line break or a space where none belongs, as a file with a line too many "
                "gives it. Nothing was sent. Set it anew without."
            )


def _variables(way: Way) -> list[str]:
    """Variables that a way needs, and those it may do without."""
    return sorted({*way.variables, *VARIABLE.findall(" ".join(map(str, way.settings.values())))})


def wanted_variables(card: SourceCard, environment: Mapping[str, str] = os.environ) -> str:
    """The variables that are to be set for each way of a card, in words."""
    lacking = (
        f"{way.kind}: {', '.join(name for name in way.variables if not environment.get(name))}" for way in card.fetch
    )
    return "; or ".join(lacking)


__all__ = [
    "Client",
    "Fetched",
    "Order",
    "file_address",
    "filled",
    "host_of",
    "refuse_unusable",
    "secrets_of",
    "server",
    "wanted_variables",
    "way_of",
]
