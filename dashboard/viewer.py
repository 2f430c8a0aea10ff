"""Who is asking. Until a login is configured there is one local steward, and the app binds to this machine only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """An audience of SECURITY: steward, partner, coalition or public; a partner has its id."""

    audience: str
    partner_id: str = ""


STEWARD = Viewer("steward")


def current_viewer() -> Viewer:
    """The viewer of this session."""
    return STEWARD
