"""The demo's door: it asks the worker, tells the state, lets a guest in and nothing else."""

import pytest
from django.db import connection
from django.test import Client

from habitue.members.models import Business, Staff
from habitue.pages.start import demo
from tests.pages.conftest import make_member, make_shop

pytestmark = pytest.mark.django_db


def job(status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status", [status]
        )


@pytest.fixture
def built(client: Client) -> Business:
    """As after the worker's work."""
    client.post("/demo/begin")
    job("succeeded")
    shop = make_shop("Café des Amis")
    Business.objects.filter(pk=shop.pk).update(is_demo=True)
    return shop


def test_pressing_twice_asks_the_worker_once(client: Client) -> None:
    for _ in range(2):
        assert client.post("/demo/begin").headers["Location"] == "/demo"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [demo.TASK])
        assert cursor.fetchone() == (1,)
    text = client.get("/demo").content.decode()
    assert "every 2s" in text
    assert "ne répond pas" in text  # no worker runs in this test, and the page says so


def test_a_failure_is_told_with_a_button(client: Client) -> None:
    client.post("/demo/begin")
    job("failed")
    text = client.get("/demo").content.decode()
    assert "a échoué" in text
    assert "Réessayer" in text


def test_a_guest_sees_the_demo_only_and_leaves_it(client: Client, built: Business) -> None:
    make_member(built, "Alice", "a@example.org")
    assert "Entrer" in client.get("/demo").content.decode()
    assert client.post("/demo/look").headers["Location"] == "/"
    text = client.get("/").content.decode()
    assert "Ceci est une démonstration" in text
    assert [one.business for one in Staff.objects.filter(user__username=demo.GUEST)] == [built]
    assert client.post("/demo/leave").headers["Location"] == "/start"
    assert client.get("/").headers["Location"] == "/start"


def test_an_owner_comes_back_to_their_own_shop(client: Client, built: Business) -> None:
    from django.contrib.auth.models import User

    from habitue.members import staff

    mine = make_shop("Chez Léa")
    user = User.objects.create_user("lea@example.org")
    staff.add_owner(mine, user)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/demo/look")
    assert "Ceci est une démonstration" in client.get("/").content.decode()
    client.post("/demo/leave")
    assert "Chez Léa" in client.get("/").content.decode()


def test_nobody_goes_in_before_it_is_built(client: Client) -> None:
    assert client.post("/demo/look").headers["Location"] == "/demo"
    assert "Créer la démonstration" in client.get("/demo").content.decode()
