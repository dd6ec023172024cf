"""What the settings promise to a browser, and to a person without a mail server."""

import logging
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


def test_pages_allow_nothing_from_outside_and_nothing_inline(client: Client) -> None:
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert directives["frame-ancestors"] == "'none'"


def test_cookies_are_closed_to_scripts(client: Client) -> None:
    cookies = client.get("/sign-in").cookies
    assert cookies
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in cookies.values())


def test_without_a_mail_server_a_mail_is_a_file_and_the_log_says_where(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = {"EMAIL_BACKEND": "habitue.site.outbox.Backend", "EMAIL_FILE_PATH": tmp_path / "out"}
    with override_settings(**outbox), caplog.at_level(logging.INFO, "habitue"):
        mail.send_mail("Code", "123456", None, ["alice@example.com"])
    (file,) = (tmp_path / "out").iterdir()
    assert "123456" in file.read_text()
    assert str(tmp_path / "out") in caplog.text
    assert "alice" not in caplog.text
