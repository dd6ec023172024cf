"""Every screen there is: where it is, in whose browser it is looked at, and in which state.

A page that stands in no entry makes tests/browser/test_places.py fail. The blanks of the
addresses, and the browsers (`who`), are the ones of world.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.urls import get_resolver, resolve

Step = tuple[str, str | None]
"""What is done on the page before it is looked at: this is clicked, or this is written into."""

TOUCHED: Final = ("/c/", "/s/", "/j/", "/k/", "/o/", "/confirm/")
"""Addresses of the card and the counter: used standing, with a thumb."""


@dataclass(frozen=True)
class Place:
    """A screen. `shows`: what must be there, so that it is in its state.

    `offline`: opened once, then again without a network.
    """

    name: str
    path: str
    who: str = ""
    status: int = 200
    steps: tuple[Step, ...] = ()
    offline: bool = False
    shows: str = "h1"

    @property
    def touched(self) -> bool:
        """Whether targets are for thumbs."""
        return self.path.startswith(TOUCHED)

    @property
    def view(self) -> str:
        """The name of its address."""
        path = re.sub(r"{\w+}", "1", self.path).partition("?")[0]
        return resolve(path, "habitue.pages.urls").url_name or ""


REFUSED: Final = "[aria-invalid=true], [role=alert], .error"
SEND: Final[Step] = ("main form[method=post] [type=submit]", None)


def _wrong(field: str, value: str = "") -> tuple[Step, ...]:
    """That field's form is sent with a value that will not do."""
    return ((field, value), (f"form:has({field}) [type=submit]", None))


FIRST_RUN: Final = (
    Place("start: shop", "/start", "owner"),
    Place("start: shop refused", "/start", "owner", steps=_wrong("[name=name]"), shows=REFUSED),
    Place("start: sentence", "/start/sentence", "starter"),
    Place(
        "start: sentence refused",
        "/start/sentence",
        "starter",
        steps=_wrong("[name=count]"),
        shows=REFUSED,
    ),
    Place("start: points", "/start/sentence", "pointer"),
    Place("start: known", "/start/sentence", "known"),
    Place("start: ideas", "/start/ideas", "starter"),
    Place("start: idea", "/start/ideas/starbucks", "starter"),
    Place("start: idea that does not fit", "/start/ideas/united", "starter"),
    Place("start: address", "/start/save", "saver"),
    Place(
        "start: address refused",
        "/start/save",
        "saver",
        steps=_wrong("[name=email]", "x"),
        shows=REFUSED,
    ),
    Place("start: code", "/start/code", "coder"),
    Place(
        "start: code refused",
        "/start/code",
        "coder",
        steps=_wrong("[name=code]", "12"),
        shows=REFUSED,
    ),
    Place("start: ready", "/start/ready", "fresh"),
    Place("start: ready, stamped", "/start/ready", "owner"),
    Place("demo", "/demo"),
    Place("sign in", "/sign-in"),
    Place("sign in refused", "/sign-in", steps=_wrong("[name=email]", "x"), shows=REFUSED),
    Place("sign in: code", "/sign-in/code", "code"),
    Place("error: nowhere", "/nowhere", status=404),
    Place("error: not open", "/settings/keys", "manager", status=403),
    Place("error: nothing here is theirs", "/settings", "stranger", status=403),
)

OWNER: Final = (
    Place("today: empty", "/", "fresh"),
    Place("today: young", "/", "owner"),
    Place("today", "/", "demo"),
    Place("customers: empty", "/customers", "fresh"),
    Place("customers", "/customers", "demo"),
    Place("customers: group", "/customers?group=risk", "demo"),
    Place("customers: nobody found", "/customers?q=xyzzy", "demo"),
    *(
        Place(
            f"customers: {action}",
            "/customers",
            "owner",
            steps=(("[name=who]", None), (f"[name=action][value={action}]", None)),
        )
        for action in ("audience", "gift", "bin")
    ),
    Place(
        "customers: gift refused",
        "/customers",
        "owner",
        steps=(("[name=who]", None), ("[name=action][value=gift]", None), SEND),
        shows=REFUSED,
    ),
    Place("more", "/more", "owner"),
    Place("go", "/go", "owner"),
    Place("go: found", "/go?q=ali", "owner"),
    Place("go: nothing found", "/go?q=xyzzy", "owner"),
    Place("posters", "/posters", "owner"),
    Place("customer", "/customers/{demo_alice}", "demo"),
    Place("customer: long name", "/customers/{full}", "owner"),
    Place("customer: household and fee", "/customers/{neighbor}", "street"),
    Place("customer: in the bin", "/customers/{binned}", "demo"),
    Place("customer: purchases", "/customers/{demo_alice}?show=purchases", "demo"),
    Place("customer: of another shop", "/customers/{alice}", "fresh", status=404),
    Place("correct", "/customers/{alice}/correct", "owner"),
    Place("correct: refused", "/customers/{alice}/correct", "owner", steps=(SEND,), shows=REFUSED),
    Place("gift", "/customers/{alice}/gift", "owner"),
    Place("gift: refused", "/customers/{alice}/gift", "owner", steps=(SEND,), shows=REFUSED),
    Place("undo", "/customers/{alice}/undo/{event}", "owner"),
    Place("edit", "/customers/{full}/edit", "owner"),
    Place(
        "edit: taken",
        "/customers/{full}/edit",
        "owner",
        steps=_wrong("[name=email]", "alice@example.org"),
        shows=REFUSED,
    ),
    Place("erase", "/customers/{full}/erase", "owner"),
    Place("duplicates", "/customers/duplicates", "owner"),
    Place("duplicates: none", "/customers/duplicates", "fresh"),
    Place("bin", "/customers/bin", "demo"),
    Place("bin: empty", "/customers/bin", "fresh"),
    Place("journal", "/journal", "owner"),
    Place("journal: empty", "/journal", "fresh"),
    Place("settings", "/settings", "owner"),
    Place("settings: manager", "/settings", "manager"),
    Place("settings: shop", "/settings/shop", "owner"),
    Place(
        "settings: shop refused",
        "/settings/shop",
        "owner",
        steps=_wrong("[name=name]"),
        shows=REFUSED,
    ),
    Place("settings: staff", "/settings/staff", "owner"),
    Place(
        "settings: hire refused",
        "/settings/staff",
        "owner",
        steps=(("form[action='/settings/staff'] [type=submit]", None),),
        shows=REFUSED,
    ),
    Place(
        "settings: invite refused",
        "/settings/staff",
        "owner",
        steps=(("form[action='/settings/staff/invite'] [type=submit]", None),),
        shows=REFUSED,
    ),
    Place(
        "settings: new PIN",
        "/settings/staff",
        "owner",
        steps=(("form[action='/settings/staff/{diego}/pin'] button", None),),
        shows=".pin",
    ),
    Place("settings: dismiss", "/settings/staff/{manager}/dismiss", "owner"),
    Place("settings: keys", "/settings/keys", "owner"),
    Place("settings: no keys", "/settings/keys", "fresh"),
    Place(
        "settings: key refused",
        "/settings/keys",
        "owner",
        steps=_wrong("[name=name]"),
        shows=REFUSED,
    ),
    Place(
        "settings: new key",
        "/settings/keys",
        "owner",
        steps=_wrong("[name=name]", "Le site"),
        shows="[role=status]",
    ),
    Place("settings: webhooks", "/settings/webhooks", "owner"),
    Place("settings: no webhooks", "/settings/webhooks", "fresh"),
    Place(
        "settings: webhook refused",
        "/settings/webhooks",
        "owner",
        steps=_wrong("[name=url]", "http://10.0.0.1"),
        shows=REFUSED,
    ),
    Place("settings: webhook", "/settings/webhooks/{webhook}", "owner"),
    Place("settings: webhook paused", "/settings/webhooks/{paused_webhook}", "owner"),
    Place(
        "settings: webhook, new secret",
        "/settings/webhooks/{webhook}",
        "owner",
        steps=(("form[action$='/rotate'] button", None),),
        shows=".note",
    ),
    Place("settings: webhook's change", "/settings/webhooks/{webhook}/change", "owner"),
    Place("settings: webhook's end", "/settings/webhooks/{webhook}/delete", "owner"),
    Place("settings: message", "/settings/webhooks/{webhook}/{told}", "owner"),
    Place("settings: message that waits", "/settings/webhooks/{paused_webhook}/{waits}", "owner"),
    Place("shops", "/settings/shops", "owner"),
    Place("shops: none", "/settings/shops", "fresh"),
    Place("shops: new", "/settings/shops/new/woocommerce", "owner"),
    Place("shops: new Square", "/settings/shops/new/square", "owner"),
    Place(
        "shops: refused",
        "/settings/shops/new/woocommerce",
        "owner",
        steps=(("main form [type=submit]", None),),
        shows=REFUSED,
    ),
    Place("shops: one", "/settings/shops/{web_shop}", "owner"),
    Place("shops: first steps", "/settings/shops/{new_shop}", "owner"),
    Place("shops: disconnect", "/settings/shops/{web_shop}/disconnect", "owner"),
    Place("settings: account", "/settings/account", "owner"),
    Place("settings: backups", "/settings/backups", "owner"),
)

IMPORT: Final = (
    Place("import: begin", "/import", "fresh"),
    Place("import: list", "/import", "owner"),
    Place("import: nothing chosen", "/import", "owner", steps=(SEND,), shows=REFUSED),
    Place("import: columns", "/import/{import_columns}/columns", "owner"),
    Place("import: preview", "/import/{import_checked}/preview", "owner"),
    Place("import: being looked at", "/import/{import_checking}/preview", "owner"),
    Place("import: coming in", "/import/{import_running}", "owner"),
    Place("import: failed", "/import/{import_failed}", "owner"),
    Place("import: result", "/import/{import_finished}", "owner"),
    Place("import: undone", "/import/{import_undone}", "owner"),
    Place("import: a workbook", "/import/{balances_columns}/columns", "owner", shows=".sheet-of"),
    Place("import: balances", "/import/{balances_checked}/preview", "owner", shows=".sums"),
    Place("import: balances are in", "/import/{balances_finished}", "owner", shows=".sums"),
)

PROGRAM: Final = (
    Place("program", "/program", "demo"),
    Place("program: levels and versions", "/program", "editor"),
    Place("program: everything", "/program", "street"),
    Place("program: check", "/program/check", "demo"),
    Place("program: what if", "/program/what-if", "demo"),
    Place("program: tried", "/program/what-if/{tried}", "demo"),
    Place("program: publish", "/program/publish", "demo"),
    Place(
        "program: publish refused",
        "/program/publish",
        "editor",
        steps=_wrong("textarea", "x"),
        shows=REFUSED,
    ),
    Place("program: preview", "/program/publish/{draft}", "editor"),
    Place("program: liability", "/program/liability", "demo"),
    Place("program: no liability", "/program/liability", "fresh"),
    Place("calendar", "/program/calendar", "editor"),
    Place("calendar: empty", "/program/calendar", "fresh"),
    Place("editor", "/program/edit", "editor"),
    Place("editor: nothing changed", "/program/edit", "fresh"),
    Place("editor: rule", "/program/edit/rules/base/0", "editor"),
    Place("editor: reward", "/program/edit/rewards/tea/0", "editor"),
    Place("editor: promotion", "/program/edit/rules/double/0", "editor"),
    Place("editor: unit", "/program/edit/units/points/0", "editor"),
    Place("editor: level", "/program/edit/add/level", "editor"),
    Place("editor: draw", "/program/edit/add/draw", "editor"),
    Place("editor: end", "/program/edit/rules/double/0/end", "editor"),
    Place("editor: remove", "/program/edit/rewards/tea/0/remove", "editor"),
    Place("draws", "/program/draws", "street"),
    Place("draws: not begun", "/program/draws", "quiet"),
    Place("draw", "/program/draws/daily/{day}", "street"),
    Place("proof", "/draws/{street}/daily/{day}"),
    Place("partners", "/program/partners", "street"),
    Place("partner", "/program/partners/bakery", "street"),
    Place("partner: nothing yet", "/program/partners/bakery", "quiet"),
    Place("partner: month", "/program/partners/bakery/{month}", "street"),
    Place("own statements", "/p/{token}"),
    Place("own statement", "/p/{token}/{month}"),
    Place("causes", "/program/causes", "street"),
    Place("cause", "/program/causes/trees", "street"),
    Place("cause: nothing yet", "/program/causes/trees", "quiet"),
    Place("fee", "/customers/{neighbor}/fee", "street"),
    Place("household", "/customers/{neighbor}/household", "street"),
    Place("merge", "/customers/{neighbor}/merge", "street"),
    Place("merge: nobody", "/customers/{neighbor}/merge", "street", steps=(SEND,), shows=REFUSED),
    Place("give units", "/customers/{neighbor}/give", "street"),
)

MEASURES: Final = (
    Place("measures", "/measures", "demo"),
    Place("measures: none yet", "/measures", "fresh"),
    Place("measures: quarters", "/measures?by=quarter", "demo"),
    Place("measures: figure", "/measures/figure/retention", "demo"),
    Place("measures: money", "/measures/figure/average_order_value", "demo"),
    Place("measures: customers", "/measures/customers/lost", "demo"),
    Place("measures: cohorts", "/measures/cohorts", "demo"),
    Place("measures: cohorts in money", "/measures/cohorts?show=revenue", "demo"),
    Place("measures: leaks", "/measures/leaks", "demo"),
    Place("measures: segments", "/measures/segments", "demo"),
    Place("measures: no segments", "/measures/segments", "fresh"),
    Place("measures: segment", "/measures/segments/vip", "demo"),
    Place("measures: audiences", "/measures/audiences", "demo"),
    Place("measures: staying", "/measures/staying", "demo"),
    Place("measures: worth", "/measures/worth?margin=60", "demo"),
    Place("measures: satisfaction", "/measures/satisfaction", "demo"),
    Place("measures: together", "/measures/together", "demo"),
    Place("measures: scenario", "/measures/scenario?margin=60", "demo"),
    Place("measures: experiments", "/measures/experiments", "demo"),
    Place("measures: experiment", "/measures/experiments/coffee-more", "demo"),
)

COUNTER: Final = (
    Place("counter: PIN", "/s/{key}/in"),
    Place("counter: wrong PIN", "/s/{key}/in", steps=_wrong("[name=pin]", "12"), shows=REFUSED),
    Place("counter: scan", "/s/{key}", "counter"),
    Place(
        "counter: unknown code",
        "/s/{key}",
        "counter",
        steps=_wrong("#code", "ABCDEFGH"),
        shows=REFUSED,
    ),
    Place("counter: kept", "/s/{key}/kept"),
    Place("counter: offline", "/s/{key}", "counter", offline=True, shows=".queue.offline"),
    Place(
        "counter: sheet offline",
        "/s/{key}",
        "counter",
        steps=(("#code", "{full_number}"), ("#typed [type=submit]", None)),
        offline=True,
        shows="#kept-sheet",
    ),
    Place("counter: found", "/s/{key}/search?q=ali", "counter"),
    Place("counter: one-time code", "/s/{key}/code", "counter"),
    Place("counter: one-time code shown", "/s/{key}/code", "counter", steps=(SEND,), shows=".qr"),
    Place("counter: shift", "/s/{key}/shift", "counter"),
    Place("counter: shift of a partner", "/s/{street_key}/shift", "partner-counter"),
    Place("counter: newcomer", "/s/{key}/new", "counter"),
    Place(
        "counter: newcomer refused",
        "/s/{key}/new",
        "counter",
        steps=_wrong("[name=name]"),
        shows=REFUSED,
    ),
    Place("counter: newcomer's card", "/s/{key}/new/{farid}", "counter"),
    Place("sheet: young", "/s/{key}/m/{twin}", "counter"),
    Place("sheet: reward ready", "/s/{key}/m/{full}", "counter"),
    Place(
        "sheet: stamped", "/s/{key}/m/{alice}", "counter", steps=((".plus", None),), shows=".undo"
    ),
    Place("sheet: everything", "/s/{street_key}/m/{neighbor}", "street-counter"),
    Place("sheet: at a partner's", "/s/{street_key}/m/{neighbor}", "partner-counter"),
    Place("sheet: by money", "/s/{demo_key}/m/{demo_alice}", "till"),
)

CARD: Final = (
    Place("join", "/j/{slug}"),
    Place("join: refused", "/j/{slug}", steps=(SEND,), shows=REFUSED),
    Place("join: privacy", "/j/{slug}/privacy"),
    Place("join: find", "/j/{slug}/find"),
    Place("join: find refused", "/j/{slug}/find", steps=(SEND,), shows=REFUSED),
    Place("join: goodbye", "/j/{slug}/goodbye"),
    Place("confirm", "/confirm/{confirm}"),
    Place("confirm: stale", "/confirm/x", status=404),
    Place("card: young", "/c/{alice_card}"),
    Place("card: reward ready", "/c/{full_card}"),
    Place("card: points", "/c/{demo_card}"),
    Place("card: everything", "/c/{neighbor_card}"),
    Place("card: code alone", "/c/{alice_card}/code?full"),
    Place("card: offline", "/c/{full_card}", offline=True, shows="[data-kept=number]"),
    Place("card: kept", "/c/{full_card}/kept"),
    Place("card: gone", "/c/{revoked}", status=404),
    Place("rewards: young", "/c/{alice_card}/rewards"),
    Place("rewards", "/c/{neighbor_card}/rewards"),
    Place(
        "reward held ready",
        "/c/{full_card}/rewards",
        steps=(("form[action$='/ask'] button", None),),
        shows="[role=timer]",
    ),
    Place("reward waits", "/c/{full_card}/wish"),
    Place("donate", "/c/{neighbor_card}/donate?of=tree:0:0"),
    Place("given", "/c/{neighbor_card}/given"),
    Place("past", "/c/{demo_card}/history"),
    Place("past: young", "/c/{alice_card}/history"),
    Place("me", "/c/{full_card}/me"),
    Place(
        "me: phone refused",
        "/c/{full_card}/me",
        steps=(
            ("form[action$='/me/phone'] input:not([type=hidden])", "x"),
            ("form[action$='/me/phone'] [type=submit]", None),
        ),
        shows=REFUSED,
    ),
    Place("membership", "/c/{neighbor_card}/membership"),
    Place("hand on", "/c/{neighbor_card}/hand"),
    Place("renew", "/c/{full_card}/renew"),
    Place("delete", "/c/{full_card}/delete"),
    Place(
        "delete: not ticked",
        "/c/{full_card}/delete",
        steps=(("form:has([name=sure]) [type=submit]", None),),
        shows=REFUSED,
    ),
    Place("scanned", "/k/{scanned}"),
    Place("scanned at the counter", "/k/{scanned}", "counter"),
    Place("self-scan", "/o/{till_code}"),
    Place("self-scan: unknown", "/o/x", status=404),
)

EVERY: Final = (*FIRST_RUN, *OWNER, *IMPORT, *PROGRAM, *MEASURES, *COUNTER, *CARD)

NO_SCREENS: Final = {
    "card-apple": "a pass",
    "card-google": "a link to another site",
    "counter-here": "JSON",
    "design": "the design system, in debug only: tests/browser/test_stretch.py looks at it",
    "settings-backup": "a file",
    "settings-key-renew": "changes by POST",
    "settings-key-revoke": "changes by POST",
    "settings-webhook-pause": "changes by POST",
    "settings-webhook-replay": "changes by POST",
    "settings-webhook-resume": "changes by POST",
    "settings-webhook-rotate": "changes by POST",
    "settings-webhook-since": "changes by POST",
    "settings-webhook-test": "changes by POST",
    "start-derived": "a part of a page",
    "start-preview": "a part of a page",
    "start-waiting": "a part of a page",
    "till-state": "a part of a page",
    "today-lights": "a part of a page",
}
"""Addresses that answer a GET and are no screens, and what they are instead."""

FILES: Final = (".csv", ".pdf", ".json", ".js", ".webmanifest")
"""How addresses of files end."""


def addresses() -> dict[str, str]:
    """Each address of the pages by name, with a pattern's text."""
    found = {}
    for name, entries in get_resolver("habitue.pages.urls").reverse_dict.lists():
        if isinstance(name, str):
            found[name] = "/" + entries[0][0][0][0]
    return found
