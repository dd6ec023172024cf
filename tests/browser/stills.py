"""Fifty photos of cards as people take them: turned, blurred, dim, askew. Always the same ones."""

import base64
import io
import math
import random
from collections.abc import Iterator

import numpy as np
import segno
from PIL import Image, ImageEnhance, ImageFilter

SEED = 20_261_122
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WIDTH, HEIGHT = 640, 480


def stills(count: int = 50) -> Iterator[tuple[str, str]]:
    """Each code, and a photo of it as a data address."""
    chance = random.Random(SEED)
    for _ in range(count):
        code = "".join(chance.choice(ALPHABET) for _ in range(36))
        yield code, _address(_photo(code, chance), quality=chance.randint(45, 90))


def _photo(code: str, chance: random.Random) -> Image.Image:
    """A phone's screen with a code, on a table in some light, seen from somewhere."""
    matrix = np.array(list(segno.make(code, error="m", micro=False).matrix_iter(scale=8, border=4)))
    shown = Image.fromarray(np.where(matrix == 1, 28, 255).astype(np.uint8)).convert("RGB")
    phone = Image.new("RGB", (shown.width + 120, shown.height + 220), (250, 245, 236))
    phone.paste(shown, (60, 90))
    ground = tuple(chance.randint(60, 150) for _ in range(3))
    room = Image.new("RGB", (WIDTH, HEIGHT), ground)
    scale = chance.uniform(0.45, 0.95) * HEIGHT / phone.height
    phone = phone.resize((round(phone.width * scale), round(phone.height * scale)))
    shape = Image.new("L", phone.size, 255)
    angle = chance.uniform(-35, 35)
    phone, shape = (
        one.rotate(angle, Image.Resampling.BICUBIC, expand=True) for one in (phone, shape)
    )
    spot = (
        (WIDTH - phone.width) // 2 + chance.randint(-90, 90),
        (HEIGHT - phone.height) // 2 + chance.randint(-50, 50),
    )
    room.paste(phone, spot, shape)
    room = _askew(room, chance)
    room = room.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 1.8)))
    room = ImageEnhance.Contrast(room).enhance(chance.uniform(0.3, 1.0))
    room = ImageEnhance.Brightness(room).enhance(chance.uniform(0.15, 1.05))
    return _noisy(_shaded(room, chance), chance)


def _askew(room: Image.Image, chance: random.Random) -> Image.Image:
    """Seen from the side: each corner of the picture is pulled a little."""
    pulled = [
        (x + chance.uniform(-0.09, 0.09) * WIDTH, y + chance.uniform(-0.09, 0.09) * HEIGHT)
        for x, y in ((0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT))
    ]
    corners = [(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)]
    rows, goal = [], []
    for (x, y), (u, v) in zip(corners, pulled, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        goal += [u, v]
    found = np.linalg.solve(np.array(rows, float), np.array(goal, float))
    return room.transform(
        room.size, Image.Transform.PERSPECTIVE, found.tolist(), Image.Resampling.BICUBIC
    )


def _shaded(room: Image.Image, chance: random.Random) -> Image.Image:
    """Light that falls off to one side."""
    direction, depth = chance.uniform(0, 2 * math.pi), chance.uniform(0, 0.75)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    along = x / WIDTH * math.cos(direction) + y / HEIGHT * math.sin(direction)
    along = (along - along.min()) / (along.max() - along.min())
    light = (1 - depth * along)[..., None]
    return Image.fromarray((np.asarray(room) * light).astype(np.uint8))


def _noisy(room: Image.Image, chance: random.Random) -> Image.Image:
    """The grain of a small sensor."""
    grain = np.random.default_rng(chance.getrandbits(32)).normal(
        0, chance.uniform(0, 9), (HEIGHT, WIDTH, 1)
    )
    return Image.fromarray(np.clip(np.asarray(room) + grain, 0, 255).astype(np.uint8))


def _address(room: Image.Image, *, quality: int) -> str:
    file = io.BytesIO()
    room.save(file, "JPEG", quality=quality)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
