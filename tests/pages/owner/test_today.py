"""Today: how it goes beside the usual, what to do, figures that lead on, what happened."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils import translation
from msgspec import structs

from habitue.members import bin as recycle_bin
from habitue.members import cards, journal
from habitue.members.models import Answer, Business, CodeRefusal, Customer
from habitue.outreach import stages
from habitue.outreach.models import Stage
from habitue.pages.owner import glance, today, todo
from tests.pages.conftest import make_member
from tests.pages.measures.conftest import bring, make_history

pytestmark = pytest.mark.django_db


def seen(owner: Client, path: str = "/") -> str:
    answer = owner.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def answered(shop: Business, customer: Customer | None, score: int, *, question: str) -> None:
    Answer.objects.create(
        business=shop,
        customer=customer,
        question=question,
        score=score,
        scale=10 if question == "nps" else 5,
        answered_on=datetime.now(UTC).date(),
        source="survey",
        reference=f"{question}-{score}",
    )


def test_a_shop_that_runs_and_needs_nothing_is_told_so(owner: Client, alice: Customer) -> None:
    text = seen(owner)
    assert "Rien ne vous attend" in text
    assert 'class="todo"' not in text


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        ((40, 20, 20, 20, 20), "Une bonne semaine : 40 visites en 7 jours, 100 % de plus"),
        ((21, 20, 20, 20, 20), "Une semaine comme d’habitude"),
        ((28, 20, 20, 20, 20), "Une semaine comme d’habitude"),  # chance alone does as much
        ((2800, 2000, 2000, 2000), "Une bonne semaine"),
        ((4, 20, 20, 20, 20), "Une semaine calme : 4 visites en 7 jours, 80 % de moins"),
        ((5, 0, 0, 0), "Une bonne semaine : 5 visites"),
        ((40, 20, 20), ""),  # too young to know what is usual
        ((), ""),
    ],
)
def test_the_last_week_is_compared_with_the_usual_one(weeks: tuple[int, ...], said: str) -> None:
    with translation.override("fr"):
        told = today.beside_the_usual(weeks)
    plain = told.replace("\xa0", " ").replace("\u202f", " ")
    assert plain.startswith(said) if said else not told


def test_weeks_are_counted_back_from_yesterday(cafe: Business, alice: Customer) -> None:
    bring(cafe, {alice.pk: (40, 8, 3, 1, 0)})
    assert glance.figures(cafe, datetime.now(UTC)).weeks == (2, 1, 0, 0, 0)


def test_who_is_late_by_their_own_rhythm_is_a_thing_to_do(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    people, now = make_history(cafe), datetime.now(UTC)
    stages.keep(cafe, now=now)
    assert Stage.objects.get(customer=people["late"][0]).usual == pytest.approx(7, rel=0.5)
    Stage.objects.filter(business=cafe).update(leaking=False)
    glance.morning(cafe, now, anew=True)
    assert "/measures/leaks" not in seen(owner)
    Stage.objects.filter(customer__in=people["late"]).update(leaking=True)
    glance.morning(cafe, now, anew=True)
    text = seen(owner)
    assert "/measures/leaks" in text
    assert "1 client qui revenait" in text


def test_three_cards_at_most_the_most_pressing_first(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    with translation.override("fr"):
        made = morning_of(cafe, leaking=3, lapsing=2)
        found = todo.Signs(True, ("nps", 1, 10, "Alice"), (1, "Bruno", 4), 7, None)
        request = RequestFactory().get("/")
        request.session = owner.session
        cards_shown = todo.cards(request, made, found, date(2026, 3, 2))
    assert [one.id for one in cards_shown] == ["unhappy", "leaking", "copied"]


def morning_of(shop: Business, **given: int) -> glance.Morning:
    return structs.replace(glance.morning(shop, datetime.now(UTC)), **given)


def test_a_low_score_asks_for_a_word_and_a_high_one_does_not(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    answered(cafe, alice, 9, question="nps")
    answered(cafe, alice, 3, question="csat")
    assert "Une note basse" not in seen(owner)
    answered(cafe, alice, 2, question="nps")
    text = seen(owner)
    assert "Alice Martin a répondu 2 sur 10" in text
    assert text.count("/measures/satisfaction") == 1


def test_a_card_whose_codes_are_refused_looks_copied(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    now, card = datetime.now(UTC), alice.cards.get()
    code = cards.code(card, at=now)
    cards.read(code, business=cafe.pk, staff=None, at=now)
    cards.read(code, business=cafe.pk, staff=None, at=now)
    assert "copié" not in seen(owner), "once may be a mistake"
    cards.read(code, business=cafe.pk, staff=None, at=now)
    assert CodeRefusal.objects.count() == 2
    text = seen(owner)
    assert "copié" in text
    assert f'href="/customers/{alice.pk}"' in text


def test_rows_that_an_import_left_out_are_a_thing_to_do(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    now = datetime.now(UTC)
    journal.write(cafe, "import", at=now, what={"new": 5, "rejected": 0})
    assert "Un import à finir" not in seen(owner)
    journal.write(cafe, "import", at=now, what={"new": 5, "rejected": 3})
    assert "3 lignes du dernier import" in seen(owner)


def test_two_who_may_be_one_are_to_be_compared_until_somebody_has_said(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    again = make_member(cafe, "alice martin", "a.martin@example.org")
    for one in (alice, again):
        Customer.objects.filter(pk=one.pk).update(birth_month=5, birth_day=14)
    glance.morning(cafe, datetime.now(UTC), anew=True)
    assert "/customers/duplicates" in seen(owner)
    now, first, second = datetime.now(UTC), *sorted((alice.pk, again.pk))
    with transaction.atomic():
        one, what = Customer.objects.get(pk=first), {"other": str(second)}
        journal.write(cafe, "distinct", at=now, customer=one, what=what)
        assert "/customers/duplicates" not in seen(owner), "somebody said that they are two"
        transaction.set_rollback(True)
    recycle_bin.put(cafe, [alice.pk], at=now)
    assert "/customers/duplicates" not in seen(owner), "without waiting for the next morning"


def test_what_lapses_within_a_week_is_told_with_how_many(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    day = glance.today(cafe, datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_lot SET expires_on = %s", [day + timedelta(8)])
        cursor.execute("UPDATE ledger_account SET due_on = %s", [day + timedelta(9)])
        assert glance.morning(cafe, datetime.now(UTC), anew=True).lapsing == 0
        cursor.execute("UPDATE ledger_lot SET expires_on = %s", [day + timedelta(7)])
        cursor.execute("UPDATE ledger_account SET due_on = %s", [day + timedelta(7)])
    assert glance.morning(cafe, datetime.now(UTC), anew=True).lapsing == 1
    assert "/customers?group=lapsing" in seen(owner)
    assert "Alice Martin" in seen(owner, "/customers?group=lapsing")


def test_a_card_is_put_aside_for_today_only(cafe: Business, owner: Client, alice: Customer) -> None:
    answered(cafe, alice, 2, question="nps")
    assert owner.get("/today/aside/unhappy").status_code == 405
    assert owner.post("/today/aside/unhappy").status_code == 302
    assert "Une note basse" not in seen(owner)
    session = owner.session
    session["done_today"] |= {"day": (datetime.now(UTC).date() - timedelta(2)).isoformat()}
    session.save()
    assert "Une note basse" in seen(owner)


@pytest.mark.django_db(transaction=True)  # what is kept is compared by transactions
def test_figures_lead_to_their_measures_and_follow_what_is_told_late(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    bring(cafe, {alice.pk: (50, 20, 10)})
    text = seen(owner)
    for path in ("/measures/figure/repeat_purchase_rate", "/measures/customers/end"):
        assert f'href="{path}"' in text
    assert '"value">1<' in text.partition("Clients actifs")[2][:400].replace(" ", "")
    bruno = make_member(cafe, "Bruno Bianchi", "bruno@example.org")
    bring(cafe, {bruno.pk: (5,)})  # told today, of five days ago
    after = seen(owner).partition("Clients actifs")[2][:400].replace(" ", "")
    assert '"value">2<' in after, "what is kept does not hold once its past has changed"


def test_lights_say_what_to_do_when_the_worker_is_silent(owner: Client, alice: Customer) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        assert "silencieux" in seen(owner, "/today/lights")
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        assert "en marche" in seen(owner, "/today/lights")
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '16 seconds'"
        )
    assert "silencieux" in seen(owner, "/today/lights")
    assert 'hx-trigger="every 20s"' in seen(owner)


def test_what_happened_last_names_the_nameless_by_a_number_and_nobody_of_the_bin(
    cafe: Business, owner: Client, alice: Customer
) -> None:
    Customer.objects.filter(pk=alice.pk).update(name="")
    assert alice.member.number in seen(owner)
    recycle_bin.put(cafe, [alice.pk], at=datetime.now(UTC))
    assert alice.member.number not in seen(owner)
