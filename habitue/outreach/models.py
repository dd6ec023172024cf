"""The tables: audiences, who is in those that are frozen, experiments. Customers by number."""

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


class Experiment(models.Model):
    """Some customers are held out of something for a while; who, follows from `seed`.

    `share` of them in ten-thousandths, `days` as planned, `figures` as declared before the start,
    the primary one first. A trigger refuses to change any of it; an experiment can only be ended.
    `audience` is a frozen one; None: everybody who was known before `started_on`.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey("members.Business", models.CASCADE)
    name = models.SlugField(max_length=60, db_index=False)
    seed = models.CharField(max_length=64)
    share = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    figures = models.JSONField()
    audience = models.ForeignKey(Audience, models.PROTECT, null=True)
    started_on = models.DateField()  # the business's local day
    ended_on = models.DateField(null=True)  # the first day that is no longer part of it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "name"], name="experiment_name"),
            models.CheckConstraint(
                name="experiment_share", condition=models.Q(share__range=(1, 9_999))
            ),
            models.CheckConstraint(name="experiment_days", condition=models.Q(days__gte=1)),
            models.CheckConstraint(name="experiment_seed", condition=~models.Q(seed="")),
            models.CheckConstraint(
                name="experiment_end",
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """Where a customer stood on the morning of the last report: a row for whoever ever bought.

    `stage`, `vip` and `leaking` as in `metrics.segments`; `usual` days lie between two visits, None
    where nobody knows yet. Written at night, so that lists and counts read no history.
    """

    customer = models.OneToOneField("members.Customer", models.CASCADE, primary_key=True)
    business = models.ForeignKey("members.Business", models.CASCADE, db_index=False)
    stage = models.CharField(max_length=8)
    vip = models.BooleanField()
    leaking = models.BooleanField()
    usual = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["business", "stage", "-customer"], name="stage_newest"),
            models.Index(
                fields=["business", "-customer"], name="stage_vip", condition=models.Q(vip=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: customer {self.customer_id}"
