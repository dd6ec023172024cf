"""To which addresses anything is sent at all: none of this machine, nor of the network around it.

An address written by somebody else must not make our server talk to what only our server can reach
(SSRF). So a name is resolved once, each of its addresses must be one of the open internet, and the
connection goes to exactly the address that was looked at (`pinned`). Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

LONGEST: Final = 500

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""A host and a port to the addresses behind them; OSError where there are none."""


class Refused(Struct, frozen=True):
    """Why an endpoint cannot be: `code` for machines, `sentence` (English) for people."""

    code: str
    sentence: str


class Target(Struct, frozen=True):
    """A checked address: what is asked for, and to where exactly the connection goes."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (443 if self.scheme == "https" else 80)
        return host if usual else f"{host}:{self.port}"


_MALFORMED: Final = Refused("url", "This is not an address such as https://shop.example/hook.")
_SECURE: Final = Refused("url_scheme", "The address must begin with https://.")
_USER: Final = Refused("url_user", "The address must not hold a user name or a password.")
_PORT: Final = Refused("url_port", "The port must be 443, or one from 1024 on.")
_UNKNOWN: Final = Refused("url_host_unknown", "There is no such host.")
_INSIDE: Final = Refused(
    "url_not_public", "This address is not one of the open internet: nothing is sent there."
)

_PLAIN: Final = re.compile(r"[!-\[\]-~]+")  # printable ASCII without spaces and backslashes

# Names that clouds give to what tells a machine its own secrets, and those of private networks.
_INNER_NAMES: Final = re.compile(
    r"(?:.*\.)?(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa|localdomain)"
    r"|metadata|instance-data"
)
_OPEN_V6: Final = ipaddress.IPv6Network("2000::/3")
_CLOSED: Final = [
    ipaddress.ip_network(net)
    for net in (
        "100.64.0.0/10",  # between a provider and its customers
        "168.63.129.16/32",  # what tells machines of Azure about themselves
        "192.0.0.0/24",  # what tells machines of Oracle, and others
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # Teredo, ORCHID and others
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
    )
]


def check(url: str, *, loopback: bool, resolve: Resolve | None = None) -> Target | Refused:
    """Where to send what goes to `url`, or why nothing may go there.

    `loopback` lets this machine itself be one, by http too; for tests and development.
    """
    parts = _parts(url)
    if isinstance(parts, Refused):
        return parts
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = [ipaddress.ip_address(one) for one in (resolve or resolved)(host, port)]
    except (OSError, ValueError):
        return _UNKNOWN
    if not found:
        return _UNKNOWN
    here = loopback and all(one.is_loopback for one in found)
    if not here and (refused := _refusal(parts.scheme, host, port, found)):
        return refused
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, str(found[0]))


def public(address: Address) -> bool:
    """Whether an address is one of the open internet, and nothing that stands for another one."""
    if address.version == 6 and address not in _OPEN_V6:
        return False  # loopback, mapped, translated, local, multicast: all of it lies outside
    closed = any(address in net for net in _CLOSED if net.version == address.version)
    return address.is_global and not closed and not address.is_multicast and not address.is_reserved


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host as the system knows them, the first one first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def _parts(url: str) -> SplitResult | Refused:
    """An address taken apart; what two readers might read differently is none."""
    if len(url) > LONGEST or not _PLAIN.fullmatch(url) or "#" in url:
        return _MALFORMED
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _MALFORMED
    if parts.scheme not in ("https", "http"):
        return _SECURE if parts.scheme else _MALFORMED
    if "@" in parts.netloc:
        return _USER
    host = parts.hostname
    if not host or len(host) > 253 or "%" in host or host.endswith("."):
        return _MALFORMED
    return _PORT if port == 0 else parts


def _refusal(scheme: str, host: str, port: int, found: Sequence[Address]) -> Refused | None:
    if _INNER_NAMES.fullmatch(host) or not all(public(one) for one in found):
        return _INSIDE
    if scheme != "https":
        return _SECURE
    return None if port == 443 or port >= 1024 else _PORT
