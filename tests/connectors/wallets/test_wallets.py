"""Passes for wallets, checked by others than made them: openssl and a bare RSA key."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from PIL import Image

from habitue.connectors.wallets import apple, google
from habitue.connectors.wallets.passes import Pass

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
CARD = Pass(
    serial="123",
    shop="Café des Amis “&” <Söhne>",
    holder="Alice",
    number="1234 5678",
    label="Tampons",
    balance="7 sur 10",
    promise="Après 10 cafés, le 11e est offert",
    address="https://club.example/c/secret",
)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate(
    subject: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer: x509.Name,
    by: rsa.RSAPrivateKey,
    *,
    ca: bool,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(by, SHA256())
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What Apple's console hands out, made by an Apple of our own."""
    folder = tmp_path_factory.mktemp("apple")
    authority, own = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    above = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Our own WWDR")])
    below = x509.Name(
        [
            x509.NameAttribute(NameOID.USER_ID, "pass.example.habitue"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "ABCDE12345"),
        ]
    )
    between = certificate(above, authority, above, authority, ca=True)
    leaf = certificate(below, own, above, authority, ca=False)
    (folder / "pass.pem").write_bytes(leaf.public_bytes(Encoding.PEM) + pem(own))
    (folder / "wwdr.pem").write_bytes(between.public_bytes(Encoding.PEM))
    return folder / "pass.pem", folder / "wwdr.pem"


def opened(content: bytes, folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
        return {name: archive.read(name) for name in archive.namelist()}


def openssl(folder: Path, wwdr: Path) -> subprocess.CompletedProcess[bytes]:
    command = ["openssl", "smime", "-verify", "-inform", "DER", "-in", "signature"]
    command += [
        "-content",
        "manifest.json",
        "-CAfile",
        str(wwdr),
        "-purpose",
        "any",
        "-out",
        "seen",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def test_openssl_accepts_the_signature_over_every_file(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    inside = opened(apple.build(CARD, apple.signer(*files)), tmp_path)
    done = openssl(tmp_path, files[1])
    assert done.returncode == 0, done.stderr
    sums = json.loads((tmp_path / "seen").read_bytes())
    assert set(sums) == set(inside) - {"manifest.json", "signature"}
    for name, said in sums.items():
        assert hashlib.sha1(inside[name]).hexdigest() == said

    (tmp_path / "manifest.json").write_bytes(inside["manifest.json"].replace(b'"', b"'", 1))
    assert openssl(tmp_path, files[1]).returncode != 0


def test_the_pass_says_whose_it_is_and_what_is_on_it(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    inside = opened(apple.build(CARD, apple.signer(*files)), tmp_path)
    face = json.loads(inside["pass.json"])
    assert (face["passTypeIdentifier"], face["teamIdentifier"]) == (
        "pass.example.habitue",
        "ABCDE12345",
    )
    assert face["organizationName"] == CARD.shop
    assert face["storeCard"]["primaryFields"][0]["value"] == "7 sur 10"
    assert face["storeCard"]["backFields"][0]["value"] == CARD.address
    assert "barcodes" not in face
    for name, side in apple.ICONS.items():
        assert Image.open(io.BytesIO(inside[name])).size == (side, side)


def test_only_a_printed_code_stands_on_a_pass(files: tuple[Path, Path], tmp_path: Path) -> None:
    from msgspec.structs import replace

    printed = replace(CARD, code="0" * 36)
    face = json.loads(opened(apple.build(printed, apple.signer(*files)), tmp_path)["pass.json"])
    assert face["barcodes"][0]["message"] == "0" * 36


def service(key: rsa.RSAPrivateKey, folder: Path) -> google.Account:
    file = folder / "service.json"
    given = {"client_email": "wallet@example.iam", "private_key": pem(key).decode()}
    file.write_text(json.dumps(given))
    return google.account(file, "3388000000012345678")


def unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_googles_link_is_one_signed_token(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    link = google.link(
        CARD,
        service(key, tmp_path),
        kind="shop-7",
        logo="https://club.example/icon.png",
        origin="https://club.example",
        now=NOW,
    )
    head, claims, signature = link.removeprefix(google.SAVE).split(".")
    text = f"{head}.{claims}".encode()
    key.public_key().verify(unpacked(signature), text, padding.PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        key.public_key().verify(unpacked(signature), text + b"x", padding.PKCS1v15(), SHA256())
    assert json.loads(unpacked(head)) == {"alg": "RS256", "typ": "JWT"}
    said = json.loads(unpacked(claims))
    assert (said["aud"], said["typ"], said["iss"]) == (
        "google",
        "savetowallet",
        "wallet@example.iam",
    )
    (card,) = said["payload"]["loyaltyObjects"]
    assert card["loyaltyPoints"]["balance"]["string"] == "7 sur 10"
    assert card["classId"] == said["payload"]["loyaltyClasses"][0]["id"]
    assert "barcode" not in card


@pytest.mark.parametrize("content", [b"", b"no pem", b"{}", b"[1]", b'{"private_key": 3}'])
def test_wrong_files_are_a_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read"):
        apple.signer(file, file)
    with pytest.raises(ValueError, match="cannot be read"):
        google.account(file, "1")
    with pytest.raises(ValueError, match="cannot be read"):
        apple.signer(tmp_path / "missing", file)


def test_a_certificate_of_nobody_and_an_issuer_without_number_are_refused(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    own = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    made = certificate(name, own, name, own, ca=False)
    file = tmp_path / "other.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM) + pem(own))
    with pytest.raises(ValueError, match="no pass type"):
        apple.signer(file, files[1])
    file.write_bytes(made.public_bytes(Encoding.PEM) + pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(ValueError, match="RSA"):
        apple.signer(file, files[1])
    service(own, tmp_path)
    with pytest.raises(ValueError, match="number"):
        google.account(tmp_path / "service.json", "abc")
