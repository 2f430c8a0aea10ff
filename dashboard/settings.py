"""Where things are: folders of the checkout and of the store, and the few switches of the environment."""

import hashlib
import math
import os
from collections.abc import Callable
from pathlib import Path

from dashboard.refusals import Refusal

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
PORT_VARIABLE = "PORT"
LEARNER_SECRET_VARIABLE = "COALITION_LEARNER_SECRET"
ROSTER_VARIABLE = "COALITION_ROSTER"
PUBLIC_URL_VARIABLE = "COALITION_PUBLIC_URL"
ADDRESS_VARIABLE = "COALITION_ADDRESS"
SECRETS_VARIABLE = "COALITION_SECRETS"
PROXIES_VARIABLE = "COALITION_PROXIES"
EMBED_VARIABLE = "COALITION_EMBED_HOSTS"
METRICS_VARIABLE = "COALITION_METRICS_TOKEN"
READ_ONLY_VARIABLE = "COALITION_READ_ONLY"
CACHE_VARIABLE = "COALITION_CACHE"
LOOK_VARIABLE = "COALITION_STORE_SECONDS"
ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT")
BUCKET = "s3://"


class SettingWrong(Refusal):
    """A variable of the environment holds something that cannot be meant."""


def store_folder() -> Path:
    """The folder of snapshots and releases: `COALITION_STORE`, or `data/store` of the checkout.

    Of a store in a bucket it is the mirror on this machine, one for each bucket, prefix and endpoint.
    """
    if address := store_address():
        address_digest = hashlib.sha256(f"{endpoint()} {address}".encode()).hexdigest()[:16]
        return store_cache() / address_digest / "store"
    named = os.environ.get(STORE_VARIABLE)
    return Path(named).expanduser().resolve() if named else PROJECT / "data" / "store"


def store_address() -> str:
    """The bucket and prefix that `COALITION_STORE` names, as s3://bucket/prefix; empty for a folder.

    Raises:
        SettingWrong: it names an address of another kind, or no bucket.
    """
    named = os.environ.get(STORE_VARIABLE, "")
    if "://" not in named:
        return ""
    if not named.startswith(BUCKET) or not named.removeprefix(BUCKET).partition("/")[0]:
        raise SettingWrong(
            f"{STORE_VARIABLE} names {named[:80]!r}, and a store is a folder or s3://bucket/prefix. Set one of these."
        )
    return named.rstrip("/")


def endpoint() -> str:
    """The server of the bucket, such as http://127.0.0.1:9000; empty for Amazon's own."""
    return next((address.rstrip("/") for name in ENDPOINT_VARIABLES if (address := os.environ.get(name))), "")


def store_cache() -> Path:
    """Where mirrors of stores in buckets are kept: `COALITION_CACHE`, or `.cache/buckets` of the checkout."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser().resolve() if named else PROJECT / ".cache" / "buckets"


def seconds_between_looks() -> float:
    """How often a process asks a bucket for something newer: `COALITION_STORE_SECONDS`, or 10.

    Raises:
        SettingWrong: it is no number of seconds.
    """
    return _number(LOOK_VARIABLE, 10, 0, 86_400, "a number of seconds")


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
    """Addresses of proxies that are believed when they state whom they speak for: `COALITION_PROXIES`, comma between.

    Unset, the proxy of the public address is on this machine; without a public address there is none.
    """
    named = os.environ.get(PROXIES_VARIABLE, "127.0.0.1,::1" if public_url() else "")
    return tuple(address.strip() for address in named.split(",") if address.strip())


def embed_hosts() -> tuple[str, ...]:
    """Sites that may show a page of the dashboard in a frame, as origins: `COALITION_EMBED_HOSTS`, comma between."""
    return tuple(host.strip() for host in os.environ.get(EMBED_VARIABLE, "").split(",") if host.strip())


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
    """How long a step of a build may take on a cluster before it is cancelled: `COALITION_ENGINE_MINUTES`, or 120.

    Raises:
        SettingWrong: it is no number of minutes.
    """
    return _number(ENGINE_MINUTES_VARIABLE, 120, 0.01, 10_080, "a number of minutes")


def port() -> int:
    """The port the dashboard is served on: `PORT`, or 8501.

    Raises:
        SettingWrong: it is no port.
    """
    return int(_number(PORT_VARIABLE, 8501, 1, 65_535, "a whole number", int))


def _number(
    variable: str, otherwise: float, least: float, most: float, meaning: str, read: Callable[[str], float] = float
) -> float:
    """The number that a variable holds, or another one where it is unset or empty.

    Raises:
        SettingWrong: it is none, or none that can be meant.
    """
    named = os.environ.get(variable)
    if not named:
        return otherwise
    try:
        number = read(named)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise SettingWrong(
            f"{variable} is {named[:20]!r}, and it is {meaning} from {least:g} to {most:g}, such as {otherwise:g}."
        )
    return number
