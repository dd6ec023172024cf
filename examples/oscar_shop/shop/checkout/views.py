"""The last page before an order: what it would earn, and whether to pay with points."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from oscar.apps.checkout import views
from oscar.apps.payment.exceptions import UnableToTakePayment
from oscar.apps.payment.models import Source, SourceType

from habitue import client
from shop import loyalty


class PaymentDetailsView(views.PaymentDetailsView):
    """Oscar's page of payment with a box to tick: pay with points."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What oscar shows, and what this basket would earn."""
        context = super().get_context_data(**kwargs)
        if self.preview:
            context["quote"] = quote = self._quote()
            if quote is not None and quote.pay is not None:
                paid = Decimal(quote.pay.money) / 100
                context["paid_by_points"] = f"{paid:.2f} {quote.pay.currency}"
        return context

    def handle_place_order_submission(self, request: Any) -> Any:
        """The button was pressed, with or without the tick."""
        submission = self.build_submission()
        submission["payment_kwargs"] = {"with_points": "points" in request.POST}
        return self.submit(**submission)

    def handle_payment(self, order_number: str, total: Any, **kwargs: Any) -> None:
        """Take the points; what is left would be taken by a card here."""
        self.points = None
        if kwargs.get("with_points"):
            quote = self._quote()
            if quote is None or quote.pay is None:
                raise UnableToTakePayment("Points cannot be used just now.")
            self.points = self._pay(order_number, total, quote.pay.money)
        rest = total.incl_tax - (Decimal(self.points.money) / 100 if self.points else 0)
        self._source("Card", rest, "")

    def handle_order_placement(self, *args: Any, **kwargs: Any) -> Any:
        """Place the order; where that fails the points are given back."""
        placed = False
        try:
            response = super().handle_order_placement(*args, **kwargs)
            placed = True
        finally:
            if self.points is not None and not placed:
                loyalty.give_back(self.points.id)
        return response

    def _pay(self, number: str, total: Any, payable: int) -> client.Payment:
        money = min(payable, loyalty.cents(total.incl_tax))
        try:
            paid = loyalty.pay(
                number, self.request.user, money, loyalty.cents(total.incl_tax), total.currency
            )
        except (client.Problem, client.Unreachable) as error:
            raise UnableToTakePayment(f"Points cannot be used: {error}") from error
        self._source(loyalty.POINTS, Decimal(paid.money) / 100, paid.id)
        return paid

    def _source(self, name: str, amount: Decimal, reference: str) -> None:
        kind, _ = SourceType.objects.get_or_create(name=name)
        self.add_payment_source(
            Source(
                source_type=kind,
                currency=self.request.basket.currency,
                amount_allocated=amount,
                amount_debited=amount,
                reference=reference,
            )
        )

    def _quote(self) -> client.Quote | None:
        """What Habitué says; the shop sells without it too."""
        try:
            return loyalty.quote(self.request.basket, self.request.user)
        except (client.Problem, client.Unreachable):
            return None
