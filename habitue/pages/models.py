"""What the pages keep: what was mailed, what an owner had worked out, and what is being changed."""

from django.conf import settings
from django.db import models

from habitue.members import ids


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


class Draft(models.Model):
    """The program as an owner changes it: its text, and the number of the version it began from.

    A business has one, which its owners share. `revision` counts its changes: a change that was
    made to an older one is refused, so that nobody writes over what another has just written.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.OneToOneField("members.Business", models.CASCADE)
    text = models.TextField()
    after = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Passkey(models.Model):
    """A key that a device keeps for its owner: signs in without a mailed code.

    `credential` is what a device calls it, `public` its public half; neither opens anything.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys")
    credential = models.CharField(max_length=1400, unique=True)  # base64url; a device may use 1 kB
    public = models.BinaryField()
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"passkey {self.pk}"
