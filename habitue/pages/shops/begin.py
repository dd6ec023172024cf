"""Connecting a shop, the first step: where it is, and the keys with which it may be asked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from habitue.connectors.shops import connecting, kinds
from habitue.connectors.shops.asking import Trouble
from habitue.members.models import Business, Staff
from habitue.pages import access
from habitue.pages.shops import forms, saying
from habitue.pages.shops.one import NEW_SECRET


@never_cache
@access.chief
def begin(request: HttpRequest, business: Business, own: Staff, kind: str) -> HttpResponse:
    """The form, and on to the steps that are taken in the shop."""
    of = kinds.known().get(kind)
    if of is None:
        raise Http404
    form = forms.New(request.POST or None, kind=of)
    if request.method == "POST" and form.is_valid():
        try:
            shop, secret = connecting.connect(
                business,
                kind=kind,
                name=form.cleaned_data["name"],
                address=form.address(),
                credentials=form.given(),
                by=own,
                at=timezone.now(),
            )
        except Trouble as trouble:
            form.add_error("address", saying.address(trouble.sentence))
        else:
            if shop.credentials:
                connecting.ask_soon(shop)
            request.session[NEW_SECRET] = {"shop": shop.pk, "secret": secret}
            return redirect("shop-connection", shop.pk)
    context = {
        "business": business,
        "here": "settings",
        "form": form,
        "kind": of,
        "before": saying.before(kind),
    }
    status = 422 if form.errors else 200
    return render(request, "pages/shops/new.html", context, status=status)
