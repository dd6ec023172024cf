"""The door itself: addresses, methods, credentials, strictness."""

import pytest

from tests.api import world
from tests.api.asking import ask

pytestmark = pytest.mark.django_db


def test_a_key_opens_its_own_business(cafe: world.Place, next_door: world.Place) -> None:
    for place in (cafe, next_door):
        told = ask("GET", "/business", key=place.read)
        assert told.status == 200
        assert told.json["id"] == str(place.business.pk)


@pytest.mark.parametrize("key", ["", "hk_owner_nobody", "Bearer", "hk_owner_\u00e9"])
def test_without_a_credential_nothing_is_told(cafe: world.Place, key: str) -> None:
    told = ask("GET", "/business", key=key)
    assert told.status == 401
    assert told.json["code"] == "credential"
    assert told.headers["WWW-Authenticate"] == "Bearer"


def test_an_answer_has_a_tag_and_is_not_sent_twice(cafe: world.Place) -> None:
    first = ask("GET", "/business", key=cafe.read)
    again = ask("GET", "/business", key=cafe.read, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.raw) == (304, b"")
    for known in ("*", f'"other", {first.headers["ETag"]}'):
        again = ask("GET", "/business", key=cafe.read, headers={"If-None-Match": known})
        assert (again.status, again.raw) == (304, b"")
    absent = ask("GET", "/customers/external:nobody", key=cafe.read, headers={"If-None-Match": "*"})
    assert absent.status == 404


def test_an_address_or_method_that_is_not_there_says_so(cafe: world.Place) -> None:
    assert ask("GET", "/nowhere", key=cafe.read).status == 404
    told = ask("DELETE", "/business", key=cafe.read)
    assert told.status == 405
    assert "GET" in told.headers["Allow"]


def test_a_parameter_nobody_asked_for_is_refused(cafe: world.Place) -> None:
    told = ask("GET", "/business?debug=1", key=cafe.read)
    assert told.status == 422
    assert told.json["errors"][0]["pointer"] == "/query/debug"
