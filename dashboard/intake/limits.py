"""How large a file may be, and what reading it may cost: less from a browser than at the shell of whoever runs this."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from dashboard.intake.report import FileRefused

MEGABYTE = 1024**2
LARGEST_FILE = 25 * MEGABYTE
# No limit but the disk: more than any file has.
NO_LIMIT = 2**62


@dataclass(frozen=True)
class Limits:
    """What one file may take: bytes, memory and seconds of the process that reads it, bytes of a file it writes, and
    whether it may be Parquet."""

    largest_file: int
    memory: int
    cpu_seconds: int
    wall_seconds: int
    written: int
    parquet: bool = False

    def refuse_larger(self, size: int) -> None:
        """Raises FileRefused where a file has more bytes than are taken."""
        if size > self.largest_file:
            most = f"{self.largest_file // MEGABYTE:,} MB"
            raise FileRefused(
                f"The file has {size / 1e6:,.0f} MB; at most {most} are taken. Send it in parts, or have it imported "
                "at the shell as CSV."
            )

    def of(self, size: int) -> "Limits":
        """The limits of reading so many bytes: where there is none of the size, time grows with it."""
        if self.largest_file < NO_LIMIT:
            return self
        seconds = self.cpu_seconds + size // SLOWEST
        return replace(self, cpu_seconds=seconds, wall_seconds=self.wall_seconds + 4 * (size // SLOWEST))

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary for the order to the child process."""
        return asdict(self)


BROWSER = Limits(LARGEST_FILE, 1024 * MEGABYTE, cpu_seconds=20, wall_seconds=60, written=256 * MEGABYTE)
# Of a file at the shell only the disk is the limit. In a second of processor 5 MB are read where every cell is odd, and
# 40 where none is; Parquet has a tenth of the bytes of the same rows as CSV.
SLOWEST = MEGABYTE // 2
SHELL = Limits(NO_LIMIT, 4096 * MEGABYTE, cpu_seconds=1200, wall_seconds=3600, written=NO_LIMIT, parquet=True)


def limits_of(order: Mapping[str, Any]) -> Limits:
    """What an order to the child process allows; without a word, what a browser may."""
    return Limits(**order["limits"]) if "limits" in order else BROWSER
