"""The tables: what is known of a business's people, with the promises kept by the database.

Every key is made by `ids`, customer-centred tables carry their customer, and what must be unique
in a business lives in a claim table (`Identity`, `Card`): so they can be spread over machines.
"""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from habitue.members import ids

LANGUAGES = {"fr": "Français", "it": "Italiano", "en": "English"}


class Business(models.Model):
    """A shop, chain or airline: the owner of programs and customers."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=50)
    language = models.CharField(max_length=2, choices=list(LANGUAGES.items()))
    is_demo = models.BooleanField(default=False)
    counter_key = models.CharField(max_length=32, unique=True)  # the secret part of the staff link
    printed_cards = models.BooleanField(default=False)  # a code that never changes is accepted
    window_days = models.PositiveSmallIntegerField(null=True, blank=True)  # null: its own rhythm
    # Nobody is written to from `quiet_from` until `quiet_until`, by the recipient's own clock.
    quiet_from = models.TimeField(default=time(21), db_default=time(21))
    quiet_until = models.TimeField(default=time(8), db_default=time(8))
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """Anyone who buys, enrolled or not. The only home of personal data."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.PROTECT)
    name = models.CharField(max_length=80, blank=True, default="", db_default="")
    language = models.CharField(max_length=2, blank=True, default="", db_default="")
    birth_month = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True, default="", db_default="")
    paused_until = models.DateField(null=True, blank=True)  # no offers before that day
    less_often = models.BooleanField(default=False, db_default=False)
    binned_at = models.DateTimeField(null=True, blank=True)  # in the recycle bin since then
    created_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )  # the same person, under whose number everything goes on

    class Meta:
        indexes = [
            models.Index(fields=["business", "-id"], name="customer_newest"),
            models.Index(
                fields=["binned_at"],
                name="customer_bin",
                condition=models.Q(binned_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="customer_birthday",
                condition=models.Q(birth_month=None, birth_day=None)
                | models.Q(birth_month__range=(1, 12), birth_day__range=(1, 31)),
            )
        ]

    def __str__(self) -> str:
        return f"customer {self.pk}"  # never a name: this text reaches logs


class Identity(models.Model):
    """One way to recognise a customer: a claim that only one customer of a business can hold."""

    class Kind(models.TextChoices):
        """What the value is; `number` is the member's number printed on the card."""

        EMAIL = "email"
        PHONE = "phone"
        EXTERNAL = "external"
        NUMBER = "number"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=254)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    confirmed_at = models.DateTimeField(null=True, blank=True)  # who reads it said yes to a mail

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "kind", "value"], name="identity_claim"),
            models.CheckConstraint(
                name="identity_kind",
                condition=models.Q(kind__in=["email", "phone", "external", "number"]),
            ),
            models.CheckConstraint(name="identity_value", condition=~models.Q(value="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id}"


class Member(models.Model):
    """A customer who enrolled. `number` is what a person can read aloud."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True)
    enrolled_at = models.DateTimeField()
    number = models.CharField(max_length=12)

    def __str__(self) -> str:
        return self.number


class Card(models.Model):
    """A member's card. Whoever knows `token` sees the card; the codes it shows reveal no token."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="cards")
    token = models.CharField(max_length=32, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"card {self.pk}"


class UsedCode(models.Model):
    """A card's code of one time step was used: its uniqueness is what makes a code one-time."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    card = models.ForeignKey(Card, models.CASCADE, db_index=False)
    step = models.BigIntegerField()
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "step"], name="code_used_once")]

    def __str__(self) -> str:
        return f"step {self.step} of card {self.card_id}"


class CodeRefusal(models.Model):
    """A code shown at the counter was refused: kept so that an owner can see copied codes."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.CASCADE)
    card = models.ForeignKey(Card, models.CASCADE, null=True)
    staff = models.ForeignKey("Staff", models.SET_NULL, null=True)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class Consent(models.Model):
    """One line of the consent log. The newest line of a purpose and channel counts.

    `pending`: the box was ticked, and nothing is sent before the address has confirmed it; such a
    line grants nothing. Append-only: a trigger refuses changes and deletions. The lines hold no
    personal data.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=30)
    channel = models.CharField(max_length=20)
    granted = models.BooleanField()
    pending = models.BooleanField(default=False, db_default=False)
    wording = models.CharField(max_length=500)  # exactly what the person read
    source = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "purpose", "channel", "-id"], name="consent_newest")
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_pending", condition=models.Q(pending=False) | models.Q(granted=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.channel}: {'yes' if self.granted else 'no'}"


class Staff(models.Model):
    """Someone who works for a business: signs in by mail (`user`), or at the counter by PIN."""

    class Role(models.TextChoices):
        """What a person may do; each role may do what the next one may."""

        OWNER = "owner"
        MANAGER = "manager"
        CASHIER = "cashier"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True)
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=8, choices=Role)
    partner = models.CharField(max_length=60, blank=True, default="", db_default="")  # whose till
    pin_hash = models.CharField(max_length=128, blank=True, default="")
    active = models.BooleanField(default=True)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "user"], name="staff_once_per_user"),
            models.CheckConstraint(
                name="staff_role", condition=models.Q(role__in=["owner", "manager", "cashier"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class PartnerLink(models.Model):
    """The secret address under which a partner sees its own statement; only its hash is kept."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.CASCADE)
    partner = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link of {self.partner}"


class Answer(models.Model):
    """What somebody answered to a question of satisfaction; whose it is may be unknown.

    `score` runs from 0 to 10 for `nps`, from 1 to `scale` otherwise. `comment` is personal data:
    it goes with the person (`answers.forget`), the score stays and belongs to nobody.
    """

    class Question(models.TextChoices):
        """Recommendation, satisfaction, effort (the higher, the easier it was)."""

        NPS = "nps"
        CSAT = "csat"
        CES = "ces"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.PROTECT, db_index=False)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="answers")
    question = models.CharField(max_length=4, choices=Question)
    score = models.PositiveSmallIntegerField()
    scale = models.PositiveSmallIntegerField()
    answered_on = models.DateField()  # the business's local day
    answered_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=2000, blank=True, default="", db_default="")
    source = models.CharField(max_length=20)
    reference = models.CharField(max_length=200)  # with its source, this answer's for ever

    class Meta:
        indexes = [
            models.Index(fields=["business", "question", "answered_on"], name="answer_by_day")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["business", "source", "reference"], name="answer_claim"
            ),
            models.CheckConstraint(
                name="answer_question", condition=models.Q(question__in=["nps", "csat", "ces"])
            ),
            models.CheckConstraint(
                name="answer_score",
                condition=models.Q(question="nps", scale=10, score__range=(0, 10))
                | models.Q(
                    question__in=["csat", "ces"],
                    scale__range=(2, 10),
                    score__gte=1,
                    score__lte=models.F("scale"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"  # never the words


class Wish(models.Model):
    """A member holds a reward ready on the card's screen: the counter's sheet asks for it first.

    Nothing is spent by it; staff confirm, and it is gone at `until` whatever happens.
    """

    card = models.OneToOneField(Card, models.CASCADE, primary_key=True)
    reward = models.CharField(max_length=60)
    voucher = models.BigIntegerField(null=True, blank=True)
    choice = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)  # what the waiting screen looks for

    def __str__(self) -> str:
        return f"wish of card {self.card_id}"


class TillCode(models.Model):
    """A code shown at the counter for a minute: the one who scans it stamps their own card, once.

    Only the code's hash is kept; `used_by` makes it good once (claimed by a conditional update).
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.CASCADE)
    staff = models.ForeignKey(Staff, models.CASCADE)
    code_hash = models.CharField(max_length=64, unique=True)
    quantity = models.PositiveSmallIntegerField(default=1)
    until = models.DateTimeField(db_index=True)
    used_by = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"till code {self.pk}"


class Device(models.Model):
    """A phone at the counter: what it did without a network is signed with `secret`, and numbered.

    A stolen one is revoked: its session ends and what it brings later is refused.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.CASCADE)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="devices")
    name = models.CharField(max_length=80)  # as the browser calls itself
    secret = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"device {self.pk}"


class OfflineScan(models.Model):
    """One action that a device kept while it was offline, and what became of it, for ever the same.

    `answer` is what the device was told: the event it became, or the reason why not; with it, the
    action's own signature and the one before it, by which its neighbors are judged.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    device = models.ForeignKey(Device, models.CASCADE, db_index=False)
    number = models.BigIntegerField()  # counted by the device, from 1
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True)
    scanned_at = models.DateTimeField()  # by the device's clock
    received_at = models.DateTimeField()
    refused = models.CharField(max_length=40, blank=True, default="")
    answer = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="offline_scan_newest")]
        constraints = [
            models.UniqueConstraint(fields=["device", "number"], name="offline_scan_once")
        ]

    def __str__(self) -> str:
        return f"scan {self.number} of device {self.device_id}"


class JournalLine(models.Model):
    """Something that staff or a member did beside the ledger: a PIN, an export, an erasure, a key.

    `what` says it in words without personal data. Append-only: a trigger refuses changes and
    deletions. What the ledger did stands in its own events; the journal's page shows both.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.PROTECT, db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=40)
    what = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["business", "-id"], name="journal_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ApiKey(models.Model):
    """A program's own way in: shown once, kept as a hash, with what it may do."""

    class Scope(models.TextChoices):
        """Everything an owner may do, a till's work, reading only, or a partner's own part."""

        OWNER = "owner"
        TILL = "till"
        READ = "read"
        PARTNER = "partner"

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.CASCADE)
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=8, choices=Scope)
    partner = models.CharField(max_length=60, blank=True, default="", db_default="")
    key_hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)  # the last characters, to tell keys apart
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.SET_NULL, null=True)
    used_at = models.DateTimeField(null=True, blank=True)  # to the minute
    revoked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # good until then; null: for ever
    successor = models.OneToOneField("self", models.SET_NULL, null=True, related_name="forerunner")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="api_key_scope",
                condition=models.Q(scope__in=["owner", "till", "read", "partner"]),
            )
        ]

    def __str__(self) -> str:
        return f"key {self.pk}"


class AccessToken(models.Model):
    """What a member's app or a person of the staff carries for a while; kept as a hash.

    `counter` caps what a person of the staff may do with it at a till's work: a PIN alone opens
    no owner's work.
    """

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    business = models.ForeignKey(Business, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="tokens")
    staff = models.ForeignKey(Staff, models.CASCADE, null=True, related_name="tokens")
    counter = models.BooleanField(default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_token_of_one",
                condition=models.Q(customer=None, staff__isnull=False)
                | models.Q(customer__isnull=False, staff=None, counter=False),
            )
        ]

    def __str__(self) -> str:
        return f"token {self.pk}"


class Attempt(models.Model):
    """How often something was tried by someone (a keyed hash) in an hour, in all processes."""

    id = models.BigIntegerField(primary_key=True, default=ids.make, editable=False)
    what = models.CharField(max_length=20)
    whom = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "whom", "hour"], name="tried_once")]

    def __str__(self) -> str:
        return f"{self.what}: {self.count}"
