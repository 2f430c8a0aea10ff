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
                    out.write(kept_block.tobytes())
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

    def by(self, key: str) -> Iterator[np.ndarray]:
        """All rows but those of the key 0, in order: those of one key are together, and lower keys come first.

        Keys are spread evenly over all numbers of 64 bits.
        """
        if not self._written:
            rows = self._last()
            yield rows[rows[key] != 0]
            return
        files = [self._file.with_name(f"{self._file.name}.{key}.{number}") for number in range(2**KEY_BITS)]
        for block in self.blocks():
            block = block[block[key] != 0]
            numbers = (block[key] >> np.uint64(64 - KEY_BITS)).astype(np.uint8)
            block = block[np.argsort(numbers, kind="stable")]
            ends = np.append(0, np.cumsum(np.bincount(numbers, minlength=len(files))))
            for file, begin, end in zip(files, ends, ends[1:], strict=False):
                if end > begin:
                    with file.open("ab") as out:
                        out.write(block[begin:end].tobytes())
        for file in files:
            if file.exists():
                rows = np.fromfile(file, self._kind)
                file.unlink()
                yield rows

    def close(self) -> None:
        """Forgets all rows."""
        self._blocks.clear()
        self._file.unlink(missing_ok=True)
        self.rows = self._written = 0

    def _last(self) -> np.ndarray:
        """The rows that are in memory, as one block."""
        if len(self._blocks) != 1:
            self._blocks = [np.concatenate([np.empty(0, self._kind), *self._blocks])]
        return self._blocks[0]
