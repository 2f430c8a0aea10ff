"""Where things are: folders of the checkout and of the store, and the few switches of the environment."""

import hashlib
import ipaddress
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

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
# The first that is set counts, as it does for the library.
ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
BUCKET = "s3://"
BUCKET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,254}")
# What is meant for an address, with one slash or none too: a folder of that name is hardly meant.
ADDRESS = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{0,20})://|\s*([sS]3[an]?):")
HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


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
    if not is_address(named):
        return ""
    bucket, prefix = bucket_and_key(named, f"{STORE_VARIABLE} names", "a store is a folder or s3://bucket/prefix")
    return f"{BUCKET}{bucket}/{prefix}".rstrip("/")


def is_address(text: str) -> bool:
    """Whether a text is meant as an address of some kind and not as a path of this machine."""
    return ADDRESS.match(text) is not None


def scheme(address: str) -> str:
    """What may be shown of an address that is refused: what follows may be a name with its password."""
    found = ADDRESS.match(address)
    return f"{found[1] or found[2]}:…" if found else "no address"


def bucket_and_key(address: str, named: str, wanted: str) -> tuple[str, str]:
    """Bucket and key of s3://bucket/key, the key without slashes around it.

    Args:
        address: what was named.
        named: subject and verb of the sentence that refuses it.
        wanted: what it has to be.

    Raises:
        SettingWrong: it is of another kind, names no bucket, or has a key that is none; it is not shown.
    """
    bucket, _, key = address.removeprefix(BUCKET).partition("/")
    key = key.strip("/")
    if not address.startswith(BUCKET) or not bucket:
        why = ""
    elif not BUCKET_NAME.fullmatch(bucket):
        why = " (a bucket's name has three or more letters, digits, dots and hyphens, and no key stands before it)"
    elif not key.isprintable() or any(step in ("", ".", "..") for step in key.split("/") if key):
        why = " (found after the bucket: an empty step, . or .., or a character that cannot be printed)"
    else:
        return bucket, key
    raise SettingWrong(
        f"{named} {scheme(address)!r}, and {wanted}{why}. Set one of these; keys belong in AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY."
    )


def endpoint() -> str:
    """The server of the bucket, such as http://127.0.0.1:9000; empty for Amazon's own.

    Raises:
        SettingWrong: it is no http or https address, or holds a name and a password; it is not shown.
    """
    name, address = next(
        ((name, address) for name in ENDPOINT_VARIABLES if (address := os.environ.get(name))), ("", "")
    )
    try:
        url = urlsplit(address)
        is_plain = "@" not in address and not url.query and not url.fragment and address.isprintable()
        is_sound = (
            url.scheme in ("http", "https")
            and bool(HOST.fullmatch(url.hostname or ""))
            and url.port != 0
            and " " not in address
        )
    except ValueError:  # such as a port beyond 65,535
        is_plain, is_sound = "@" not in address, False
    if address and not (is_plain and is_sound):
        why = "" if is_plain else " (found: an @, a question mark, or what cannot be printed, such as a line break)"
        raise SettingWrong(
            f"{name} is no address of an object store{why}: it is https://, a host and perhaps a port, such as "
            "https://minio.example.org:9000, without a key or a password."
        )
    return address.rstrip("/")


def is_on_this_machine(address: str) -> bool:
    """Whether an address names a server on this machine, to which nothing travels over a network."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
    """Whether this process only shows what others publish: `coalition run --read-only`.

    Raises:
        SettingWrong: it is neither said nor denied.
    """
    named = os.environ.get(READ_ONLY_VARIABLE, "")
    if named not in ("", "0", "1"):
        raise SettingWrong(
            f"{READ_ONLY_VARIABLE} is {named[:20]!r}, and it is 1 for a process that only shows what others publish, "
            "or 0 for one that publishes. Set one of these."
        )
    return named == "1"


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
