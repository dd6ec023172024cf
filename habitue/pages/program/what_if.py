"""What if: the shop's own history replayed under another program, by the worker, with progress."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from msgspec import structs

from habitue.core import document
from habitue.core.program import Program
from habitue.core.whatif.replay import PAID
from habitue.core.whatif.result import Month, Trial, WhatIf
from habitue.members.models import Business
from habitue.pages import access, trials
from habitue.pages.models import Study
from habitue.pages.owner import today
from habitue.pages.program import faults, saying, studies, trying, versions
from habitue.pages.program.studies import WhatIfAsked
from habitue.pages.templatetags import words as say


@never_cache
@access.owner
def ask(request: HttpRequest, business: Business) -> HttpResponse:
    """Choose what to try; asked well, it is begun and shown."""
    shown = versions.current(versions.every(business))
    initial = {"text": shown.text if shown else "", "stretch": "90 days", "choice": "soonest"}
    form = trying.Try(request.POST or None, initial=initial, business=business)
    problems: list[faults.Fault] = []
    if request.method == "POST" and form.is_valid():
        asked, problems = _asked(business, form)
        if asked is not None:
            return redirect("program-tried", studies.begin(business, asked).pk)
    context = {
        "business": business,
        "here": "program",
        "form": form,
        "problems": problems,
        "tried": [_listed(one) for one in studies.newest(business, Study.Kind.WHAT_IF)],
    }
    wrong = bool(problems or form.errors)
    return render(request, "pages/program/what_if.html", context, status=422 if wrong else 200)


@never_cache
@require_GET
@access.owner
def tried(request: HttpRequest, business: Business, key: int) -> HttpResponse:
    """How far it is, or what came out; whole, or only the part that asks again."""
    study = studies.find(business, key, Study.Kind.WHAT_IF)
    asked, found = studies.asked(study, WhatIfAsked), studies.found(study, WhatIf)
    context = {
        "business": business,
        "here": "program",
        "study": study,
        "title": asked.title or _("Your program, changed"),
        "behaviour": behaviour(asked),
        "stretch": dict(trying.STRETCHES)[asked.stretch],
        "worker": today.worker_lives(),
    }
    if found is not None:
        context |= {
            "customers": found.customers,
            "events": found.events,
            "verdict": verdict(found),
            "figures": figures(business, asked, found),
            "notes": notes(asked, found),
        }
    fragment = "HX-Request" in request.headers
    template = "pages/program/_tried.html" if fragment else "pages/program/tried.html"
    return render(request, template, context)


def behaviour(asked: WhatIfAsked) -> str:
    """How rewards are taken, as it was stated."""
    text = {
        "as posted": _("Rewards are taken as it happened, where the program has them."),
        "never": _("Nobody ever takes a reward."),
        "soonest": _("Whoever comes takes the cheapest reward they can afford, at most one a day."),
        "dearest": _("Whoever comes takes the dearest reward they can afford, at most one a day."),
    }[asked.choice]
    if asked.chance >= 100 or asked.choice not in ("soonest", "dearest"):
        return text
    often = _("They think of it on %(chance)s of 100 such days.") % {"chance": asked.chance}
    return f"{text} {often}"


def verdict(found: WhatIf) -> str:
    """What it comes to, in a sentence."""
    if not found.trials or not found.trials[0].months:
        return _("Nothing happened in this stretch, so there is nothing to replay.")
    last = found.trials[-1]
    cost = {
        "cost": say.money(last.cost, last.currency),
        "share": _percent(last.cost, last.money),
    }
    if any(_unpriced(trial) for trial in found.trials):
        return _("What it costs cannot be said: something that members collect has no value here.")
    if found.compared is None:
        return _("Rewards would have cost %(cost)s, %(share)s of what was spent.") % cost
    first = found.trials[0]
    values = {**cost, "before": say.money(first.cost, first.currency)}
    if last.cost > first.cost:
        return _("It would have cost more: %(cost)s instead of %(before)s.") % values
    if last.cost < first.cost:
        return _("It would have cost less: %(cost)s instead of %(before)s.") % values
    return _("It would have cost the same: %(cost)s.") % values


def figures(business: Business, asked: WhatIfAsked, found: WhatIf) -> SafeString:
    """The charts with their tables, in the reader's words."""
    tried = document.read(asked.text)
    assert isinstance(tried, Program)
    current = versions.current(versions.every(business))
    own = current.program if current and len(found.trials) == 2 else tried
    names = [_("As it was"), asked.title or _("With the change")]
    programs = [own, tried][-len(found.trials) :]
    shown = [
        _named(trial, of, name)
        for trial, of, name in zip(found.trials, programs, names[-len(found.trials) :], strict=True)
    ]
    return trials.figures(structs.replace(found, trials=tuple(shown)), words())


def notes(asked: WhatIfAsked, found: WhatIf) -> list[str]:
    """What a reader must know of how this was reckoned."""
    told = []
    if asked.stretch != "everything":
        told.append(
            _("Everybody begins this stretch with an empty card, under both programs alike.")
        )
    if found.notes:
        told.append(_("Members share something here, so everything was replayed in order of time."))
    if asked.worth:
        told.append(_("Where a program does not say what a unit is worth, it is what you stated."))
    elif any(_unpriced(trial) for trial in found.trials):
        told.append(_("Try again and state what one unit is worth."))
    refused = sum(found.trials[-1].refused.values()) if found.trials else 0
    if refused:
        values = {"count": say.count(refused)}
        told.append(_("%(count)s events could not be repeated under this program.") % values)
    return told


def _unpriced(trial: Trial) -> bool:
    """Whether something was given that has no value."""
    return any(
        one.worth is None and any(roll.issued for roll in one.rolls) for one in trial.holdings
    )


def words() -> trials.Words:
    """The words of the charts."""
    return trials.Words(
        liability=_("What open units are worth at the month’s end"),
        cost=_("What rewards cost"),
        breakage=_("What lapsed was worth"),
        members=_("Members by level at the month’s end"),
        taken=_("Rewards taken"),
        issued=_("issued"),
        redeemed=_("redeemed"),
        expired=_("expired"),
        open=_("open"),
        month=_("month"),
        reward=_("reward"),
        spent=_("Spent by customers"),
        share=_("Rewards as a share of it"),
        owed=_("Owed at the end"),
        lapsed=_("Lapsed"),
        purchases=_("Purchases"),
        people=_("Who gets more back"),
        gain=_("gain, % of spend"),
        customers=_("customers"),
        winners=_("more than before"),
        losers=_("less than before"),
        same=_("the same"),
        totals=_("In all"),
        money=say.money,
        count=say.count,
        when=saying.short_month,
        percent=_percent,
        titled=lambda name, what: _("%(name)s: %(what)s") % {"name": name, "what": what},
    )


def _asked(business: Business, form: trying.Try) -> tuple[WhatIfAsked | None, list[faults.Fault]]:
    given = form.cleaned_data
    title, text = trying.text_of(given["program"], given["text"], business)
    found = trying.problems(text, business)
    if found:
        return None, [faults.fault(one) for one in found]
    worth = str(given["worth"] or "")
    chance = given["chance"]
    return WhatIfAsked(title, text, given["stretch"], given["choice"], chance, worth), []


def _percent(part: int, whole: int) -> str:
    return say.percent(part / whole) if whole else "–"


def _listed(study: Study) -> tuple[Study, str]:
    return study, studies.asked(study, WhatIfAsked).title or _("Your program, changed")


def _named(trial: Trial, of: Program, name: str) -> Trial:
    """A trial with titles where the core has names; a title that two share stays a name."""
    rewards = _titles(trial.rewards, lambda one: _reward(of, one))
    tiers = _titles(trial.tiers, lambda one: saying.tier(of, one))
    units = _titles([one.unit for one in trial.holdings], lambda one: saying.called(of, one))
    return structs.replace(
        trial,
        title={"": name},
        rewards=tuple(rewards.values()),
        tiers=tuple(tiers.values()),
        holdings=tuple(structs.replace(one, unit=units[one.unit]) for one in trial.holdings),
        months=tuple(_month(month, rewards, tiers) for month in trial.months),
    )


def _month(month: Month, rewards: dict[str, str], tiers: dict[str, str]) -> Month:
    return structs.replace(
        month,
        taken={rewards[name]: count for name, count in month.taken.items()},
        members={tiers[name]: count for name, count in month.members.items()},
    )


def _titles(names: tuple[str, ...] | list[str], title: saying.Titled) -> dict[str, str]:
    said = {name: title(name) for name in names}
    often = list(said.values())
    return {name: text if often.count(text) == 1 else name for name, text in said.items()}


def _reward(of: Program, name: str) -> str:
    return _("Paid with units") if name == PAID else saying.reward(of, name)
