"""Google's pass: one link, whose last part is a token that a service account signed.

The token is a JWT (RS256) of audience `google` and type `savetowallet` that carries the loyalty
class and object themselves, so that nothing has to be asked of Google before (Google Wallet API,
"JWT"). Google shows the card as it was when the link was followed.
"""

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from habitue.connectors.wallets.passes import Pass

SAVE: Final = "https://pay.google.com/gp/v/save/"


class Account(Struct, frozen=True):
    """A service account, and the issuer for whom it signs."""

    email: str
    key: rsa.RSAPrivateKey
    issuer: str


def account(file: Path, issuer: str) -> Account:
    """Read a service account's JSON file. ValueError says what is wrong."""
    try:
        given = json.loads(file.read_bytes())
        key = load_pem_private_key(given["private_key"].encode(), None)
        email = str(given["client_email"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"The file for Google's passes cannot be read: {error}") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("The key for Google's passes is not an RSA key.")
    if not issuer.isascii() or not issuer.isdigit():
        raise ValueError("The issuer for Google's passes is a number, as its console shows it.")
    return Account(email, key, issuer)


def link(card: Pass, by: Account, *, kind: str, logo: str, origin: str, now: datetime) -> str:
    """The address that offers the card to Google's wallet; `kind` names the shop's class."""
    claims = {
        "iss": by.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "origins": [origin],
        "payload": {
            "loyaltyClasses": [_class(card, by, kind, logo)],
            "loyaltyObjects": [_object(card, by, kind)],
        },
    }
    return SAVE + _signed(claims, by.key)


def _class(card: Pass, by: Account, kind: str, logo: str) -> dict[str, Any]:
    return {
        "id": f"{by.issuer}.{kind}",
        "issuerName": card.shop,
        "programName": card.shop,
        "programLogo": {"sourceUri": {"uri": logo}},
        "hexBackgroundColor": "#{:02x}{:02x}{:02x}".format(*card.color),
        "reviewStatus": "UNDER_REVIEW",
    }


def _object(card: Pass, by: Account, kind: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": f"{by.issuer}.{card.serial}",
        "classId": f"{by.issuer}.{kind}",
        "state": "ACTIVE",
        "accountId": card.number,
        "accountName": card.holder or card.number,
        "loyaltyPoints": {"label": card.label, "balance": {"string": card.balance}},
        "textModulesData": [{"id": "promise", "header": card.shop, "body": card.promise}],
        "linksModuleData": {"uris": [{"id": "card", "uri": card.address}]},
    }
    if card.code:
        made["barcode"] = {"type": "QR_CODE", "value": card.code, "alternateText": card.number}
    return made


def _signed(claims: dict[str, Any], key: rsa.RSAPrivateKey) -> str:
    head = _part(json.dumps({"alg": "RS256", "typ": "JWT"}).encode())
    text = f"{head}.{_part(json.dumps(claims, ensure_ascii=False).encode())}"
    return f"{text}.{_part(key.sign(text.encode(), padding.PKCS1v15(), SHA256()))}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
