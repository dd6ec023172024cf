"""A world in which every screen can be reached: shops old and new, and who is signed in to them.

Built once in a running product: `habitue django shell -c "… world.main()"` prints it as JSON.
`told` fills the blanks of the addresses in places.py; `sessions` are the browsers there are.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from django.utils import timezone

from habitue import ledger
from habitue.connectors import reading, running, uploads
from habitue.connectors.models import (
    Attempt,
    Endpoint,
    Import,
    Message,
    Shop,
    ShopMessage,
    ShopOrder,
)
from habitue.connectors.shops import connecting
from habitue.connectors.webhooks import endpoints, kinds, pausing
from habitue.core import facts
from habitue.ledger import draws, households, payments
from habitue.members import bin as recycle_bin
from habitue.members import cards, consents, erasing, keys, partners, staff, tills
from habitue.members.models import ApiKey, Business, Card, Customer, Identity, Staff
from habitue.metrics import report
from habitue.outreach import experiments
from habitue.pages import access, account
from habitue.pages.card import letters
from habitue.pages.models import Study
from habitue.pages.program import drafts, studies
from habitue.pages.program.studies import MeasuresAsked
from habitue.site import demo
from tests.browser import brought
from tests.connectors.test_running import LIST, NEWS
from tests.pages.conftest import make_member, make_shop
from tests.pages.program import town as made
from tests.pages.program.test_overview import POINTS

ZOE = "zoe@example.org"
LONG = "Marie-Antoinette-Josèphe de Habsbourg-Lorraine-Desrousseaux"
FEE = "fee: {every: year, price: 49.00}\n"
BENEFITS = (
    "benefits: [{id: delivery, title: {en: Free delivery, fr: Livraison offerte, it: Consegna},"
    " uses: {times: 3, per: year}, saves: 6.00, minimum_order: 20.00}]\n"
)
LEVELS = """\
tiers:
  basis: {unit: points, window: calendar year}
  levels:
    - {id: basic, from: 0}
    - {id: gold, from: 100, title: {fr: Or, it: Oro, en: Gold}}
"""
DOUBLE = (
    "  - {{id: double, title: {{fr: Les mardis doubles du quartier}}, when: purchase,"
    " award: {{multiply: 2}}, where: {{weekday: [tuesday, saturday], hours: 14:00-17:00}},"
    " dates: {{since: {}, until: {}}}}}\nrewards:"
)
PATIENCE = 120.0


class World:
    """What is told of it, and its browsers."""

    def __init__(self) -> None:
        self.told: dict[str, object] = {}
        self.sessions: dict[str, str] = {}

    def signed_in(self, name: str, user: User, business: Business) -> Client:
        """A browser of somebody who works at a business."""
        client = Client(SERVER_NAME="localhost", HTTP_USER_AGENT="Mozilla/5.0 (Linux) Firefox/140")
        client.force_login(user, backend=account.BACKEND)
        session = client.session
        session["business"] = business.pk
        session.save()
        self.keep(name, client)
        return client

    def at_counter(self, name: str, one: Staff, pin: str) -> Client:
        """A phone at a counter."""
        client = Client(
            SERVER_NAME="localhost", HTTP_USER_AGENT="Mozilla/5.0 (Android) Firefox/140"
        )
        path = f"/s/{one.business.counter_key}/in"
        partner = f"?partner={one.partner}" if one.partner else ""
        answer = client.post(path + partner, {"staff": one.pk, "pin": pin})
        assert answer.status_code == 302, answer.content.decode()
        self.keep(name, client)
        return client

    def keep(self, name: str, client: Client) -> None:
        """Remember a browser by its session."""
        self.sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value


def main() -> None:
    """Build it and print it."""
    world = build()
    told = {name: str(value) for name, value in world.told.items()}
    json.dump({"told": told, "sessions": world.sessions}, sys.stdout)


def build() -> World:
    """All of it; the worker finishes the demo's figures meanwhile."""
    world, zoe = World(), User.objects.create_user(ZOE, ZOE)
    report_of_demo = _demo(world, zoe)
    _start(world, zoe, _cafe(world, zoe))
    _street(world, zoe)
    _program(world, zoe)
    until = time.monotonic() + PATIENCE
    while Study.objects.filter(pk=report_of_demo, found=None).exists():
        assert time.monotonic() < until, "the worker did not work the figures out"
        time.sleep(0.2)
    world.told["tried"] = _tried(world)
    return world


def _demo(world: World, zoe: User) -> int:
    """A year of a café. Answers with the report that the worker works out."""
    shop, now = demo.build(now=timezone.now()), timezone.now()
    staff.add_owner(shop, zoe)
    asked = studies.begin(shop, MeasuresAsked(report.VERSION)).pk
    alice = Card.objects.filter(customer__business=shop).order_by("pk")[0]
    gone = Customer.objects.filter(business=shop, name__gt="C").order_by("name")[3]
    recycle_bin.put(shop, [gone.pk], at=now, staff=None)
    world.signed_in("demo", zoe, shop)
    experiments.start(shop, "coffee-more", seed="a seed drawn by chance", now=now)
    world.at_counter("till", shop.staff.get(name="Diego"), demo.PIN)
    world.told |= {
        "demo": shop.slug,
        "demo_key": shop.counter_key,
        "demo_card": alice.token,
        "demo_alice": alice.customer_id,
        "binned": gone.pk,
    }
    return asked


def _tried(world: World) -> int:
    """What if the demo gave points? Asked on the page, worked out by the worker."""
    shop = Business.objects.get(slug=world.told["demo"])
    client = world.signed_in("demo", User.objects.get(username=ZOE), shop)
    asked = {
        "program": "template:points",
        "stretch": "90 days",
        "choice": "soonest",
        "chance": "100",
        "worth": "0,25",
    }
    answer = client.post("/program/what-if", asked, HTTP_ACCEPT_LANGUAGE="fr")
    assert answer.status_code == 302, answer.content.decode()
    named = {"name": "Nos meilleurs clients", "kind": "live"}
    assert client.post("/measures/segments/vip/audience", named).status_code == 302
    key = int(answer["Location"].rpartition("/")[2])
    until = time.monotonic() + PATIENCE
    while Study.objects.filter(pk=key, found=None, failed=False).exists():
        assert time.monotonic() < until, "the worker did not try it"
        time.sleep(0.2)
    return key


def _cafe(world: World, zoe: User) -> Business:
    """A stamp card with a few members, each in a state of their own; and one without anybody."""
    now = timezone.now()
    empty, shop = make_shop("Chez Léa"), make_shop("Café des Amis")
    for one in (empty, shop):
        staff.add_owner(one, zoe)
    own = shop.staff.get(user=zoe)
    fresh = world.signed_in("fresh", zoe, empty)
    session = fresh.session
    session[access.FIRST_PIN] = {"business": empty.pk, "pin": "482915"}
    session.save()
    diego = staff.add_cashier(shop, name="Diego", pin="4711")
    staff.add_cashier(empty, name="Emma", pin="4711")
    full, alone = (
        make_member(shop, name, f"{name[:5]}@example.org".lower())
        for name in (LONG, "Alice Martin")
    )
    twin = make_member(shop, "Alice Martin", "alice2@example.org")
    emma, bruno = (
        make_member(shop, name, f"{name[:4]}@example.org".lower())
        for name in ("Alice Rossi", "Bruno Petit")
    )
    for who, count in ((full, 10), (alone, 3), (emma, 10), (bruno, 9)):
        made.post(shop, who, facts.Visit(quantity=count), at=timezone.now())
    full.note, full.birth_day, full.birth_month = "Sans lactose, toujours", now.day, now.month
    full.save()
    lost = make_member(shop, "Diego", "diego@example.org")
    revoked = lost.cards.get()
    Card.objects.filter(pk=revoked.pk).update(revoked_at=now)
    erased = make_member(shop, "Chiara", "chiara@example.org")
    erasing.erase(erased, at=now)
    keys.make(shop, name="La caisse", scope=ApiKey.Scope.TILL, by=own, at=now)
    _told(world, shop, own)
    manager = _entered(world, shop, own)
    client = world.at_counter("counter", diego, "4711")
    client.post(f"/s/{shop.counter_key}/new", {"name": "Farid", "contact": ""})
    farid = Customer.objects.get(business=shop, name="Farid")
    _code, text = tills.show(shop, diego, quantity=2, at=now + timedelta(days=1))
    event = ledger.post(
        shop.pk,
        [ledger.Fact(customer=alone.pk, at=timezone.now(), what=facts.Visit(), source="counter")],
        now=timezone.now(),
    )[0].event
    world.told |= {
        "slug": shop.slug,
        "empty": empty.slug,
        "empty_key": empty.counter_key,
        "key": shop.counter_key,
        "diego": diego.pk,
        "manager": manager.pk,
        "full": full.pk,
        "full_card": full.cards.get().token,
        "full_number": full.member.number,
        "alice": alone.pk,
        "alice_card": alone.cards.get().token,
        "twin": twin.pk,
        "emma_card": emma.cards.get().token,
        "bruno_stamped": bruno.pk,
        "event": event,
        "farid": farid.pk,
        "revoked": revoked.token,
        "confirm": _letter(alone, now),
        "scanned": cards.code(alone.cards.get(), at=now),
        "till_code": text,
        **_imports(shop),
        **_connected(shop, alone, now),
    }
    return shop


def _entered(world: World, shop: Business, owner: Staff) -> Staff:
    """The browsers of a manager, of a stranger and of the owner."""
    mara = User.objects.create_user("mara@example.org", "mara@example.org")
    manager = staff.admit(shop, mara, Staff.Role.MANAGER, by=owner, at=timezone.now())
    world.signed_in("manager", mara, shop)
    world.signed_in("stranger", User.objects.create_user("nobody@example.org"), shop)
    assert owner.user is not None
    world.signed_in("owner", owner.user, shop)
    return manager


def _connected(shop: Business, customer: Customer, now: datetime) -> dict[str, int]:
    """A web shop that told this and that, and one that was connected just now."""
    web, new = (
        connecting.connect(
            shop, kind=kind, name=name, address=address, credentials=keys, by=None, at=now
        )[0]
        for kind, name, address, keys in (
            ("square", "La caisse du marché", "production", {"access_token": "x"}),
            ("square", "Square", "sandbox", {}),
        )
    )
    connecting.change(web, secret="kept", by=None, at=now)
    Shop.objects.filter(pk=web.pk).update(heard_at=now, asked_at=now)
    ShopOrder.objects.create(shop=web, number="CAISENgvlJ6jLWAzERDzjyHVybY", customer=customer)
    rows = (
        ("done", "posted", "", "CAISENgvlJ6jLWAzERDzjyHVybY"),
        ("done", "refunded", "", "CAISENgvlJ6jLWAzERDzjyHVybY"),
        ("done", "nobody", "", "03O3USaPaAaFnI6kkwB1JxGgBsUZY"),
        ("failed", "refused", "currency", "eA3vssLHKJrv9H0IdJCM3gNqfdcZY"),
        ("failed", "field", "total_money", ""),
        ("waiting", "", "rights", "haOyDuHiqtAXMk0d8pDKXpL7Jg4F"),
    )
    for place, (state, became, said, number) in enumerate(rows):
        ShopMessage.objects.create(
            shop=web,
            received_at=now + timedelta(minutes=place),
            state=state,
            became=became,
            said=said,
            number=number,
        )
    return {"web_shop": web.pk, "new_shop": new.pk}


def _letter(customer: Customer, now: datetime) -> str:
    """What a letter's link carries: a ticked box waits for it."""
    address = Identity.objects.get(customer=customer, kind="email")
    consents.record(
        customer, purpose="marketing", channel="email", granted=False, pending=True,
        wording="Recevoir les nouvelles", source="join", at=now,
    )  # fmt: skip
    return signing.dumps(["confirm", address.pk], salt=letters.SALT)


def _imports(shop: Business) -> dict[str, int]:
    """A list in each of the states that a screen shows."""
    found = brought.balances(shop)
    for state in ("columns", "checked", "checking", "running", "finished", "undone", "failed"):
        one = Import(business=shop, what="customers", filename="clients.csv")
        one.brought_at = timezone.now()
        one.sha256 = uploads.keep(one.pk, [LIST])
        said = reading.recognised(uploads.path(one.pk), "customers")
        said.wording = NEWS
        one.header = reading.mark(said.header)
        reading.keep(one, said)
        one.rows = reading.survey(uploads.path(one.pk), "customers", said).rows
        one.save()
        if state != "columns":
            running.look(one)
        if state in ("finished", "undone"):
            running.start(one, None, at_once=True)  # or the worker would be at it at the same time
            one.refresh_from_db()
        if state == "undone":
            running.undo(one, None)
            running.run(one.pk)
        found[f"import_{state}"] = one.pk
    for state in ("checking", "running", "failed"):  # only one of a shop is ever at work
        kept, failed = ("running", True) if state == "failed" else (state, False)
        mine = Import.objects.filter(pk=found[f"import_{state}"])
        mine.update(state=kept, done=40, failed=failed)
    return found


def _start(world: World, zoe: User, shop: Business) -> None:
    """First runs on their way: at the sentence, at other ideas, at the code; a code to sign in."""
    told = {"name": "Le Petit Comptoir", "kind": "cafe", "country": "FR"}
    for name, idea in (
        ("starter", ""),
        ("pointer", "template:points"),
        ("known", "known:starbucks"),
    ):
        client = world.signed_in(name, zoe, shop)
        assert client.post("/start", told).status_code == 302
        if idea:
            client.post("/start/ideas/take", {"idea": idea})
        world.keep(name, client)
    for name, path in (("saver", ""), ("coder", "/start/save")):
        client = world.signed_in(name, zoe, shop)
        client.post("/start", told)
        answer = client.post("/start/sentence", {"count": "10", "item": "cafés"})
        assert answer.status_code == 302, answer.content.decode()
        if path:
            assert client.post(path, {"email": "lea@example.org"}).status_code == 302
        world.keep(name, client)
    client = Client(SERVER_NAME="localhost")
    assert client.post("/sign-in", {"email": ZOE}).status_code == 302
    world.keep("code", client)


def _told(world: World, shop: Business, own: Staff) -> None:
    """Another system that took what it was told of, and one that was paused."""
    now = timezone.now()
    live, paused = (
        endpoints.make(
            shop,
            url=f"https://{host}/habitue/in?site=cafe-des-amis-de-la-tres-longue-rue&key=4711",
            types=[kinds.CUSTOMER_ERASED],
            description=called,
            by=own,
            at=now,
            resolve=lambda *_: ["93.184.216.34"],
        )
        for host, called in (("shop.example", "La boutique en ligne"), ("mail.example", ""))
    )
    assert isinstance(live, endpoints.Made)
    assert isinstance(paused, endpoints.Made)
    pausing.pause(paused.endpoint.pk, Endpoint.Paused.FAILING, at=now)
    for place, (kind, state) in enumerate(
        (
            (kinds.EVENT_POSTED, "delivered"),
            (kinds.TIER_CHANGED, "failed"),
            (kinds.TEST, "delivered"),
        )
    ):
        message = endpoints.test(live.endpoint, at=now)
        Message.objects.filter(pk=message.pk).update(type=kind, state=state, attempts=1 + place)
        Attempt.objects.create(message=message, at=now, milliseconds=15_000, error="timeout")
        if state == "delivered":
            Attempt.objects.create(
                message=message, at=now, milliseconds=87, status=200, answer='{"taken":true}'
            )
    waits = endpoints.test(paused.endpoint, at=now)
    world.told |= {
        "webhook": live.endpoint.pk,
        "paused_webhook": paused.endpoint.pk,
        "told": message.pk,
        "waits": waits.pk,
    }


def _street(world: World, zoe: User) -> None:
    """A shop with everything beyond points, in the middle of its life, and one at its beginning."""
    street = Street(zoe)
    quiet = made.make_town("Le Quartier calme")
    staff.add_owner(quiet, zoe)
    world.signed_in("street", zoe, street.shop)
    world.signed_in("quiet", zoe, quiet)
    diego = staff.add_cashier(street.shop, name="Diego", pin="4711")
    baker = staff.add_cashier(street.shop, name="Le boulanger", pin="4711", partner="bakery")
    world.at_counter("street-counter", diego, "4711")
    world.at_counter("partner-counter", baker, "4711")
    world.told |= {
        "street": street.shop.slug,
        "street_key": street.shop.counter_key,
        "neighbor": street.alice.pk,
        "neighbor_card": street.alice.cards.get().token,
        "bruno": street.bruno.pk,
        "token": street.token,
        "month": street.month,
        "day": street.day,
    }


class Street:
    """A shop in the middle of its life: draws, partners, a cause, a fee, a household."""

    def __init__(self, zoe: User) -> None:
        day, noon = made.yesterday()
        self.shop = made.make_town(
            "Le Quartier et les Amis de la Très Longue Rue", made.TOWN + FEE + BENEFITS
        )
        self.alice = self._member("Alice Martin-Desrousseaux", noon)
        self.bruno = self._member("Bruno", noon)
        now = timezone.now()
        draws.confirm(self.shop.pk, country="FR", by="zoe", now=noon)
        draws.open_period(self.shop.pk, "daily", day, now=noon)
        draws.open_due(self.shop.pk, now=now)
        for who in (self.alice, self.bruno):
            made.buys(self.shop, who, 6_000, at=noon)
        made.buys(self.shop, self.alice, 2_450, partner="bakery")
        made.post(self.shop, self.alice, facts.Redemption("tree"), at=timezone.now())
        draws.close(self.shop.pk, "daily", day, now=now)
        draws.reveal(self.shop.pk, "daily", day, now=now)
        households.join(self.shop.pk, self.alice.pk, self.bruno.pk, now=now)
        payments.record(
            self.shop.pk, "partner", "bakery",
            money=10, day=now.date(), reference="B-2026-11", now=now, note="Virement",
        )  # fmt: skip
        self.token = partners.issue(self.shop, "bakery", at=now)
        self.month, self.day = f"{now:%Y-%m}", day.isoformat()
        staff.add_owner(self.shop, zoe)

    def _member(self, name: str, before: datetime) -> Customer:
        who = made.make_neighbor(self.shop, name.split()[0])
        who.name = name
        who.save()
        made.post(self.shop, who, facts.FeePaid(4_900, "EUR"), at=before)
        return who


def _program(world: World, zoe: User) -> None:
    """Points, levels and a promotion, to hold from tomorrow on; a draft of what follows."""
    shop, today = make_shop("Le Salon de thé"), timezone.localdate()
    staff.add_owner(shop, zoe)
    dates = DOUBLE.format(today - timedelta(days=10), today + timedelta(days=20))
    text = POINTS.replace("worth: 0.05,", "worth: 0.05, qualifying: true, redeemable: true,")
    text = text.replace("rewards:", dates) + LEVELS
    published = ledger.publish(shop.pk, text, since=today + timedelta(days=1))
    assert not published.problems, published.problems
    client = world.signed_in("editor", zoe, shop)
    work = drafts.current(shop)
    assert drafts.keep(shop, work, work.text.replace("275", "120"), revision=work.revision)
    sent = {"text": text, "since": (today + timedelta(days=2)).isoformat()}
    answer = client.post("/program/publish", sent)
    assert answer.status_code == 302, answer.content.decode()
    world.told["draft"] = answer["Location"].rpartition("/")[2]
