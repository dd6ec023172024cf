"""The tables: audiences, and who is in those that are frozen. Customers by number, no more."""

from django.db import models

from habitue.members import ids


class Audience(models.Model):
    """Customers who are meant together: those of whom `definition` is true.

    A live audience is whoever that is when it is asked; a frozen one stays who it was when it was
    made. `definition` is an `audiences.Definition` as JSON.
    """

    class Kind(models.TextChoices):
        LIVE = "live"
        FROZEN = "frozen"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey("members.Business", models.CASCADE)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    definition = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "name"], name="audience_name"),
            models.CheckConstraint(
                name="audience_kind", condition=models.Q(kind__in=["live", "frozen"])
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AudienceMember(models.Model):
    """One customer of a frozen audience."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    audience = models.ForeignKey(Audience, models.CASCADE, db_index=False, related_name="frozen")
    customer = models.ForeignKey("members.Customer", models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audience", "customer"], name="audience_member_once"),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id} of audience {self.audience_id}"
