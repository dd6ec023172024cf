"""Apple's pass: a zip of `pass.json`, pictures, their SHA-1 sums and a signature over those.

The signature is PKCS #7, detached, DER, with the signing time, by a Pass Type ID certificate and
with Apple's intermediate beside it (Apple, "Building a Pass"). Which team and which type of pass
it is stands in the certificate's own subject (OU and UID), so nothing else is to be set.
"""

import hashlib
import io
import json
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7
from cryptography.x509.oid import NameOID
from msgspec import Struct
from PIL import Image, ImageDraw

from habitue.connectors.wallets.passes import Pass

TYPE: Final = "application/vnd.apple.pkpass"
ICONS: Final = {"icon.png": 29, "icon@2x.png": 58, "icon@3x.png": 87}
INK: Final = (255, 249, 242)


class Signer(Struct, frozen=True):
    """A Pass Type ID certificate with its key, and Apple's intermediate."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    between: x509.Certificate

    @property
    def kind(self) -> str:
        """The pass type identifier, such as `pass.example.card`."""
        return _part(self.certificate, NameOID.USER_ID)

    @property
    def team(self) -> str:
        return _part(self.certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)


def signer(own: Path, intermediate: Path) -> Signer:
    """Read both files (PEM; the first holds certificate and key). ValueError says what is wrong."""
    try:
        content = own.read_bytes()
        key = load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
        between = x509.load_pem_x509_certificate(intermediate.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"The files for Apple's passes cannot be read: {error}") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("The key for Apple's passes is not an RSA key.")
    made = Signer(certificate, key, between)
    if not made.kind or not made.team:
        raise ValueError("The certificate for Apple's passes names no pass type and team.")
    return made


def build(card: Pass, by: Signer) -> bytes:
    """The .pkpass file."""
    files = {"pass.json": json.dumps(_face(card, by), ensure_ascii=False).encode()}
    files |= {name: icon(side, card.color) for name, side in ICONS.items()}
    sums = {name: hashlib.sha1(content).hexdigest() for name, content in files.items()}
    manifest = json.dumps(sums).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", manifest)
        archive.writestr("signature", _signature(manifest, by))
    return out.getvalue()


def _face(card: Pass, by: Signer) -> dict[str, Any]:
    face: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": by.kind,
        "teamIdentifier": by.team,
        "serialNumber": card.serial,
        "organizationName": card.shop,
        "description": card.shop,
        "logoText": card.shop,
        "backgroundColor": f"rgb{card.color}",
        "foregroundColor": f"rgb{INK}",
        "labelColor": f"rgb{INK}",
        "storeCard": {
            "headerFields": [{"key": "number", "label": "№", "value": card.number}],
            "primaryFields": [{"key": "balance", "label": card.label, "value": card.balance}],
            "secondaryFields": [
                {"key": "promise", "label": card.holder or card.shop, "value": card.promise}
            ],
            "backFields": [{"key": "card", "label": card.shop, "value": card.address}],
        },
    }
    if card.code:
        code = {"format": "PKBarcodeFormatQR", "message": card.code, "altText": card.number}
        face["barcodes"] = [{**code, "messageEncoding": "iso-8859-1"}]
    return face


def _signature(manifest: bytes, by: Signer) -> bytes:
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(by.certificate, by.key, SHA256())
        .add_certificate(by.between)
        .sign(Encoding.DER, options)
    )


@lru_cache(maxsize=64)
def icon(side: int, color: tuple[int, int, int]) -> bytes:
    """A square in the shop's color with a stamp's ring: PNG."""
    large = 4 * side  # drawn large and made small: smooth edges
    picture = Image.new("RGB", (large, large), color)
    rim, width = large * 0.2, max(1, round(large * 0.09))
    ImageDraw.Draw(picture).ellipse((rim, rim, large - rim, large - rim), outline=INK, width=width)
    out = io.BytesIO()
    picture.resize((side, side), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _part(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(kind)
    return str(found[0].value) if found else ""
