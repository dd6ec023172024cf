"""An import of the business whose page it is, and where it stands."""

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect

from habitue.connectors.models import Import
from habitue.members.models import Business, Staff

STEPS = {
    Import.State.COLUMNS: "import-columns",
    Import.State.CHECKING: "import-preview",
    Import.State.CHECKED: "import-preview",
}


def one(business: Business, key: int) -> Import:
    """The import of that number; other businesses' do not exist."""
    if key >= 2**63:
        raise Http404
    found = get_object_or_404(Import.objects.select_related("staff"), pk=key, business=business)
    found.business = business
    return found


def step(of: Import) -> str:
    """The name of the page on which an import is now."""
    return STEPS.get(Import.State(of.state), "import-result")


def onward(of: Import) -> HttpResponseRedirect:
    """To that page."""
    return redirect(step(of), of.pk)


def staff(request: HttpRequest, business: Business) -> Staff | None:
    """Who asks."""
    return Staff.objects.filter(business=business, user=request.user.pk, active=True).first()
