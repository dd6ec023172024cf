"""Every setting is read from the environment, and each mistake is one sentence."""

import stat
from pathlib import Path

import pytest

from habitue.site import complaint, environment


def test_without_any_variable_all_has_a_value() -> None:
    env = environment.read({})
    assert (env.host, env.port, env.address) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (env.database, env.mail, env.debug) == (None, None, False)


def test_addresses_of_servers_are_taken_apart() -> None:
    env = environment.read(
        {
            "DATABASE_URL": "postgresql://u:p%40ss@db.example:6432/shop?sslmode=require",
            "EMAIL_URL": "smtp+tls://me%40x.fr:secret@mail.example",
            "PUBLIC_URL": "https://club.example/",
        }
    )
    assert env.database == {
        "host": "db.example",
        "port": 6432,
        "user": "u",
        "password": "p@ss",
        "dbname": "shop",
        "sslmode": "require",
    }
    assert env.mail == environment.Mail(
        host="mail.example", port=587, user="me@x.fr", password="secret", encryption="starttls"
    )
    assert env.address == "https://club.example"
    assert "club.example" in env.allowed_hosts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "²"),
        ("DEBUG", "perhaps"),
        ("WEBHOOKS_LOOPBACK", "perhaps"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_URL", "postgresql://host:port/x"),
        ("DATABASE_URL", "postgresql://host:0/x"),
        ("DATABASE_URL", "postgresql://host"),
        ("EMAIL_URL", "mail.example"),
        ("PUBLIC_URL", "club.example"),
        ("PUBLIC_URL", "https://club.example/path"),
        ("ALLOWED_HOSTS", "https://club.example"),
        ("WEB_THREADS", "-1"),
        ("WEB_PROCESSES", "0"),
        ("TRUSTED_PROXIES", "many"),
        ("API_KEY_OVERLAP_HOURS", "-1"),
        ("MEMBER_TOKEN_MINUTES", "0"),
        ("STAFF_TOKEN_HOURS", "1.5"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(complaint.Complaint, match=rf"^{name} .*\.$") as caught:
        environment.read({name: value})
    assert caught.value.code == complaint.Exit.SETTING
    assert "\n" not in caught.value.sentence


def test_the_secret_is_made_once_and_for_us_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    env = environment.read({"HABITUE_HOME": str(tmp_path / "home")})
    first = environment.secret(env)
    assert len(first) >= 64
    assert environment.secret(env) == first
    assert stat.S_IMODE((env.home / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in env.home.iterdir() if path.name.startswith(".")] == []


def test_a_short_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(complaint.Complaint, match="SECRET_KEY"):
        environment.secret(environment.read({"HABITUE_HOME": str(tmp_path)}))


def test_a_data_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(complaint.Complaint, match=r"^HABITUE_HOME"):
        environment.make_home(environment.read({"HABITUE_HOME": str(tmp_path / "file" / "home")}))


def test_every_setting_is_documented() -> None:
    source = Path(environment.__file__).read_text()
    names = {
        word for word in source.split('"') if (word.isupper() and "_" in word) or word in SHORT
    }
    documented = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    assert names - {name for name in names if f"`{name}`" in documented} == set()
    assert {"PORT", "HABITUE_HOME", "DATABASE_URL"} <= names


SHORT = {"PORT", "HOST", "DEBUG"}
