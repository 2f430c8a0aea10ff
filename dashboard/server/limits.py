"""How much the server accepts from one address, browser or person: each number with its reason."""

import contextlib
import ipaddress
import os
import resource
from functools import lru_cache

MEGABYTE = 1024 * 1024
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Connections. An office shares one address: 60 readers with three tabs each, and the six connections a browser opens.
SOCKETS_PER_ADDRESS = 200
CONNECTIONS_PER_ADDRESS = 600
# At once, behind a proxy: there a browser asks for a hundred files together, each on a connection of the proxy's.
REQUESTS_PER_ADDRESS = 1_000
SOCKETS_PER_BROWSER = 40  # tabs of one browser
SOCKETS_IN_ALL = 800
CONNECTIONS_IN_ALL = 4_000
# Above CONNECTIONS_IN_ALL, so that /healthz and refusals are still answered at the limit.
SPARE_CONNECTIONS = 32
# Kept free for files of the store, children that read uploads, and the log.
SPARE_DESCRIPTORS = 128
# From its first message a websocket has a session of Streamlit, whose event loop opens three more descriptors.
DESCRIPTORS_PER_SOCKET = 4
MOST_DESCRIPTORS = 65_536

# Time. A browser sends its headers at once, and the first message of a websocket within a second, or five on a slow
# line.
HEAD_SECONDS = 10.0
SPEAK_SECONDS = 15.0
# The rest of a refused body is read and discarded for so long, so that the sender can read the refusal.
LINGER_SECONDS = 5.0
# Below the slowest line: GPRS carries 4,000 bytes per second. The system buffers answers too, so a reader who seems to
# read nothing gets longer.
SLOW_AFTER_SECONDS = 30.0
SLOWEST_BYTES_PER_SECOND = 1_000
UNREAD_SECONDS = 120.0
LEAST_READ = 16 * 1024
# What is being answered when the server is told to stop may be finished.
STOP_SECONDS = 20

# Messages of a page: what was typed and chosen. The longest form has 20 kB; dragging a slider sends ten per second.
LARGEST_MESSAGE = 1 * MEGABYTE
MOST_FRAGMENTS = 1_000
MESSAGES_PER_SECOND = 30
MESSAGES_AT_ONCE = 150
# Cookies of a login are up to several times 4 kB.
LONGEST_HEAD = 32 * 1024

# Uploads. A file has up to 25 MB; a page has one, and a second while it replaces the first.
LARGEST_FILE = 25 * MEGABYTE
FRAME_OF_FILE = 1 * MEGABYTE  # multipart lines around it
UPLOADS_PER_SESSION = 2 * (LARGEST_FILE + FRAME_OF_FILE)
FILES_PER_SESSION = 10
UPLOADS_PER_PERSON = 3 * (LARGEST_FILE + FRAME_OF_FILE)  # in all tabs and browsers
UPLOADS_IN_ALL = 12 * (LARGEST_FILE + FRAME_OF_FILE)

# Addresses of downloads that are remembered for one session.
DOWNLOADS_PER_SESSION = 2_000

# The API. A workbook of thirty queries is refreshed at once, and an office shares one address.
API_PER_MINUTE_PER_ADDRESS = 300
API_PER_MINUTE_PER_TOKEN = 120
# Answered at the same time, so that pages have the rest of the machine; so many more wait.
API_AT_ONCE = 4
API_WAITING = 40
# Addresses and tokens whose rate is remembered, those that asked last.
RATES_KEPT = 20_000


@lru_cache(maxsize=4_096)
def address_of(host: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of IPv6 that a household or an office has."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host


def is_within(host: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address is in one of these networks."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def raise_descriptors() -> int:
    """Raises the limit of open files of this process as far as allowed, and returns it: 1,024 is usual and too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # not allowed: fewer connections are served then
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return descriptors()


def descriptors() -> int:
    """How many files and sockets this process may have open."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft


def open_descriptors() -> int:
    """How many it has open."""
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 - a list of numbers, not of paths
