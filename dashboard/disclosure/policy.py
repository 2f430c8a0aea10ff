"""The thresholds of the disclosure policy, read from `policy.toml`: what changes an answer is reviewed there."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("policy.toml")
COALITION, PUBLIC = "coalition", "public"
AUDIENCES = (COALITION, PUBLIC)


@dataclass(frozen=True)
class Policy:
    """The policy as one value; `rounding` and `months` are by audience."""

    version: str
    hide_below: int
    rounding: dict[str, int]
    curve_rounding: int
    shift: tuple[int, ...]
    shift_again: tuple[int, ...]
    curve_step_days: int
    average_people: int
    average_digits: int
    sum_digits: int
    largest_share: float
    other_partners: int
    two_largest: float
    narrowest: int
    rounds: int
    months: dict[str, int]

    @property
    def span(self) -> int:
        """How many numbers below a count plus its shift the count may be."""
        return max(self.shift)

    def least_shown(self, audience: str) -> int:
        """The smallest count plus shifts that is shown to it: the count itself is then not below what is hidden."""
        if audience == COALITION:
            return self.hide_below + self.span
        base = self.rounding[PUBLIC]
        return -(-(self.hide_below + self.span + max(self.shift_again)) // base) * base


@cache
def policy() -> Policy:
    """The policy in force."""
    toml = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Policy(
        version=toml["version"],
        hide_below=toml["hide"]["below"],
        rounding={audience: toml["round"][audience] for audience in (COALITION, PUBLIC)},
        curve_rounding=toml["round"]["curves"],
        shift=tuple(toml["round"]["shift"]),
        shift_again=tuple(toml["round"]["shift_again"]),
        curve_step_days=toml["curves"]["step_days"],
        average_people=toml["averages"]["people"],
        average_digits=toml["averages"]["digits"],
        sum_digits=toml["sums"]["digits"],
        largest_share=toml["sums"]["largest_share"],
        other_partners=toml["benchmark"]["other_partners"],
        two_largest=toml["benchmark"]["two_largest"],
        narrowest=toml["audit"]["narrowest"],
        rounds=toml["audit"]["rounds"],
        months={audience: toml["cadence"][audience] for audience in (COALITION, PUBLIC)},
    )
