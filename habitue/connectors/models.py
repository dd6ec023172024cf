"""The tables: files that owners bring, and what each of them did, so that it can be undone."""

from django.db import models

from habitue.members import ids


class Import(models.Model):
    """One file, from the upload to the end of the time in which it can be undone.

    `reading` says how it is read (`reading.Reading`), `corrections` what was written instead, by
    line and column, `found` what a look at the whole file showed (`checking.Found`), `counts` what
    became of its rows. `found` and `corrections` quote the file: they go when the file goes.
    """

    class What(models.TextChoices):
        """What the rows are."""

        PURCHASES = "purchases"
        CUSTOMERS = "customers"
        ANSWERS = "answers"

    class State(models.TextChoices):
        """How far it is. The worker is at work in `checking`, `running` and `undoing`."""

        COLUMNS = "columns"
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        FINISHED = "finished"
        UNDOING = "undoing"
        UNDONE = "undone"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey("members.Business", models.CASCADE)
    staff = models.ForeignKey("members.Staff", models.SET_NULL, null=True)
    what = models.CharField(max_length=9, choices=What.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.COLUMNS)
    failed = models.BooleanField(default=False)  # the worker gave up; it may be tried again
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(default=0)
    header = models.CharField(max_length=64)  # a hash of its names, under which columns are known
    reading = models.JSONField(default=dict)
    corrections = models.JSONField(default=dict)
    found = models.JSONField(null=True)
    counts = models.JSONField(default=dict)
    done = models.PositiveSmallIntegerField(default=0)  # percent
    brought_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["business", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return f"import {self.pk}"


class Change(models.Model):
    """One thing that an import did, written in the transaction in which it did it.

    `rows`: how many rows of the file it is. `before` and `after` are a customer as known before
    and after it (`snapshots`), personal data that goes with the person, and with the undo's time.
    """

    class Kind(models.TextChoices):
        """A posted purchase, a customer who was new, one who was updated, an answer."""

        PURCHASE = "purchase"
        MADE = "made"
        UPDATED = "updated"
        ANSWER = "answer"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    of = models.ForeignKey(Import, models.CASCADE, db_index=False, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    customer = models.ForeignKey("members.Customer", models.CASCADE, null=True, db_index=True)
    event = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=200, blank=True, default="")
    rows = models.PositiveIntegerField(default=1)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["of", "kind", "id"], name="change_of_import"),
            models.Index(
                fields=["reference"],
                name="change_reference",
                condition=models.Q(kind="purchase"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
