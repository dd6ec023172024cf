"""One spelling per identity, so that one person is found however the address was typed."""

import unicodedata

import phonenumbers

from habitue.members.models import Identity

MAX_LENGTH = 254


def normalise(kind: str, value: str, *, country: str) -> str | None:
    """The stored form of an identity, or None when the value cannot be one.

    E-mail: case-folded with the host in ASCII (IDNA). Phone: E.164, read with the business's
    country where no + is given. External and card numbers: without spaces around them.
    """
    text = unicodedata.normalize("NFC", value).strip()
    if not text or len(text) > MAX_LENGTH or not text.isprintable():
        return None
    match kind:
        case Identity.Kind.EMAIL:
            return _email(text)
        case Identity.Kind.PHONE:
            return _phone(text, country)
        case Identity.Kind.NUMBER:
            return _number(text)
        case Identity.Kind.EXTERNAL:
            return text
    raise ValueError(f"{kind!r} is no kind of identity")


def guess_kind(value: str) -> str:
    """Whether what a person typed into one field is an e-mail or a phone number."""
    return Identity.Kind.EMAIL if "@" in value else Identity.Kind.PHONE


def _email(text: str) -> str | None:
    local, at, host = text.rpartition("@")
    if not at or not local or any(character.isspace() for character in text):
        return None
    try:
        host = host.casefold().encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if "." not in host.strip(".") or host.startswith(".") or "@" in local:
        return None
    return f"{local.casefold()}@{host}"


def _phone(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _number(text: str) -> str | None:
    """A member's number, forgiving what people mix up when they read it aloud."""
    plain = "".join(text.upper().split()).replace("-", "")
    plain = plain.translate(str.maketrans("OIL", "011"))
    return plain if plain.isalnum() and plain.isascii() else None
