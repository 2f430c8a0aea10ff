"""The thresholds of the disclosure policy, read from `policy.toml`: what changes an answer is reviewed there."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("policy.toml")
COALITION, PUBLIC = "coalition", "public"


@dataclass(frozen=True)
class Policy:
    """The policy as one value; `rounding` and `months` are by audience."""

    version: str
    hide_below: int
    rounding: dict[str, int]
    curve_rounding: int
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


@cache
def policy() -> Policy:
    """The policy in force."""
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Policy(
        version=said["version"],
        hide_below=said["hide"]["below"],
        rounding={audience: said["round"][audience] for audience in (COALITION, PUBLIC)},
        curve_rounding=said["round"]["curves"],
        curve_step_days=said["curves"]["step_days"],
        average_people=said["averages"]["people"],
        average_digits=said["averages"]["digits"],
        sum_digits=said["sums"]["digits"],
        largest_share=said["sums"]["largest_share"],
        other_partners=said["benchmark"]["other_partners"],
        two_largest=said["benchmark"]["two_largest"],
        narrowest=said["audit"]["narrowest"],
        rounds=said["audit"]["rounds"],
        months={audience: said["cadence"][audience] for audience in (COALITION, PUBLIC)},
    )
