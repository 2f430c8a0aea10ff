"""The shift of each figure: what is added before a count is rounded down, fixed for good by a secret. Tables only.

A count rounded to the nearest reveals itself to whoever can add rows of its own: five releases, each with one row
more, show where it flips. So each figure is rounded up or down by a shift of its own, drawn once from its name and a
secret, never again: however often it is asked, and whatever is added, the attacker learns the count plus the shift, and
no more. Statistical offices call it fixed random rounding, or a cell-key method whose key is the cell.
"""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

KEY_BYTES = 32


def shifts(names: Iterable[Sequence[object]], of: Sequence[int], key: bytes) -> np.ndarray:
    """One of the numbers `of` for each name, by the key: the same for the same name, whatever stands beside it.

    Raises:
        ValueError: the key is too short to be a secret.
    """
    if len(key) < KEY_BYTES:
        raise ValueError(f"a key of {len(key)} bytes is no secret; it has {KEY_BYTES}")
    begun = hashlib.blake2b(key=key[: hashlib.blake2b.MAX_KEY_SIZE], digest_size=8)
    drawn = []
    for name in names:
        digest = begun.copy()
        digest.update("\0".join(map(str, name)).encode())
        drawn.append(of[int.from_bytes(digest.digest(), "big") % len(of)])
    return np.asarray(drawn, dtype=float)
