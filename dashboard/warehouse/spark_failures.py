"""What went wrong at a Spark Connect server, in a sentence: what was wanted, what was found, what to do."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from dashboard.refusals import Refusal
from dashboard.settings import ENGINE_MINUTES_VARIABLE, ENGINE_VARIABLE

STANDS = "What is served stays as it was."
MOST_LETTERS = 300
# Where an error is printed as the call that it ended.
DETAILS = re.compile(r'details = "(.*)"')


class EngineRefused(Refusal):
    """The cluster did not do what it was asked; what is served stays as it was."""


def host_of(address: str) -> str:
    """Host and port of an address, without the token that may stand in it."""
    url = urlsplit("http" + address.removeprefix("sc"))
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or "?"
    return f"{host}:{url.port or 15002}"


def unreachable(host: str, seconds: float) -> str:
    """Nothing answers."""
    return (
        f"No Spark Connect server answers at {host} within {seconds:.0f} seconds. {STANDS} Start the server, or "
        f"correct {ENGINE_VARIABLE} (host, port, and use_ssl=true where it speaks TLS); leave it empty to build on "
        "this machine."
    )


def wrong_version(host: str, server: str, client: str) -> str:
    """Client and server may not understand each other."""
    return (
        f"The Spark Connect server at {host} is version {server}, and the client here (pyspark-client) is {client}: "
        f"it needs a server of its own major version that is not older. {STANDS} Install pyspark-client {server} here, "
        "or update the server."
    )


def in_a_sentence(error: Exception, host: str, seconds: float) -> str:
    """What an error of Spark or of the line to it means, and what to do."""
    text = f"{_code(error)} {error}"
    for pattern, sentence in KNOWN:
        if pattern.search(text):
            return f"{sentence(host, seconds)} (Found: {_first_words(error)})"
    return (
        f"The Spark Connect server at {host} could not do its part. {STANDS} The server's log says more. "
        f"(Found: {_first_words(error)})"
    )


def _token(host: str, seconds: float) -> str:
    return (
        f"The Spark Connect server at {host} refused the token. {STANDS} Set SPARK_CONNECT_AUTHENTICATE_TOKEN to "
        "the token that the server was started with."
    )


def _version(host: str, seconds: float) -> str:
    return (
        f"The Spark Connect server at {host} does not take clients of this version. {STANDS} Install the "
        "pyspark-client of the server's version here, or update the server."
    )


def _silent(host: str, seconds: float) -> str:
    return (
        f"The Spark Connect server at {host} did not finish a step within {seconds / 60:.0f} minutes, and it was "
        f"cancelled there. {STANDS} Look whether the cluster has workers that are free; {ENGINE_MINUTES_VARIABLE} "
        "gives a step more time."
    )


def _restarted(host: str, seconds: float) -> str:
    return f"The Spark Connect server at {host} was restarted meanwhile. {STANDS} Do the same again."


def _unreachable_now(host: str, seconds: float) -> str:
    return (
        f"The Spark Connect server at {host} stopped answering. {STANDS} Look whether it runs (its log says why it "
        "ended), start it, then do the same again."
    )


def _memory(host: str, seconds: float) -> str:
    return (
        f"The cluster behind {host} ran out of memory. {STANDS} Give its workers more (spark.executor.memory, or the "
        "driver's where the log names the driver), or more and smaller tasks (spark.sql.shuffle.partitions), then do "
        "the same again."
    )


def _workers(host: str, seconds: float) -> str:
    return (
        f"The cluster behind {host} lost workers, and the work could not be done by those that are left. {STANDS} See "
        "why they ended (the worker's log; often memory or a full disk), start them again, then do the same again."
    )


def _paths(host: str, seconds: float) -> str:
    return (
        f"The cluster behind {host} cannot read or write the store. {STANDS} Mount the store on the server and on "
        "every worker under the path that it has here, and run them as the user that owns it: its files are for their "
        "owner only."
    )


def _disk(host: str, seconds: float) -> str:
    return f"A disk of the cluster behind {host} is full. {STANDS} Free space there, then do the same again."


def _cancelled(host: str, seconds: float) -> str:
    return f"Somebody cancelled the work on the Spark Connect server at {host}. {STANDS} Do the same again."


# The first that fits: a lost worker is often one that ran out of memory.
FOUND: tuple[tuple[str, Callable[[str, float], str]], ...] = (
    (r"UNAUTHENTICATED|PERMISSION_DENIED|Invalid authentication token", _token),
    (r"unsupported PySpark version", _version),
    (r"DEADLINE_EXCEEDED", _silent),
    (r"NO_ACTIVE_SESSION|SESSION_(CLOSED|NOT_FOUND|CHANGED)|OPERATION_(NOT_FOUND|ABANDONED)", _restarted),
    (r"INVALID_HANDLE|incorrect server side session", _restarted),
    (r"OPERATION_CANCELED|StatusCode.CANCELLED", _cancelled),
    (r"No space left on device", _disk),
    (r"OutOfMemory|OUT_OF_MEMORY|UNABLE_TO_ACQUIRE_MEMORY|exceeding memory limits", _memory),
    (r"(exit|with) code:? (137|52)\b", _memory),
    (r"ExecutorLostFailure|ExecutorDeadException|worker lost|FetchFailed|SparkContext was shut down", _workers),
    (r"PATH_NOT_FOUND|FileNotFoundException|No such file|Permission denied|AccessControl|Mkdirs failed", _paths),
    (r"UNAVAILABLE|RETRIES_EXCEEDED|RESPONSE_ALREADY_RECEIVED", _unreachable_now),
)
KNOWN = tuple((re.compile(pattern), sentence) for pattern, sentence in FOUND)


def _code(error: Exception) -> str:
    """The status of the call; Spark's own errors have one too, which they give by a method of another name."""
    for name in ("code", "getGrpcStatusCode"):
        if callable(code := getattr(error, name, None)):
            return str(code())
    return ""


def _first_words(error: Exception) -> str:
    details = DETAILS.search(str(error))
    text = details[1] if details else str(error)
    return " ".join(text.split())[:MOST_LETTERS] or type(error).__name__
