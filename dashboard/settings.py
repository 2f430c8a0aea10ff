"""Where things are: folders of the checkout and of the store, and the few switches of the environment."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
QUERIES = PROJECT / "queries"
REFERENCE = PROJECT / "data" / "reference"
SOURCES = PROJECT / "data" / "sources"
DEMONSTRATION = PROJECT / "data" / "demonstration"
# What is made again when it is lost: files compressed as far as they go.
PACKED = PROJECT / ".cache" / "packed"
TOOL_VERSION = "0.1.0"

STORE_VARIABLE = "COALITION_STORE"
ENGINE_VARIABLE = "COALITION_ENGINE"
ENGINE_MINUTES_VARIABLE = "COALITION_ENGINE_MINUTES"
LEARNER_SECRET_VARIABLE = "COALITION_LEARNER_SECRET"
ROSTER_VARIABLE = "COALITION_ROSTER"
PUBLIC_URL_VARIABLE = "COALITION_PUBLIC_URL"
ADDRESS_VARIABLE = "COALITION_ADDRESS"
SECRETS_VARIABLE = "COALITION_SECRETS"
PROXIES_VARIABLE = "COALITION_PROXIES"
EMBED_VARIABLE = "COALITION_EMBED_HOSTS"
METRICS_VARIABLE = "COALITION_METRICS_TOKEN"
READ_ONLY_VARIABLE = "COALITION_READ_ONLY"


def store_folder() -> Path:
    """The folder of snapshots and releases: `COALITION_STORE`, or `data/store` of the checkout."""
    named = os.environ.get(STORE_VARIABLE)
    return Path(named).expanduser().resolve() if named else PROJECT / "data" / "store"


def learner_secret_file() -> Path:
    """The file of the secret that learners' keys are made with, never inside the store."""
    named = os.environ.get(LEARNER_SECRET_VARIABLE)
    return Path(named).expanduser().resolve() if named else PROJECT / ".secrets" / "learners"


def roster_file() -> Path:
    """Who may sign in, and as what; beside it lies who signed out."""
    named = os.environ.get(ROSTER_VARIABLE)
    return Path(named).expanduser().resolve() if named else PROJECT / ".secrets" / "roster.toml"


def secrets_file() -> Path | None:
    """The file that configures the login, where it is not `.streamlit/secrets.toml` of the checkout."""
    named = os.environ.get(SECRETS_VARIABLE)
    return Path(named).expanduser().resolve() if named else None


def public_url() -> str:
    """The address that others reach the dashboard by, such as https://dashboard.example.org; empty on a laptop."""
    return os.environ.get(PUBLIC_URL_VARIABLE, "").rstrip("/")


def proxies() -> tuple[str, ...]:
    """Addresses of proxies that are believed when they say whom they speak for: `COALITION_PROXIES`, comma between.

    Unset, the proxy of the public address is on this machine; without a public address there is none.
    """
    named = os.environ.get(PROXIES_VARIABLE, "127.0.0.1,::1" if public_url() else "")
    return tuple(address.strip() for address in named.split(",") if address.strip())


def embed_hosts() -> tuple[str, ...]:
    """Sites that may show a page of the dashboard in a frame, as origins: `COALITION_EMBED_HOSTS`, comma between."""
    return tuple(one.strip() for one in os.environ.get(EMBED_VARIABLE, "").split(",") if one.strip())


def metrics_token() -> str:
    """What whoever reads `/metrics` from elsewhere must send as a bearer token; empty for nobody."""
    return os.environ.get(METRICS_VARIABLE, "")


def is_read_only() -> bool:
    """Whether this process only shows what others publish: `coalition run --read-only`."""
    return os.environ.get(READ_ONLY_VARIABLE, "") == "1"


def engine_address() -> str:
    """Empty for DuckDB in this process, or the `sc://host:port` of a Spark Connect server."""
    return os.environ.get(ENGINE_VARIABLE, "")


def engine_minutes() -> float:
    """How long a step of a build may take on a cluster before it is cancelled: `COALITION_ENGINE_MINUTES`, or 120."""
    return float(os.environ.get(ENGINE_MINUTES_VARIABLE) or 120)


def port() -> int:
    """The port the dashboard is served on: `PORT`, or 8501."""
    return int(os.environ.get("PORT") or 8501)
