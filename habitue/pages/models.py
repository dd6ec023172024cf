"""What the pages keep for themselves: codes and addresses that were mailed."""

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
