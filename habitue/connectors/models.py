"""The tables: files that owners bring and what each of them did; whom webhooks tell of what."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from habitue.members import ids


class Import(models.Model):
    """One file, from the upload to the end of the time in which it can be undone.

    `reading` says how it is read (`reading.Reading`), `corrections` what was written instead, by
    line and column, `found` what a look at the whole file showed (`checking.Found`), `counts` what
    became of its rows, `sheet` where every unit of the balances in it is now (`reconciling.Sheet`).
    `found` and `corrections` quote the file: they go when the file goes. `dropped` tells a file of
    the drop folder from every other (`dropping`); it is empty for one that a person brought.
    """

    class What(models.TextChoices):
        """What the rows are."""

        PURCHASES = "purchases"
        CUSTOMERS = "customers"
        ANSWERS = "answers"
        BALANCES = "balances"

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
    sheet = models.JSONField(null=True)
    dropped = models.CharField(max_length=80, blank=True, default="")
    done = models.PositiveSmallIntegerField(default=0)  # percent
    brought_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["business", "-id"], name="import_newest"),
            models.Index(
                fields=["business", "dropped"],
                name="import_dropped",
                condition=~models.Q(dropped=""),
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class Change(models.Model):
    """One thing that an import did, written in the transaction in which it did it.

    `rows`: how many rows of the file it is. `before` and `after` are a customer as known before
    and after it (`snapshots`), personal data that goes with the person, and with the undo's time.
    """

    class Kind(models.TextChoices):
        """A posted purchase or balance, a customer who was new, or was updated, an answer."""

        PURCHASE = "purchase"
        MADE = "made"
        UPDATED = "updated"
        ANSWER = "answer"
        BALANCE = "balance"

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
                condition=models.Q(kind__in=["purchase", "balance"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


# ---- webhooks ------------------------------------------------------------------------------------


class Endpoint(models.Model):
    """An address of another system that is told what happens here (`webhooks.endpoints`).

    `old_secret` signs beside `secret` until `old_until`. `failing_since`: the first of the attempts
    that failed since the last one that arrived; `failures` counts them.
    """

    class Paused(models.TextChoices):
        """Why nothing is sent: by a person, by nothing but failures, by its answer 410."""

        NO = ""
        BY_HAND = "hand"
        FAILING = "failing"
        GONE = "gone"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey("members.Business", models.CASCADE)
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=100, blank=True, default="")
    types = ArrayField(models.CharField(max_length=40))
    secret = models.CharField(max_length=120)
    old_secret = models.CharField(max_length=120, blank=True, default="")
    old_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    paused = models.CharField(max_length=7, choices=Paused.choices, blank=True, default="")
    paused_at = models.DateTimeField(null=True)
    owners_told = models.BooleanField(default=True)  # by mail, that it was paused by itself
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"endpoint {self.pk}"  # never the address: it may hold a secret


class Message(models.Model):
    """Something that one endpoint is told, until it is pruned. `body` is sent as it stands here.

    `due_at`: when it may be tried; while it is being tried, when another worker may take over.
    `first_at`: its first attempt since it was made or replayed, by which it is given up.
    """

    class State(models.TextChoices):
        """To be sent (again); taken by its receiver; given up."""

        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, db_index=False)
    customer = models.BigIntegerField(null=True)
    type = models.CharField(max_length=40)
    body = models.TextField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="message_newest"),
            models.Index(
                fields=["endpoint", "due_at", "id"],
                name="message_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["endpoint", "customer", "id"],
                name="message_queue",
                condition=models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"msg_{self.pk}"


class Attempt(models.Model):
    """One try to deliver a message: what the receiver answered, or why there was no answer.

    `status` is 0 where there was none, `answer` the first of its words, `error` a code of ours.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="tried")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    milliseconds = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True, default="")
    error = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return f"attempt {self.pk}: {self.status or self.error}"


class Watermark(models.Model):
    """Up to where the outbox of a business has become messages; a row while it has endpoints.

    `since` and `until` are snapshots of PostgreSQL as text: what is visible in `since` is done;
    of what is visible in `until` too, what stands up to the number `after`. `newest`: the highest
    number done. `lineage`: of which server these are; of another one, nothing up to `floor` counts.
    """

    business = models.OneToOneField("members.Business", models.CASCADE, primary_key=True)
    lineage = models.CharField(max_length=80)
    since = models.TextField()
    until = models.TextField(blank=True, default="")
    after = models.BigIntegerField(default=0)
    newest = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"watermark of business {self.business_id}"


class Notice(models.Model):
    """That a customer was made or changed, until it is a message; written by triggers.

    `fields` names what changed, never the values; `into` with whom the customer is one.
    """

    id = models.BigAutoField(primary_key=True)
    business_id = models.BigIntegerField()
    customer = models.BigIntegerField()
    type = models.CharField(max_length=40)
    fields = ArrayField(models.CharField(max_length=40), default=list)
    into = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    transaction = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["business_id", "id"], name="notice_of_business")]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class ToldVoucher(models.Model):
    """The state in which the endpoints of a business know a voucher to be."""

    pk = models.CompositePrimaryKey("customer", "voucher")
    business_id = models.BigIntegerField(db_index=True)
    customer = models.BigIntegerField()
    voucher = models.BigIntegerField()
    state = models.TextField()

    def __str__(self) -> str:
        return f"state of voucher {self.voucher}"


class Pulse(models.Model):
    """When a loop in the worker last went round."""

    name = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


# ---- shops: WooCommerce, Shopify, Square ------------------------------------------------------


class Shop(models.Model):
    """A connected shop. It is never deleted: connected again, it goes on where it stood.

    `token` is the secret part of the address at which it tells; `secret` signs what it tells;
    `credentials` open its REST interface. None of them is ever shown, listed or exported.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey("members.Business", models.CASCADE, db_index=False)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=30)  # before the shop's numbers, in external identities
    address = models.CharField(max_length=200)
    token = models.CharField(max_length=43, unique=True)
    secret = models.CharField(max_length=200)
    credentials = models.JSONField(default=dict)
    since = models.DateTimeField()  # what was bought before is not this connection's affair
    connected_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)  # it told something, signed
    asked_at = models.DateTimeField(null=True, blank=True)  # it was asked, and answered
    trouble = models.CharField(max_length=20, blank=True, default="")  # why it could not be asked
    trouble_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "kind", "address"], name="shop_once"),
            models.UniqueConstraint(fields=["business", "prefix"], name="shop_prefix"),
        ]

    def __str__(self) -> str:
        return f"shop {self.pk}"


class ShopOrder(models.Model):
    """An order as a shop told it last, and what stands of it in the ledger.

    `state` (`order.Order`) says nothing of whose it is; `whose` is a keyed hash of that, so that an
    order goes on being the same customer's. `standing` is `differing.Standing`.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    shop = models.ForeignKey(Shop, models.CASCADE, db_index=False, related_name="orders")
    number = models.CharField(max_length=100)
    updated_at = models.DateTimeField(null=True)
    state = models.JSONField(null=True)
    standing = models.JSONField(default=dict)
    customer = models.ForeignKey("members.Customer", models.SET_NULL, null=True)
    whose = models.CharField(max_length=32, blank=True, default="")
    became = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "number"], name="shop_order_once")]

    def __str__(self) -> str:
        return f"order {self.pk}"


class ShopMessage(models.Model):
    """Something a shop told: kept before it is acknowledged, worked off, then without its body.

    `became` says what came of it in a word; `said` names a field or an amount, never a person.
    """

    class State(models.TextChoices):
        """Waiting to be worked off; done; not understood or refused, so it may be tried again."""

        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    shop = models.ForeignKey(Shop, models.CASCADE, db_index=False, related_name="messages")
    topic = models.CharField(max_length=40, blank=True, default="")
    number = models.CharField(max_length=100, blank=True, default="")  # of the order
    body = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    became = models.CharField(max_length=20, blank=True, default="")
    said = models.CharField(max_length=60, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["shop", "-id"], name="shop_message_newest"),
            models.Index(
                fields=["received_at"],
                name="shop_message_waiting",
                condition=models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
