"""The settings a person can make, read from environment variables; each mistake is one sentence.

Knows nothing of Django, so that commands which need no database start at once.
"""

import os
import secrets
import sys
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from habitue.site.complaint import Complaint, Exit

MAIL_SCHEMES = {"smtp": (25, ""), "smtp+tls": (587, "starttls"), "smtps": (465, "tls")}
WORDS = {"1": True, "true": True, "yes": True, "on": True} | {
    "0": False,
    "false": False,
    "no": False,
    "off": False,
    "": False,
}


@dataclass(frozen=True, kw_only=True)
class Mail:
    """An SMTP server; `encryption` is "", "starttls" or "tls"."""

    host: str
    port: int
    user: str
    password: str
    encryption: str


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Everything that can be set from outside (docs/settings.md lists it)."""

    home: Path
    host: str
    port: int
    public_url: str
    allowed_hosts: list[str]
    trusted_proxies: int
    database: dict[str, Any] | None  # keyword arguments for a PostgreSQL client, or embedded
    mail: Mail | None
    mail_from: str
    debug: bool
    webhooks_loopback: bool  # whether webhooks may be sent to this machine itself
    processes: int  # of the web
    threads: int  # of each
    api_rate: int  # requests a second that one caller of the API may make in the long run
    api_burst: int  # and at once
    shops_loopback: bool  # a shop on this machine may be asked, by http too
    backups_kept: int
    drop: Path | None  # where tills leave their files, one folder a business
    api_key_overlap_hours: int  # how long a key that was rotated goes on
    member_token_minutes: int
    staff_token_hours: int
    apple_wallet: tuple[Path, Path] | None  # certificate with key, Apple's intermediate
    google_wallet: tuple[Path, str] | None  # a service account's file, the issuer's number

    @property
    def address(self) -> str:
        """Where a person opens Habitué: the public address, else this machine's."""
        if self.public_url:
            return self.public_url
        host = {"0.0.0.0": "localhost", "::": "localhost"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def outbox(self) -> Path:
        """Where mails go as files as long as no mail server is set."""
        return self.home / "outbox"


def read(variables: Mapping[str, str] | None = None) -> Environment:
    """Read and check every variable; the first mistake is raised as a `Complaint`."""
    env = os.environ if variables is None else variables
    public_url = _public_url(env.get("PUBLIC_URL", ""))
    return Environment(
        home=_home(env),
        host=env.get("HOST", "") or "127.0.0.1",
        port=_number(env, "PORT", 8000, 1, 65535),
        public_url=public_url,
        allowed_hosts=_allowed_hosts(env.get("ALLOWED_HOSTS", ""), public_url),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 9),
        database=_database(env.get("DATABASE_URL", "")),
        mail=_mail(env.get("EMAIL_URL", "")),
        mail_from=env.get("EMAIL_FROM", "") or "habitue@localhost",
        debug=_yes_or_no("DEBUG", env.get("DEBUG", "")),
        webhooks_loopback=_yes_or_no("WEBHOOKS_LOOPBACK", env.get("WEBHOOKS_LOOPBACK", "")),
        processes=_number(env, "WEB_PROCESSES", 1, 1, 64),
        threads=_number(env, "WEB_THREADS", 16, 1, 256),
        api_rate=_number(env, "API_RATE", 1000, 1, 1_000_000),
        api_burst=_number(env, "API_BURST", 5000, 1, 10_000_000),
        shops_loopback=_yes_or_no("SHOPS_LOOPBACK", env.get("SHOPS_LOOPBACK", "")),
        backups_kept=_number(env, "BACKUPS_KEPT", 7, 0, 366),
        drop=_drop(env),
        api_key_overlap_hours=_number(env, "API_KEY_OVERLAP_HOURS", 24, 0, 8784),
        member_token_minutes=_number(env, "MEMBER_TOKEN_MINUTES", 60, 1, 525600),
        staff_token_hours=_number(env, "STAFF_TOKEN_HOURS", 12, 1, 8784),
        apple_wallet=_apple_wallet(env),
        google_wallet=_google_wallet(env),
    )


def secret(env: Environment, name: str = "secret-key") -> str:
    """The installation's own secret: SECRET_KEY, else made once and kept in a file of mode 0600."""
    if given := os.environ.get("SECRET_KEY"):
        if len(given) < 32:
            raise _mistake("SECRET_KEY", "is shorter than 32 characters")
        return given
    path = env.home / name
    make_home(env)
    try:
        # The link appears whole or not at all, so two first starts agree on one secret.
        draft = path.with_name(f".{name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text()
    except OSError as error:
        raise Complaint(f"The secret in {path} cannot be read: {error}.", Exit.SETTING) from None


def make_home(env: Environment) -> None:
    """Create the data folder; as root others may pass through it (PostgreSQL must), not list it."""
    try:
        env.home.mkdir(parents=True, exist_ok=True)
        env.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (env.log, env.outbox):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise _mistake("HABITUE_HOME", f"({env.home}) cannot be written: {reason}") from None


def _mistake(name: str, what: str) -> Complaint:
    return Complaint(f"{name} {what}.", Exit.SETTING)


def _home(env: Mapping[str, str]) -> Path:
    if given := env.get("HABITUE_HOME", ""):
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/habitue")  # a service's place; /root is closed to PostgreSQL
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "habitue"
    base = env.get("XDG_DATA_HOME", "") or str(Path.home() / ".local" / "share")
    return Path(base) / "habitue"


def _drop(env: Mapping[str, str]) -> Path | None:
    given = env.get("HABITUE_DROP", "")
    if given.lower() == "no":
        return None
    if given and not Path(given).expanduser().is_absolute():
        raise _mistake("HABITUE_DROP", f"must be a whole path or no, not {given!r}")
    return Path(given).expanduser() if given else _home(env) / "drop"


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and low <= int(text[:9]) <= high):
        raise _mistake(name, f"must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _apple_wallet(env: Mapping[str, str]) -> tuple[Path, Path] | None:
    own = _file("APPLE_PASS", env.get("APPLE_PASS", ""))
    between = _file("APPLE_WWDR", env.get("APPLE_WWDR", ""))
    if own is None or between is None:
        if own or between:
            raise _mistake("APPLE_PASS and APPLE_WWDR", "are set together or not at all")
        return None
    return own, between


def _google_wallet(env: Mapping[str, str]) -> tuple[Path, str] | None:
    file = _file("GOOGLE_WALLET", env.get("GOOGLE_WALLET", ""))
    issuer = env.get("GOOGLE_WALLET_ISSUER", "")
    if file is None or not issuer:
        if file or issuer:
            raise _mistake(
                "GOOGLE_WALLET and GOOGLE_WALLET_ISSUER", "are set together or not at all"
            )
        return None
    if not (issuer.isascii() and issuer.isdigit()):
        raise _mistake("GOOGLE_WALLET_ISSUER", f"is a number, not {issuer[:40]!r}")
    return file, issuer


def _file(name: str, given: str) -> Path | None:
    if not given:
        return None
    path = Path(given).expanduser().absolute()
    if not os.access(path, os.R_OK) or not path.is_file():
        raise _mistake(name, f"names no file that can be read: {path}")
    return path


def _yes_or_no(name: str, text: str) -> bool:
    if text.lower() not in WORDS:
        raise _mistake(name, f"must be yes or no, not {text!r}")
    return WORDS[text.lower()]


def _split(name: str, text: str) -> urllib.parse.SplitResult:
    try:
        url = urllib.parse.urlsplit(text)
        if url.port == 0:  # a port that is no number raises when it is read, here
            raise ValueError("port 0 is no port")
    except ValueError as error:
        raise _mistake(name, f"is not an address: {error}") from None
    return url


def _public_url(text: str) -> str:
    if not text:
        return ""
    url = _split("PUBLIC_URL", text)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query:
        raise _mistake("PUBLIC_URL", f"must look like https://club.example.com, not {text!r}")
    return f"{url.scheme}://{url.netloc}"


def _allowed_hosts(text: str, public_url: str) -> list[str]:
    named = [host.strip() for host in text.split(",") if host.strip()]
    if any("/" in host for host in named):
        raise _mistake("ALLOWED_HOSTS", "must be host names separated by commas, without http://")
    own = urllib.parse.urlsplit(public_url).hostname
    return [*named, *([own] if own else []), "localhost", "127.0.0.1", "[::1]"]


def _database(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    url = _split("DATABASE_URL", text)
    query = dict(urllib.parse.parse_qsl(url.query))
    host = query.pop("host", url.hostname or "")
    if url.scheme not in ("postgres", "postgresql") or not url.path.strip("/"):
        raise _mistake(
            "DATABASE_URL", "must look like postgresql://user:password@host:5432/database"
        )
    return {
        "host": urllib.parse.unquote(host),
        "port": url.port or 5432,
        "user": urllib.parse.unquote(url.username or ""),
        "password": urllib.parse.unquote(url.password or ""),
        "dbname": urllib.parse.unquote(url.path.strip("/")),
        **query,
    }


def _mail(text: str) -> Mail | None:
    if not text:
        return None
    url = _split("EMAIL_URL", text)
    if url.scheme not in MAIL_SCHEMES or not url.hostname:
        example = "smtp+tls://user:password@mail.example.com:587"
        raise _mistake("EMAIL_URL", f"must look like {example} (or smtp://, smtps://)")
    port, encryption = MAIL_SCHEMES[url.scheme]
    return Mail(
        host=url.hostname,
        port=url.port or port,
        user=urllib.parse.unquote(url.username or ""),
        password=urllib.parse.unquote(url.password or ""),
        encryption=encryption,
    )
