"""Every address of the pages: whose door it is, and what the words in it name.

An address that is missing here fails tests/pages/hostile/test_sealed.py: whoever makes a page says
first to whom it belongs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.pages.hostile.life import Life

Whose = Literal["everybody", "card", "partner", "counter", "owner", "chief"]


class Door(NamedTuple):
    """Whose it is; `names`: which of a shop's own things each word of the address is.

    `sealed`: the words name things of one shop only, which do not exist for another's owner.
    """

    whose: Whose
    names: dict[str, str]
    sealed: bool = False
    writes: bool = False  # reading it is written down

    def path(self, name: str, life: Life) -> str:
        """The address as it names this shop's things."""
        return reverse(
            name, kwargs={word: life.known.get(it, it) for word, it in self.names.items()}
        )


def _owner(sealed: bool = False, writes: bool = False, **names: str) -> Door:
    return Door("owner", names, sealed, writes)


def _chief(sealed: bool = False, writes: bool = False, **names: str) -> Door:
    return Door("chief", names, sealed, writes)


def _of(customer: str = "customer", **names: str) -> Door:
    return Door("owner", {"key": customer, **names}, sealed=True)


def _counter(**names: str) -> Door:
    return Door("counter", {"key": "key", **names}, sealed=True)


def _card(**names: str) -> Door:
    return Door("card", {"token": "token", **names}, sealed=True)


def _all(**names: str) -> Door:
    return Door("everybody", names)


DOORS: Final[dict[str, Door]] = {
    # start
    "start": _all(), "start-derived": _all(), "start-sentence": _all(), "start-preview": _all(),
    "start-ideas": _all(), "start-take": _all(), "start-idea": _all(name="cafe-coffee"),
    "start-save": _all(), "start-code": _all(), "start-ready": _owner(), "start-waiting": _owner(),
    "checklist-hide": _owner(), "demo": _all(), "demo-begin": _all(), "demo-look": _all(),
    "demo-leave": _all(), "design": _all(),
    # owner
    "today": _owner(), "today-lights": _owner(), "today-aside": _owner(name="unhappy"),
    "go": _owner(), "customers": _owner(), "customers-csv": _owner(writes=True),
    "selection": _owner(), "selection-do": _owner(action="bin"), "more": _owner(),
    "posters": _owner(), "poster": _owner(),
    # person
    "duplicates": _owner(), "bin": _owner(), "journal": _owner(), "journal-export": _owner(),
    "customer": _of(), "customer-stamp": _of(), "customer-correct": _of(), "customer-gift": _of(),
    "customer-undo": _of(event="event"), "customer-edit": _of(), "customer-card": _of(),
    "customer-download": _of(), "customer-bin": _of(), "customer-restore": _of(),
    "customer-erase": _of(), "customer-distinct": _of(other="other"),
    # settings
    "settings": _owner(), "settings-shop": _owner(), "settings-staff": _chief(),
    "settings-invite": _chief(), "new-pin": _chief(sealed=True, key="staff"),
    "settings-dismiss": _chief(sealed=True, key="staff"),
    "settings-phone": _chief(sealed=True, key="device"), "settings-keys": _chief(),
    "settings-key-renew": _chief(sealed=True, key="api"),
    "settings-key-revoke": _chief(sealed=True, key="api"), "settings-account": _owner(),
    "settings-session-end": _owner(sealed=True, key="session"), "settings-passkey-offer": _owner(),
    "settings-passkey-add": _owner(),
    "settings-passkey-remove": _owner(sealed=True, key="passkey"), "settings-backups": _chief(),
    "settings-backup": _chief(sealed=True, writes=True, name="habitue-20260101T000000Z.tar"),
    "settings-webhooks": _chief(), "settings-webhook": _chief(sealed=True, key="webhook"),
    **{
        f"settings-webhook-{doing}": _chief(sealed=True, key="webhook")
        for doing in ("change", "test", "rotate", "pause", "resume", "delete", "since")
    },
    "settings-webhook-message": _chief(sealed=True, key="webhook", number="told"),
    "settings-webhook-replay": _chief(sealed=True, key="webhook", number="told"),
    # shops
    "shops": _chief(), "shop-new": _chief(kind="woocommerce"),
    **{
        f"shop-{doing}": _chief(sealed=True, key="connected")
        for doing in ("connection", "keys", "secret", "ask", "disconnect")
    },
    "shop-again": _chief(sealed=True, key="connected", message="heard"),
    # program
    "fee": _of(), "fee-cancel": _of(), "household": _of(), "household-leave": _of(),
    "merge": _of(), "unmerge": _of(), "give-units": _of(),
    "program": _owner(), "program-check": _owner(), "program-liability": _owner(),
    "program-liability-csv": _owner(), "program-lots-csv": _owner(), "program-publish": _owner(),
    "program-draft": _owner(sealed=True, key="preview"),
    "program-confirm": _owner(sealed=True, key="preview"), "program-calendar": _owner(),
    "program-edit": _owner(), "program-see": _owner(), "program-attempt": _owner(),
    "program-discard": _owner(), "program-add": _owner(kind="points"),
    "program-change": _owner(shelf="rules", name="base", turn="0"),
    "program-end": _owner(shelf="rules", name="base", turn="0"),
    "program-remove": _owner(shelf="rules", name="base", turn="0"),
    "program-withdraw": _owner(number="1"), "program-what-if": _owner(),
    "program-tried": _owner(sealed=True, key="study"), "draws": _owner(), "draws-confirm": _owner(),
    "draw": _owner(draw="draw", day="day"), "draw-close": _owner(draw="draw", day="day"),
    "draw-reveal": _owner(draw="draw", day="day"), "partners": _owner(),
    "partner": _owner(name="partner"), "partner-payment": _owner(name="partner"),
    "partner-link": _owner(name="partner"), "partner-revoke": _owner(name="partner"),
    "partner-staff": _owner(name="partner"),
    "partner-dismiss": _owner(sealed=True, name="partner", key="hired"),
    "partner-csv": _owner(name="partner", month="month"),
    "partner-month": _owner(name="partner", month="month"), "causes": _owner(),
    "cause": _owner(name="cause"), "cause-payment": _owner(name="cause"),
    "cause-csv": _owner(name="cause"), "customer-certificate": _of(name="cause", year="year"),
    "own-statements": Door("partner", {"token": "link"}, sealed=True),
    "own-csv": Door("partner", {"token": "link", "month": "month"}, sealed=True),
    "own-month": Door("partner", {"token": "link", "month": "month"}, sealed=True),
    "draw-record": _all(slug="slug", draw="draw", day="day"),
    "draw-public": _all(slug="slug", draw="draw", day="day"),
    # imports
    "import": _owner(), "import-sample": _owner(what="customers"),
    **{
        f"import-{step}": _owner(sealed=True, key="import")
        for step in ("result", "columns", "preview", "mend", "start", "undo", "again", "discard",
                     "rejected", "balances")
    },
    # measures
    "measures": _owner(), "measures-json": _owner(), "measures-anew": _owner(),
    "measures-cohorts": _owner(), "measures-cohorts-csv": _owner(), "measures-leaks": _owner(),
    "measures-leaks-csv": _owner(writes=True), "measures-segments": _owner(),
    "measures-segment": _owner(name="new"), "measures-audience": _owner(name="new"),
    "measures-audiences": _owner(),
    "measures-audience-csv": _owner(sealed=True, writes=True, key="audience"),
    "measures-experiments": _owner(), "measures-experiment": _owner(name="experiment"),
    "measures-together": _owner(), "measures-scenario": _owner(), "measures-staying": _owner(),
    "measures-satisfaction": _owner(), "measures-worth": _owner(),
    "measure-customers": _owner(name="customers"),
    "measure-customers-csv": _owner(writes=True, name="customers"),
    "measure": _owner(name="customers"), "measure-csv": _owner(name="customers"),
    # counter
    "counter-in": Door("everybody", {"key": "key"}),
    "counter-out": Door("everybody", {"key": "key"}),
    "counter-kept": Door("everybody", {"key": "key"}),
    "counter-manifest": Door("everybody", {"key": "key"}),
    "counter-worker": Door("everybody", {"key": "key"}),
    "counter": _counter(), "counter-here": _counter(), "counter-device": _counter(),
    "counter-queue": _counter(), "counter-search": _counter(), "till-show": _counter(),
    "till-state": _counter(), "shift": _counter(), "newcomer": _counter(),
    **{
        name: _counter(member="customer")
        for name in ("newcomer-card", "sheet", "stamp", "give", "use", "pay", "undo")
    },
    # card
    "join": _all(slug="slug"), "privacy": _all(slug="slug"), "find-card": _all(slug="slug"),
    "goodbye": _all(slug="slug"), "confirm": _all(signed="signed"), "till-code": _all(text="text"),
    "scanned": _all(code="code"),
    **{
        name: _card()
        for name in (
            "card", "card-code", "card-rewards", "card-ask", "card-wish", "card-wish-cancel",
            "card-donate", "card-given", "card-past", "card-me", "card-messages", "card-pause",
            "card-person", "card-email", "card-phone", "card-membership", "card-cancel",
            "card-keep", "card-reason", "card-hand", "card-data", "card-renew", "card-delete",
            "card-manifest", "card-worker", "card-kept", "card-apple", "card-google",
        )
    },
    "certificate": _card(cause="cause", year="year"),
    # signing in
    "sign-in": _all(), "sign-in-code": _all(), "passkey-ask": _all(), "passkey": _all(),
    "sign-out": _all(),
}  # fmt: skip


def every() -> Iterator[str]:
    """The names of all addresses of the pages."""
    yield from _names(get_resolver("habitue.pages.urls").url_patterns)


def _names(patterns: list[Any]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _names(one.url_patterns)
        elif isinstance(one, URLPattern):
            yield str(one.name)
