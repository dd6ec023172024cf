"""The table: answers that were given under an idempotency key, to be given again."""

from django.db import models


class KeptAnswer(models.Model):
    """One answered request: the same key with the same body is answered so again.

    `whose`: within whose requests the key is one ("" for the business's own programs, a partner, a
    member). `said` is a hash of the request. Written in the transaction of what the request did.
    """

    business = models.ForeignKey("members.Business", models.CASCADE, db_index=False)
    whose = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    said = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "whose", "key"], name="kept_answer_claim")
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
