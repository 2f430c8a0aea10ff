"""How large a file may be, and what reading it may cost: less from a browser than at the shell of whoever runs this."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dashboard.intake.report import FileRefused

MEGABYTE = 1024**2
LARGEST_FILE = 25 * MEGABYTE


@dataclass(frozen=True)
class Limits:
    """What one file may take: bytes, memory and seconds of the process that reads it, bytes of a file it writes."""

    largest_file: int
    memory: int
    cpu_seconds: int
    wall_seconds: int
    written: int

    def refuse_larger(self, size: int) -> None:
        """Raises FileRefused where a file has more bytes than are taken."""
        if size > self.largest_file:
            most = f"{self.largest_file // MEGABYTE:,} MB"
            parts = "Send it in parts" if self == SHELL else "Send it in parts, or have it imported at the shell as CSV"
            raise FileRefused(f"The file has {size / 1e6:,.0f} MB; at most {most} are taken. {parts}.")

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary for the order to the child process."""
        return asdict(self)


BROWSER = Limits(LARGEST_FILE, 1024 * MEGABYTE, cpu_seconds=20, wall_seconds=60, written=256 * MEGABYTE)
# 4 GB are sixteen million rows, more than all programmes known here have together. Of each row less than 200 bytes are
# in memory while a file about people is read. In a second of processor 5 MB are read where every cell is odd, and 40
# where none is; what is written is never larger than what is read.
SHELL = Limits(4096 * MEGABYTE, 4096 * MEGABYTE, cpu_seconds=1200, wall_seconds=3600, written=4096 * MEGABYTE)


def limits_of(order: Mapping[str, Any]) -> Limits:
    """What an order to the child process allows; without a word, what a browser may."""
    return Limits(**order["limits"]) if "limits" in order else BROWSER
