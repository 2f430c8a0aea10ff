"""Whether a file writes progress as percent or as a share of one: a property of the file, asked where in doubt."""

from dataclasses import dataclass

PERCENT, SHARE = "percent", "share"
SCALES = (PERCENT, SHARE)


@dataclass
class Progress:
    """What the progress of all rows states of its scale: percent, or a share of one."""

    above_one: int = 0
    fractions: int = 0
    whole_ones: int = 0
    ones_completed: int = 0

    def enter(self, value: float, is_completed: bool) -> None:
        """Notes the progress of a row that states no percent sign."""
        self.above_one += value > 1
        self.fractions += 0 < value < 1
        self.whole_ones += value == 1
        self.ones_completed += value == 1 and is_completed

    @property
    def question(self) -> str:
        """What the sender must be asked; empty where progress can only be percent."""
        shares = self.fractions + self.ones_completed
        if not shares or self.above_one >= shares:
            return ""
        return (
            f"{self.fractions + self.whole_ones} rows have a progress of 0 to 1 without a percent sign, "
            f"{self.ones_completed} of them completed courses with 1, and {self.above_one} rows have more than 1: 0.45 "
            "may be 45 % or less than 1 %. Choose percent or share (`--progress-scale`)."
        )
