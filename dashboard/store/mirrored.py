"""Where a store that lies in a bucket stands on this machine: a room of its own, with its mirror and working copies.

`<room>/address` names the bucket, `<room>/store` is the mirror, which only ever holds what was committed, and
`<room>/work/<uuid>/store` is the working copy of a transaction. All are folders of a store as any other.
"""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

ADDRESS, WORK, STORE = "address", "work", "store"


def is_mirror(store: Path) -> bool:
    """Whether a folder mirrors a bucket, so that nothing is written into it but what was committed there."""
    return (store.parent / ADDRESS).is_file()


def mirror_of(store: Path) -> Path:
    """The mirror that a working copy was made of; any other store itself."""
    above = store.parents
    if len(above) > 2 and above[1].name == WORK and (above[2] / ADDRESS).is_file():
        return above[2] / STORE
    return store


def shown(store: Path) -> str:
    """What an operator knows a store by: the address of its bucket, or its folder."""
    try:
        return (mirror_of(store).parent / ADDRESS).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return str(store)


def in_address(text: str, store: Path) -> str:
    """A message with the address of the bucket in place of the mirror's path on this machine."""
    return text.replace(str(mirror_of(store)), shown(store))


def moved(value: Any, from_store: Path, to_store: Path) -> Any:
    """The value with each path below one store as that of another; work in `.staging` stays where it is."""
    if from_store == to_store:
        return value
    if isinstance(value, Path):
        inner = value.relative_to(from_store) if value.is_relative_to(from_store) else None
        return value if inner is None or inner.parts[:1] == (".staging",) else to_store / inner
    if isinstance(value, tuple | list):
        return type(value)(moved(item, from_store, to_store) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        changed = {name: new for name, item in named.items() if (new := moved(item, from_store, to_store)) is not item}
        return replace(value, **changed) if changed else value
    return value
