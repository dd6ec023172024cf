"""The forms of a page as a browser has them: where they go, and what stands in them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit


class Form(NamedTuple):
    """Where it goes, by which method, and what a browser would send."""

    action: str
    method: str
    fields: dict[str, str]


class Page(HTMLParser):
    """What can be sent from a page: its forms, and the questions in its links."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.asked: dict[str, set[str]] = {}
        self._select = ""
        self._area: list[str] | None = None
        self._named = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up what is sent."""
        given = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get"):
            self._link(given.get(name, ""))
        if tag == "form":
            action = urljoin(self.path, given.get("action") or self.path)
            self.forms.append(Form(action, given.get("method", "get").lower(), {}))
        elif self.forms and given.get("name") and tag in ("input", "button", "select", "textarea"):
            self._field(tag, given)
        elif tag == "option" and self._select and self.forms:
            held = self.forms[-1].fields
            if "selected" in given or not held.get(self._select):
                held[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """A list of choices is over."""
        if tag == "select":
            self._select = ""

    def _field(self, tag: str, given: dict[str, str]) -> None:
        held, name = self.forms[-1].fields, given["name"]
        if tag == "select":
            self._select, held[name] = name, held.get(name, "")
        elif given.get("type") not in ("file",) and name not in held:
            held[name] = given.get("value", "")

    def _link(self, to: str) -> None:
        parts = urlsplit(urljoin(self.path, to))
        if to and parts.query and not parts.netloc:
            self.asked.setdefault(parts.path, set()).update(
                name for name, _value in parse_qsl(parts.query, keep_blank_values=True)
            )
