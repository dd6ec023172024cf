"""The real product for the browser: `habitue start`, a mail server, a camera made of film."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from email.message import Message
from pathlib import Path

import numpy as np
import segno
import zxingcpp
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Playwright

from tests import ports

PATIENCE = 120.0
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CAMERA = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--use-file-for-fake-video-capture={}",
]


class Letters(MessageHandler):
    """An SMTP server that keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Message] = []
        self.held = ports.held()
        self.controller = Controller(self, hostname="127.0.0.1", port=ports.number(self.held))

    def handle_message(self, message: Message) -> None:
        self.kept.append(message)

    def code(self) -> str:
        """The six digits of the newest letter, waiting until it is there."""
        until = time.monotonic() + PATIENCE
        while not self.kept:
            assert time.monotonic() < until, "no letter came"
            time.sleep(0.05)
        body = self.kept.pop().get_payload(decode=True)
        assert isinstance(body, bytes)
        found = re.search(rb"\b\d{6}\b", body)
        assert found
        return found[0].decode()


class Product:
    """A running Habitué in a folder and at a port of its own."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="habitue-browser-", dir="/tmp"))
        self._held = ports.held()
        self.port = ports.number(self._held)
        self.letters = Letters()
        self.tree: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Start mail server and tree; wait until all of it lives."""
        self.letters.controller.start()
        own = {
            "HABITUE_HOME": str(self.home),
            "PORT": str(self.port),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.letters.controller.port}",
        }
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        log = (self.home / "browser-tests.log").open("wb")
        self.tree = subprocess.Popen(
            [sys.executable, "-m", "habitue", "start"],
            env={**kept, **own},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        until = time.monotonic() + PATIENCE
        while not self._healthy():
            if self.tree.poll() is not None or time.monotonic() > until:
                raise AssertionError((self.home / "browser-tests.log").read_text())
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop everything and remove the folder."""
        if self.tree is not None and self.tree.poll() is None:
            self.tree.send_signal(signal.SIGINT)
            self.tree.wait(PATIENCE)
        self.letters.controller.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        self._held.close()
        self.letters.held.close()

    def _healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/health")
                return connection.getresponse().status == 200
            except OSError:
                return False


def launch(playwright: Playwright, *, film: Path | None = None) -> Browser:
    """A Chromium that calls nobody; with a film its camera shows that."""
    path = os.environ.get("HABITUE_CHROMIUM") or None
    camera = [flag.format(film) for flag in CAMERA] if film else []
    browser: Browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *camera])
    return browser


def opening(page: Page) -> float:
    """Seconds that the page takes to open anew: how quick this machine is just now."""
    began = time.monotonic()
    page.reload()
    return time.monotonic() - began


def read_code(picture: Locator) -> str:
    """What a phone would read from a picture on the screen."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        picture.screenshot(path=file.name)
        (found,) = zxingcpp.read_barcodes(Image.open(file.name))
    return str(found.text)


def film(content: str, path: Path, *, empty: int = 0) -> Path:
    """A film of one code, held still before a grey wall: raw YUV, 640 × 480, 10 frames a second.

    Before the code comes, the wall alone stands for so many frames; then the film begins again.
    """
    width, height, frames = 640, 480, 10
    module = 8
    code = np.array(list(segno.make(content, error="m").matrix_iter(scale=module, border=4)))
    wall = np.full((height, width), 140, np.uint8)
    luma = wall.copy()
    side = code.shape[0]
    top, left = (height - side) // 2, (width - side) // 2
    luma[top : top + side, left : left + side] = np.where(code == 1, 25, 235)
    chroma = np.full(width * height // 2, 128, np.uint8).tobytes()
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        for place in range(empty + max(frames, empty)):
            shown = wall if place < empty else luma
            file.write(b"FRAME\n" + shown.tobytes() + chroma)
    return path
