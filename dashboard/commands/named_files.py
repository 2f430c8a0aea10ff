"""The files that a command names: paths, folders, patterns, and objects of a bucket, which are downloaded first."""

import fnmatch
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard.intake.report import FileRefused
from dashboard.intake.workplace import workplace
from dashboard.settings import endpoint

BUCKET = "s3://"
SIGNS = "*?["
# What is read of a folder.
KINDS = (".csv", ".tsv", ".txt", ".parquet")
PIECE = 2**20


@contextmanager
def named_files(names: Sequence[str], store: Path) -> Iterator[list[Path]]:
    """The files, in order of what was named and then of their names; those of a bucket are gone afterwards.

    Raises:
        FileRefused: a folder or a pattern names no file, or the bucket cannot be read.
    """
    if not any(name.startswith(BUCKET) for name in names):
        yield [file for name in names for file in _local(name)]
        return
    with workplace(store) as folder:
        files: list[Path] = []
        for number, name in enumerate(names):
            files += _downloaded(name, folder / str(number)) if name.startswith(BUCKET) else _local(name)
        yield files


def _local(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in KINDS and file.is_file())
        if not files:
            raise FileRefused(f"The folder {name} holds no file that ends in {', '.join(KINDS)}.")
        return files
    if any(sign in name for sign in SIGNS) and not path.exists():
        files = sorted(file for file in _matching(path) if file.is_file())
        if not files:
            raise FileRefused(f"There is no file {name}. Look at the pattern.")
        return files
    return [path]


def _matching(pattern: Path) -> Iterator[Path]:
    """What a pattern names, as a shell reads it."""
    fixed = next(folder for folder in pattern.parents if not any(sign in str(folder) for sign in SIGNS))
    return fixed.glob(str(pattern.relative_to(fixed)))


def _downloaded(address: str, folder: Path) -> list[Path]:
    """The objects that an address with or without a pattern names, in a folder, a piece at a time."""
    bucket, _, key = address.removeprefix(BUCKET).partition("/")
    prefix = key[: min((key.index(sign) for sign in SIGNS if sign in key), default=len(key))]
    try:
        import obstore
        from obstore.exceptions import BaseError
        from obstore.store import S3Store
    except ModuleNotFoundError:
        raise FileRefused(
            f"{address} is in a bucket, and the package obstore that reads buckets is not installed. Download the "
            "files and name them here."
        ) from None
    folder.mkdir()
    files = []
    try:
        store = S3Store(bucket, **_options())
        # A listing goes by whole folders.
        listed = [entry["path"] for page in obstore.list(store, prefix.rpartition("/")[0] or None) for entry in page]
        is_pattern = prefix != key
        wanted = sorted(path for path in listed if (fnmatch.fnmatch(path, key) if is_pattern else _is_below(path, key)))
        for number, path in enumerate(wanted):
            file = folder / f"{number:06}" / path.rpartition("/")[2]
            file.parent.mkdir()
            with file.open("wb") as out:
                for piece in obstore.get(store, path).stream(min_chunk_size=PIECE):
                    out.write(piece)
            files.append(file)
    except BaseError as wrong:
        raise FileRefused(
            f"{address} cannot be read ({type(wrong).__name__}). Look at its name and at the key."
        ) from None
    if not files:
        raise FileRefused(f"There is no object {address}. Look at its name.")
    return files


def _is_below(path: str, key: str) -> bool:
    """Whether a path is that of a key, or a table in the folder of that name; without a key, in the bucket."""
    folder = f"{key.rstrip('/')}/" if key else ""
    return path == key or (path.startswith(folder) and path.lower().endswith(KINDS))


def _options() -> dict[str, Any]:
    """Where the bucket is: its key, region and server come from the environment."""
    options: dict[str, Any] = {"endpoint": endpoint()} if endpoint() else {}
    if endpoint().startswith(("http://127.0.0.1", "http://localhost")):
        options["client_options"] = {"allow_http": True}
    return options
