"""Numbers of the rows of a file, in their order: few are kept in memory, many in a file; read again as they stand, or
together by a key. However many rows there are, the memory is the same.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

# So many rows are in memory; of more all are in a file.
MOST_ROWS = 750_000
BLOCK_ROWS = 262_144
# By so many of its first bits rows of a key are distinguished from others: 64 files, of which one is in memory at once.
KEY_BITS = 6


class Spool:
    """Rows of numbers under names; `rows` counts them.

    Args:
        file: where they are put when they are many.
        kinds: of each name the kind of its numbers.
    """

    def __init__(self, file: Path, kinds: Mapping[str, Any]) -> None:
        self.rows = 0
        self._file, self._kind = file, np.dtype(list(kinds.items()))
        self._written = 0
        self._blocks: list[np.ndarray] = []
        self._sorted: dict[tuple[str, ...], list[Path]] = {}

    def add(self, **columns: np.ndarray) -> None:
        """Adds rows."""
        block = np.empty(len(next(iter(columns.values()))), self._kind)
        for name, numbers in columns.items():
            block[name] = numbers
        self._blocks.append(block)
        self.rows += len(block)
        if self.rows - self._written > MOST_ROWS:
            with self._file.open("ab") as out:
                for kept_block in self._blocks:
                    out.write(kept_block.data)
            self._blocks.clear()
            self._written = self.rows

    def between(self, first: int, end: int) -> np.ndarray:
        """The rows from one on, counted from 0, and before another."""
        pieces = []
        if first < self._written:
            pieces.append(
                np.fromfile(
                    *(self._file, self._kind, min(end, self._written) - first), offset=first * self._kind.itemsize
                )
            )
        if end > self._written:
            pieces.append(self._last()[max(first - self._written, 0) : end - self._written])
        return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0, self._kind), *pieces])

    def blocks(self) -> Iterator[np.ndarray]:
        """All rows, some at a time."""
        for first in range(0, self.rows, BLOCK_ROWS):
            yield self.between(first, min(first + BLOCK_ROWS, self.rows))

    def by(self, key: str, *others: str) -> Iterator[np.ndarray]:
        """All rows but those of the key 0, in order: those of one key are together, and lower keys come first.

        Keys are spread evenly over all numbers of 64 bits. Of each row there are the key and what stands under the
        other names, or all of it where none is named. Many rows are sorted into files once, which serve whoever asks
        for the same again; rows are added no more then.
        """
        if not self._written:
            rows = self._last()
            yield rows if rows[key].all() else rows[rows[key] != 0]
            return
        kind = np.dtype([(name, self._kind[name]) for name in (key, *others)]) if others else self._kind
        if (key, *others) not in self._sorted:
            self._sorted[key, *others] = self._sort(key, kind)
        for file in self._sorted[key, *others]:
            yield np.fromfile(file, kind)

    def _sort(self, key: str, kind: np.dtype) -> list[Path]:
        """Files of the rows by the first bits of a key, those that have any."""
        name = f"{self._file.name}.{len(self._sorted)}"
        files = [self._file.with_name(f"{name}.{number}") for number in range(2**KEY_BITS)]
        for block in self.blocks():
            order = np.flatnonzero(block[key])
            numbers = (block[key][order] >> np.uint64(64 - KEY_BITS)).astype(np.uint8)
            order = order[np.argsort(numbers, kind="stable")]
            sorted_rows = np.empty(len(order), kind)
            for column in kind.names or ():
                sorted_rows[column] = block[column][order]
            ends = np.append(0, np.cumsum(np.bincount(numbers, minlength=len(files))))
            for file, begin, end in zip(files, ends, ends[1:], strict=False):
                if end > begin:
                    with file.open("ab") as out:
                        out.write(sorted_rows[begin:end].data)
        return [file for file in files if file.exists()]

    def close(self) -> None:
        """Forgets all rows."""
        self._blocks.clear()
        for file in (self._file, *(file for files in self._sorted.values() for file in files)):
            file.unlink(missing_ok=True)
        self._sorted.clear()
        self.rows = self._written = 0

    def _last(self) -> np.ndarray:
        """The rows that are in memory, as one block."""
        if len(self._blocks) != 1:
            self._blocks = [np.concatenate([np.empty(0, self._kind), *self._blocks])]
        return self._blocks[0]
