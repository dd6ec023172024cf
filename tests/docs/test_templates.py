"""docs/templates.md lists every template with the sentence it starts with, and no other."""

from habitue.core import templates
from habitue.pages.start import ideas
from tests.docs import markdown


def test_every_template_is_listed_with_the_sentence_it_starts_with() -> None:
    text = markdown.text_of("docs/templates.md")
    said = [
        f"| `{name}` | "
        f"{templates.sentence(ideas.template(name), {}, language='en', currency='EUR')} |"
        for name in ideas.names()
    ]
    table = text[text.index("| template |") : text.index("Blanks that are not")]
    assert [line for line in table.splitlines() if line.startswith("| `")] == said
