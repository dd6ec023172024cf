"""The owner's navigation, and the commands that a key opens; kept, because they never change."""

import functools

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from habitue.pages import words
from habitue.pages.owner import places

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> SafeString:
    """Bar and rail, with the place one is at."""
    here = str(context.get("here", ""))
    return places.navigation(context["business"].counter_key, here, words.language())


@register.simple_tag
def commands() -> SafeString:
    """The dialog in which a page or a customer is found by a few letters."""
    return _commands(words.language())


@functools.cache
def _commands(language: str) -> SafeString:
    return render_to_string("pages/owner/_go.html")
