"""The worker's own chores."""

import logging
from datetime import UTC, datetime

from procrastinate.contrib.django import app
from procrastinate.jobs import Job

log = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="retry_stalled_jobs", pass_context=False)
async def retry_stalled_jobs(timestamp: int) -> None:
    """Give back the jobs whose worker died in the middle of them."""
    stalled: list[Job] = list(await app.job_manager.get_stalled_jobs())
    for job in stalled:
        log.warning("Job %s (%s) had lost its worker; it is tried again", job.id, job.task_name)
        await app.job_manager.retry_job(job)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Post what fell due in every business: expiries, tiers that fall, birthdays."""
    from habitue import ledger

    swept = ledger.sweep(None, now=datetime.now(UTC))
    if swept:
        log.info("%s members had something due", swept)


@app.task(queueing_lock="demo", pass_context=False)
def build_demo() -> None:
    """Make the demo business; started again after a crash, it finishes what is missing."""
    from habitue.site import demo, measuring

    demo.build(now=datetime.now(UTC))
    measuring.begin_due(now=datetime.now(UTC))


@app.periodic(cron="10 * * * *")
@app.task(queueing_lock="measures", pass_context=False)
def measures(timestamp: int) -> None:
    """Have the figures worked out for each business whose night has come: once a day."""
    from habitue.site import measuring

    measuring.begin_due(now=datetime.now(UTC))


@app.periodic(cron="40 * * * *")
@app.task(queueing_lock="segments", pass_context=False)
def segments(timestamp: int) -> None:
    """Tell the programs whose segments changed; every hour, as days end all around the world."""
    from habitue.outreach import telling

    told = telling.tell(None, now=datetime.now(UTC))
    if told:
        log.info("%s members are in other segments than before", told)


@app.periodic(cron="35 2 * * *")
@app.task(queueing_lock="lake", pass_context=False)
def lake(timestamp: int) -> None:
    """Bring the columnar copy up to date, at night; a refresh that somebody runs is left alone."""
    from django.conf import settings

    from habitue.lake import refreshing
    from habitue.members.models import Business

    businesses = list(Business.objects.values_list("pk", flat=True))
    try:
        copied = refreshing.refresh(
            businesses, settings.ENVIRONMENT.home / "lake", now=datetime.now(UTC)
        )
    except refreshing.Busy as busy:
        log.info("%s", busy)
    except OSError as error:
        log.warning("The lake cannot be written: %s", error.strerror or error)
    else:
        log.info("%s rows were copied to the lake", sum(each.rows for each in copied))


@app.periodic(cron="20 3 * * *")
@app.task(queueing_lock="backup", pass_context=False)
def backup(timestamp: int) -> None:
    """Write the night's backup and let the oldest go; one that fails is told in the log."""
    from django.conf import settings

    from habitue.site import backups

    env = settings.ENVIRONMENT
    if env.backups_kept:
        _back_up()
        backups.prune(env, keep=env.backups_kept)


@app.task(queueing_lock="backup", pass_context=False)
def backup_now() -> None:
    """Write a backup that an owner asked for."""
    _back_up()


def _back_up() -> None:
    from django.conf import settings

    from habitue.site import backups
    from habitue.site.complaint import Complaint

    try:
        made = backups.make(settings.ENVIRONMENT, now=datetime.now(UTC))
    except Complaint as complaint:
        log.error("No backup was made: %s", complaint)
    else:
        log.info("A backup was made: %s", made.name)


@app.task(pass_context=False)
def study(key: int) -> None:
    """Work out what an owner asked for on a page; started again after a crash, it begins anew."""
    from habitue.site import studying

    studying.run(key)


@app.task(pass_context=False)
def import_file(key: int) -> None:
    """Look at an owner's file, bring its rows in, or take them back; begun again, it goes on."""
    from habitue.connectors import running

    running.run(key)


@app.task(pass_context=False)
def shop_message(key: int) -> None:
    """Work off something a shop told that could not be at once: mostly the shop must be asked."""
    from habitue.connectors.shops import working

    working.work(key, now=datetime.now(UTC), ask=True)


@app.task(pass_context=False)
def shop_ask(key: int) -> None:
    """Ask a shop that was connected just now for its last day."""
    from habitue.connectors.models import Shop
    from habitue.connectors.shops import reconciling

    now = datetime.now(UTC)
    for shop in Shop.objects.select_related("business").filter(pk=key, disconnected_at=None):
        reconciling.run(shop, since=now - reconciling.DAY, now=now)


@app.periodic(cron="2-59/5 * * * *")
@app.task(queueing_lock="shop_messages", pass_context=False)
def shop_messages(timestamp: int) -> None:
    """Work off whatever shops told that still waits."""
    from habitue.connectors.shops import working

    working.work_waiting(now=datetime.now(UTC))


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="shops", pass_context=False)
def shops(timestamp: int) -> None:
    """Ask every connected shop what it never told: for the last day, at night for the week."""
    from habitue.connectors.shops import reconciling

    now = datetime.now(UTC)
    at_night = (now.hour, now.minute // 15) == (4, 1)
    back = reconciling.WEEK if at_night else reconciling.DAY
    found = reconciling.run_all(back=back, now=now)
    if found:
        log.info("Shops were asked: %s orders had something new", found)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="drop_folders", lock="drop_folders", pass_context=False)
def drop_folders(timestamp: int) -> None:
    """Bring in what tills left in their folders; what was begun before a crash is gone on with."""
    from habitue.connectors import dropping
    from habitue.pages.imports import dropped

    moved = dropping.sweep(now=datetime.now(UTC), words=dropped)
    if moved:
        log.info("%s files of drop folders were brought in or set aside", moved)


@app.task(pass_context=False, retry=5)
def letter(kind: str, key: int, root: str) -> None:
    """Send one of the card's letters: to an address by its number, 0 for one that is not there."""
    from habitue.pages.card import letters

    letters.send(kind, key, root, now=datetime.now(UTC))


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="forget_codes", pass_context=False)
def forget_codes(timestamp: int) -> None:
    """Delete what is long stale: marks of card codes, sign-in codes, tokens, answers, files."""
    from habitue.api import once
    from habitue.connectors import uploads
    from habitue.connectors.shops import working
    from habitue.ledger import kept
    from habitue.members import cards, limits, tills, tokens
    from habitue.pages import codes

    now = datetime.now(UTC)
    uploads.forget_old(now=now)
    working.forget_old(now=now)
    cards.forget_used(before=now)
    tills.forget(before=now)
    tokens.forget(before=now)
    codes.forget(before=now)
    limits.forget(before=now)
    once.forget(before=now)
    kept.forget(now=now)


@app.periodic(cron="50 3 * * *")
@app.task(queueing_lock="empty_bin", pass_context=False)
def empty_bin(timestamp: int) -> None:
    """Erase the customers who have lain in the recycle bin for 30 days."""
    from habitue.members import erasing

    erased = erasing.empty_bin(now=datetime.now(UTC))
    if erased:
        log.info("%s customers were erased: their days in the recycle bin are over", erased)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="webhook_owners", pass_context=False, retry=5)
def webhook_owners(timestamp: int) -> None:
    """Mail the owners of webhook endpoints that were paused because nothing arrived there."""
    from habitue.connectors.webhooks import pausing

    pausing.tell()


@app.periodic(cron="15 4 * * *")
@app.task(queueing_lock="prune_webhooks", pass_context=False)
def prune_webhooks(timestamp: int) -> None:
    """Delete webhook messages, with their attempts, that have been kept for 30 days."""
    from habitue.connectors.webhooks import deliveries

    pruned = deliveries.prune(now=datetime.now(UTC))
    if pruned:
        log.info("%s webhook messages were pruned", pruned)


@app.periodic(cron="45 4 * * *")
@app.task(queueing_lock="prune_outbox", pass_context=False)
def prune_outbox(timestamp: int) -> None:
    """Delete postings from the outbox that the lake and webhooks have passed, at night."""
    from django.conf import settings

    from habitue.lake import layout
    from habitue.site import pruning

    try:
        pruned = pruning.prune_outbox(settings.ENVIRONMENT.home / "lake", now=datetime.now(UTC))
    except layout.Unreadable as unreadable:
        log.warning("The outbox was not pruned: %s", unreadable)
    else:
        log.info("%s postings left the outbox", pruned)
