"""`habitue owner`: a business that an import made gets someone who may sign in."""

import pytest
from django.test import Client

from habitue.members import businesses, staff
from habitue.members.models import Business
from habitue.pages import account

pytestmark = pytest.mark.django_db


def imported() -> Business:
    return businesses.create(slug="till", name="Till", kind="shop", country="FR")


def test_an_import_alone_does_not_close_the_first_page(client: Client) -> None:
    shop = imported()
    assert client.get("/").headers["Location"] == "/start"
    assert client.get("/start").status_code == 200
    staff.add_owner(shop, account.user_of("chloe@example.org"))
    assert client.get("/start").headers["Location"] == "/sign-in"


def test_the_owner_of_an_imported_shop_sees_it(client: Client) -> None:
    shop = imported()
    user = account.user_of("chloe@example.org")
    staff.add_owner(shop, user)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 200
    assert staff.owned(user) == [shop]
