"""What is printed: the poster that customers join by."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_GET

from habitue import ledger
from habitue.members.models import Business
from habitue.pages import access, holdings, links, poster


@require_GET
@access.owner
def poster_pdf(request: HttpRequest, business: Business) -> HttpResponse:
    """The poster to print."""
    program = ledger.program(business.pk)
    address = links.absolute(request, "join", business.slug)
    with override(business.language):  # the customers', not the owner's
        sentence = holdings.words(program.title, business.name) if program else business.name
        content = poster.draw(shop=business.name, sentence=sentence, address=address)
    disposition = f'inline; filename="{business.slug}.pdf"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
