"""What nobody can reach: rewards and tiers, and the draws and causes that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterator

from habitue.core import program
from habitue.core.document.page import Sheet


def check(found: program.Program, sheet: Sheet) -> None:
    """Note everything that is out of reach."""
    awarded = _awarded(found)
    closed = _closed_tiers(found, awarded, sheet)
    for path, reward in zip(sheet.paths("rewards"), found.rewards, strict=True):
        if not any(problem.path.startswith(f"{path}.") for problem in sheet.problems):
            _reward_reachable(found, reward, awarded, path, sheet)
        if reward.tiers and closed.issuperset(reward.tiers):
            sentence = f'nobody can reach "{reward.id}": no member can reach its tiers'
            sheet.fault_at(f"{path}.tiers", sentence)
    for path, benefit in zip(sheet.paths("benefits"), found.benefits, strict=True):
        if benefit.tiers and closed.issuperset(benefit.tiers):
            sentence = f'nobody can have "{benefit.id}": no member can reach its tiers'
            sheet.fault_at(f"{path}.tiers", sentence)
    if not any(problem.path.startswith("rewards") for problem in sheet.problems):
        _draws_entered(found, sheet)
        _causes_given(found, sheet)
    if found.leaderboard is not None and found.leaderboard.unit not in awarded:
        sentence = f"nobody can be in it: no rule awards {found.leaderboard.unit}"
        sheet.fault_at("leaderboard.unit", sentence)


def gifts(found: program.Program) -> Iterator[program.Gift]:
    """Everything that rewards and prizes give."""
    for reward in found.rewards:
        yield from reward.gifts
    for draw in found.draws:
        yield from (prize.gift for prize in draw.prizes)


def bases(rule: program.EarnRule) -> Iterator[str]:
    """The units that a rule awards by itself, not by changing other awards."""
    for award in rule.awards:
        if not isinstance(award, program.Multiply | program.Bonus):
            yield award.unit


def _awarded(found: program.Program) -> set[str]:
    """The units that a rule, a reward, a prize or the dividend gives."""
    units = {unit for rule in found.rules for unit in bases(rule)}
    units |= {gift.unit for gift in gifts(found) if gift.unit}
    return units | ({found.dividend.pays} if found.dividend else set())


# --- tiers -------------------------------------------------------------------------------------


def _closed_tiers(found: program.Program, awarded: set[str], sheet: Sheet) -> set[str]:
    """The tiers no rule can bring anybody to, each noted."""
    if found.tiers is None:
        return set()
    balance = found.tiers.measure == "balance"
    asked = "redeemable" if balance else "qualifying"
    counted = {unit.id for unit in found.units if getattr(unit, asked)} & awarded
    closed = set()
    placed = zip(sheet.paths("tiers.levels"), found.tiers.levels, strict=True)
    for path, level in placed:
        if not level.needs or any({u for u, _ in needs} <= counted for needs in level.needs):
            continue
        missing = min({unit for needs in level.needs for unit, _ in needs} - counted)
        why = (
            f"{missing} {'is not redeemable' if balance else 'does not qualify'}; add {asked}: true"
        )
        if missing not in awarded:
            why = f"no rule awards {missing}"
        sheet.fault_at(f"{path}.from", f'nobody can reach the tier "{level.id}": {why}')
        closed.add(level.id)
    return closed


# --- rewards -----------------------------------------------------------------------------------


def _reward_reachable(
    found: program.Program, reward: program.Reward, awarded: set[str], path: str, sheet: Sheet
) -> None:
    def out_of_reach(key: str, why: str) -> None:
        sheet.fault_at(f"{path}{key}", f'nobody can reach "{reward.id}": {why}')

    if reward.cost is None:
        if reward.automatic is None:
            out_of_reach("", "it has no cost and is not given automatically")
        elif reward.automatic == "threshold":
            out_of_reach(".automatic", "a threshold needs a cost")
        return
    unit_id, amount = reward.cost
    unit = found.units[found.unit_index(unit_id)]
    if not unit.redeemable:
        out_of_reach(".cost", f"{unit_id} is not redeemable; add redeemable: true")
    elif unit_id not in awarded:
        out_of_reach(".cost", f"no rule awards {unit_id}")
    elif reward.limit and reward.limit.amount is not None and reward.limit.amount < amount:
        out_of_reach(".limit", f"its limit of {unit_id} is below its cost")


# --- draws and causes --------------------------------------------------------------------------


def _draws_entered(found: program.Program, sheet: Sheet) -> None:
    by_gift = {gift.to for gift in gifts(found) if gift.kind == "draw entry"}
    for path, draw in zip(sheet.paths("draws"), found.draws, strict=True):
        if not draw.when and draw.id not in by_gift:
            why = "say when, or let a reward give entries"
            sheet.fault_at(path, f'nobody can enter "{draw.id}": {why}')


def _causes_given(found: program.Program, sheet: Sheet) -> None:
    given = {gift.to for gift in gifts(found) if gift.kind == "donation"}
    for path, cause in zip(sheet.paths("causes"), found.causes, strict=True):
        if cause.id not in given:
            why = "no reward is a donation to it"
            sheet.fault_at(path, f'nobody can give to "{cause.id}": {why}')
