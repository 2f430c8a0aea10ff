"""The files that a command names: paths, folders, patterns, and objects of a bucket, which are downloaded first."""

import fnmatch
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard.intake.report import FileRefused
from dashboard.intake.workplace import workplace
from dashboard.settings import BUCKET, SettingWrong, bucket_and_key, is_address
from dashboard.store.bucket import (
    POINTER,
    TRANSFER,
    BucketRefused,
    ObjectGone,
    StoreUnreachable,
    in_words,
    opened,
)

SIGNS = "*?["
# What is read of a folder.
KINDS = (".csv", ".tsv", ".txt", ".parquet")
PIECE = 2**20
MOST_NAMES = 12
# Of letters, each of which may take four bytes of the 255 of a name.
LONGEST_NAME = 60
# What signs an address, as a password would.
SIGNED = re.compile(r"(?i)\?x-amz-.*")


@contextmanager
def named_files(names: Sequence[str], store: Path) -> Iterator[list[Path]]:
    """The files, in order of what was named and then of their names; those of a bucket are gone afterwards.

    Raises:
        FileRefused: a folder or a pattern names no file, or the bucket cannot be read.
    """
    if not any(is_address(name) for name in names):
        yield [file for name in names for file in _local(name)]
        return
    with workplace(store) as folder:
        files: list[Path] = []
        for number, name in enumerate(names):
            files += _downloaded(name, folder / str(number)) if is_address(name) else _local(name)
        yield files


def _local(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        inside = sorted(path.iterdir())
        files = [file for file in inside if _is_table(file.name) and file.is_file()]
        if not files:
            raise FileRefused(f"The folder {name} holds no file that ends in {', '.join(KINDS)}.")
        _report_left_out(name, [file.name for file in inside if file not in files])
        return files
    if any(sign in name for sign in SIGNS) and not path.exists():
        files = sorted(file for file in _matching(path) if file.is_file())
        if not files:
            raise FileRefused(f"There is no file {name}. Look at the pattern.")
        return files
    return [path]


def _is_table(name: str) -> bool:
    """Whether a file of a folder is read: other programs keep notes of their own in files that begin with a dot."""
    return name.lower().endswith(KINDS) and not name.startswith(".")


def _report_left_out(folder: str, names: Sequence[str]) -> None:
    if names:
        more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
        print(
            f"coalition: not read of the folder {folder}, since only files that end in {', '.join(KINDS)} are, and "
            f"folders inside are not: {', '.join(map(repr, names[:MOST_NAMES]))}{more}",
            file=sys.stderr,
        )


def _matching(pattern: Path) -> Iterator[Path]:
    """What a pattern names, as a shell reads it."""
    fixed = next(folder for folder in pattern.parents if not any(sign in str(folder) for sign in SIGNS))
    return fixed.glob(str(pattern.relative_to(fixed)))


def _downloaded(address: str, folder: Path) -> list[Path]:
    """The objects that an address with or without a pattern names, in a folder, a piece at a time."""
    try:
        import obstore
    except ModuleNotFoundError:
        raise FileRefused(
            "A file in a bucket is named, and the package obstore that reads buckets is not installed. Download the "
            "files and name them here."
        ) from None
    try:
        bucket, key = bucket_and_key(
            address,
            "A file is named as",
            "one that lies elsewhere is s3://bucket/key or a pattern of it; what stands at an address of the web is "
            "brought by `coalition fetch`",
        )
    except SettingWrong as wrong:
        raise FileRefused(str(wrong)) from None
    folder.mkdir()
    area = f"{BUCKET}{bucket}"
    try:
        wanted = _named_objects(opened(area, *POINTER), area, key)
        store = opened(area, *TRANSFER)
        files = []
        for number, path in enumerate(wanted):
            file = folder / f"{number:06}" / path.rpartition("/")[2][-LONGEST_NAME:]
            file.parent.mkdir()
            with file.open("wb") as out, in_words(area):
                for piece in obstore.get(store, path).stream(min_chunk_size=PIECE):
                    out.write(piece)
            files.append(file)
    except ObjectGone:
        raise FileRefused(f"{area}/{key} was taken away while it was read. Look at its name.") from None
    except (BucketRefused, SettingWrong, StoreUnreachable) as refused:
        raise FileRefused(str(refused)) from refused
    if not files:
        raise FileRefused(f"There is no object {area}/{SIGNED.sub('…', key)}. Look at its name.")
    return files


def _named_objects(store: Any, area: str, key: str) -> list[str]:
    """Keys of the object of a name, of the tables in the folder of that name, or of what a pattern names."""
    import obstore

    try:
        if key:
            with in_words(area):
                obstore.head(store, key)
            return [key]
    except ObjectGone:
        pass
    fixed = key[: min((key.index(sign) for sign in SIGNS if sign in key), default=len(key))]
    # A listing goes by whole folders.
    below = key if fixed == key else fixed.rpartition("/")[0]
    with in_words(area):
        listed = sorted(str(entry["path"]) for page in obstore.list(store, below or None) for entry in page)
    if fixed != key:
        return [path for path in listed if fnmatch.fnmatchcase(path, key)]
    tables = [path for path in listed if _is_below(path, key)]
    if tables:
        _report_left_out(f"{area}/{key}", [path.removeprefix(f"{key}/") for path in listed if path not in set(tables)])
    return tables


def _is_below(path: str, key: str) -> bool:
    """Whether a path is that of a table in the folder of a key; without a key, in the bucket."""
    return path.startswith(f"{key}/" if key else "") and _is_table(path.rpartition("/")[2])
