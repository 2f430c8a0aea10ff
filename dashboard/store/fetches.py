"""What became of fetching each source, kept beside the snapshots in one small file that is replaced whole."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dashboard.store.protocol import StoreDamaged, locked, replace_file

FILE = "fetches.json"
# So many failures in a row are shown to people: one is a bad line, three are not.
FAILURES_SHOWN = 3


@dataclass(frozen=True)
class FetchState:
    """Of one source: the last try, the last that got an answer, the last that brought something new.

    Moments are ISO 8601 in UTC, empty where there was none. `outcome` is one of unchanged, published, waiting, failed;
    `reason` states in words why it failed or waits. `failures` counts those in a row. `etag`, `modified` and `sha256`
    are of the last file got, so that the same one is not taken twice; `place` distinguishes the addresses it came from.
    """

    source: str
    kind: str = ""
    tried_at: str = ""
    answered_at: str = ""
    changed_at: str = ""
    outcome: str = ""
    reason: str = ""
    failures: int = 0
    etag: str = ""
    modified: str = ""
    sha256: str = ""
    place: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether it failed so often in a row that people should see it."""
        return self.failures >= FAILURES_SHOWN


def fetch_states(store: Path) -> Mapping[str, FetchState]:
    """What became of fetching each source, by its name; nothing where none was ever fetched.

    Raises:
        StoreDamaged: the file cannot be read, or holds something else.
    """
    path = store / FILE
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        states = {name: FetchState(**state) for name, state in listed.items()}
        if wrong := [name for name, state in states.items() if not _is_sound(name, state)]:
            raise ValueError(wrong[0])
        return states
    except FileNotFoundError:
        return {}
    except (OSError, RecursionError, ValueError, TypeError, AttributeError) as wrong:
        raise StoreDamaged(
            f"{path} cannot be read ({type(wrong).__name__}). Remove it: the next `coalition refresh` writes it anew."
        ) from wrong


def _is_sound(name: str, state: FetchState) -> bool:
    of_right_types = (isinstance(value, int if key == "failures" else str) for key, value in vars(state).items())
    return name == state.source and all(of_right_types)


def remember(store: Path, state: FetchState) -> None:
    """Keeps what became of one source, at once and durably."""
    with locked(store):
        states = {**fetch_states(store), state.source: state}
        replace_file(
            store,
            FILE,
            json.dumps({name: asdict(fetch_state) for name, fetch_state in sorted(states.items())}, indent=1),
        )
