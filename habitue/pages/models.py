"""What the pages keep for themselves: what was mailed, and what an owner had worked out."""

from django.db import models

from habitue.members import ids


class CardMail(models.Model):
    """A card's address was mailed: counted, so that nobody can flood an address."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    customer = models.ForeignKey("members.Customer", models.CASCADE)
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"mail {self.pk}"


class SignInCode(models.Model):
    """A six-digit code that was mailed: good once, briefly, for few tries, in one browser."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    email = models.CharField(max_length=254)
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["email", "made_at"], name="sign_in_code_recent")]

    def __str__(self) -> str:
        return f"code {self.pk}"


class Study(models.Model):
    """Something long that an owner asked for, worked out by the worker and kept to look at again.

    `asked` says what (`habitue.pages.program.studies`), `done` how many percent of it are through,
    `found` what came out; `failed` if nothing did.
    """

    class Kind(models.TextChoices):
        WHAT_IF = "what-if"
        PREVIEW = "preview"
        MEASURES = "measures"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey("members.Business", models.CASCADE)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    asked = models.JSONField()
    asked_at = models.DateTimeField()
    done = models.PositiveSmallIntegerField(default=0)
    found = models.BinaryField(null=True)
    failed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["business", "kind", "-id"], name="study_newest")]
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
