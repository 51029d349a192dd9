"""Every indicator of a day, out of the tables."""

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction

from exits import reform_items, reuse_of_exits
from fleet import age_band, is_active, left_on, reform_is_only_seen, status_at
from footprint import annual_phases, factor, undivided
from gains import spared_euros, spared_grams
from lifetime import kaplan_meier_median, lives_of
from people import agents_of
from purchases import bought_lines, spending, target_of
from table import DAY_SECONDS, REUSE_CONDITIONS


def readings(world, at):
    """{"name": [{"slice", "value"}, …]} at the end of a day."""
    active = [a for a in world.assets if is_active(a, at)]

    out = defaultdict(list)

    def say(name, value, **labels):
        out[name].append({"slice": labels, "value": value})

    def say_counts(name, counted, labels):
        for key in sorted(counted):
            say(name, counted[key], **dict(zip(labels, map(str, key))))

    for name, found in world.rejects.items():
        say("(rejects by source)", len(found), source=name)
    say("doubts", world.collides, reason="collides")

    # §0
    present = [a for a in world.assets if status_at(a, at) not in (None, "disposed", "lost")]
    say_counts("assets", Counter((a["entity_id"], a["kind"], status_at(a, at)) for a in present), ("entity", "kind", "status"))
    say_counts("assets_acquired", Counter((a["entity_id"], a["kind"], a["condition"]) for a in active), ("entity", "kind", "condition"))
    say_counts("assets_by_age", Counter((a["kind"], age_band(a["start"], at)) for a in active), ("kind", "age_band"))
    say_counts("assets_age_known", Counter((a["kind"],) for a in active if a["start"]), ("kind",))
    ages = Counter()
    for a in active:
        if a["start"]:
            ages[(a["kind"],)] += (at - a["start"]).days * DAY_SECONDS
    say_counts("assets_age_seconds", ages, ("kind",))

    # §1
    annual, embodied, acquired = defaultdict(list), defaultdict(list), defaultdict(list)
    for a in world.assets:
        if factor(a) is None:
            continue
        if is_active(a, at):
            for phase, grams in annual_phases(a, at).items():
                annual[(a["kind"], phase)].append(grams)
            embodied[(a["kind"],)].append(undivided(a, at))
        when = a.get("purchase_date") or a["start"]
        if when and when <= at:
            acquired[(a["kind"], when.year)].append(undivided(a, at))
    say_counts("footprint_annual_co2e_grams", {k: math.fsum(v) for k, v in annual.items()}, ("kind", "phase"))
    say_counts("footprint_embodied_co2e_grams", {k: math.fsum(v) for k, v in embodied.items()}, ("kind",))
    say_counts("footprint_acquired_co2e_grams", {k: math.fsum(v) for k, v in acquired.items()}, ("kind", "year"))
    say("footprint_fleet_annual_co2e_grams", math.fsum(g for v in annual.values() for g in v))

    # §1, gains: counterfactual, by what spared them
    items = list(reform_items(world.assets, world.lone_exits))
    year = str(at.year)
    for by, grams in spared_grams(world.assets, items, at).items():
        say("avoided_co2e_grams", grams, by=by, year=year)
    for by, euros in spared_euros(world.assets, bought_lines(world.purchases, world.assets, world.house, at), at).items():
        say("avoided_euros", euros, by=by, year=year)

    # §2
    ended = defaultdict(list)
    for kind, lives in sorted(lives_of(world.assets, at).items()):
        median = kaplan_meier_median(lives)
        say("lifetime_median_seconds", None if median is None else median * DAY_SECONDS, kind=kind)
    leap = (at.month, at.day) == (2, 29)
    for kind, lives in sorted(lives_of(world.assets, at.replace(year=at.year - 1, day=28 if leap else at.day)).items()):
        median = kaplan_meier_median(lives)
        say("lifetime_median_year_ago_seconds", None if median is None else median * DAY_SECONDS, kind=kind)
    for a in world.assets:
        gone = left_on(a)
        if a["status"] in ("retired", "disposed") and not reform_is_only_seen(a) and a["start"] and gone and a["start"] <= gone <= at:
            ended[(a["kind"], gone.year)].append((gone - a["start"]).days)
    say_counts("lifetime_mean_at_exit_seconds", {k: sum(v) * DAY_SECONDS / len(v) for k, v in ended.items()}, ("kind", "year"))

    # §3
    cells, recent, checks = spending(world.purchases, world.assets, world.house, at)
    units = defaultdict(lambda: [0, 0])
    for (siret, category, year), cell in sorted(cells.items()):
        if category == "none":
            # Out of the scope of the law: in no denominator.
            continue
        labels = {"siret": siret, "category": category, "year": str(year)}
        for condition, amount in sorted(cell["by_condition"].items()):
            say("purchases_euros", amount / 100, **labels, condition=condition)
        say("gifts_euros", cell["gifts"] / 100, **labels)
        say("rentals_euros", cell["rentals"] / 100, **labels)
        say("derogated_euros", cell["derogated"] / 100, **labels)
        bought = sum(cell["by_condition"].values())
        reuse = sum(cell["by_condition"][c] for c in REUSE_CONDITIONS)
        total = bought + cell["gifts"]
        say("reuse_spend_ratio", (reuse + cell["gifts"]) / total if total > 0 else None, **labels)
        say("reuse_spend_without_gifts_ratio", reuse / bought if bought > 0 else None, **labels)
        say("reuse_spend_coverage_ratio", (total - cell["by_condition"]["unknown"]) / total if total > 0 else None, **labels)
        for side in (0, 1):
            units[(category, year)][side] += cell["units"][side]
        target = target_of(category, year)
        missing = None if target is None or total <= 0 else max(Fraction(0), target * total - reuse - cell["gifts"])
        say("reuse_spend_missing_euros", None if missing is None else float(missing / 100), **labels)
        if year == at.year:
            to_come, reuse_to_come = (Fraction(a * (date(year, 12, 31) - at).days, 365) for a in recent[(siret, category)])
            end, reuse_then = total + to_come, reuse + cell["gifts"] + reuse_to_come
            say("reuse_spend_projected_ratio", float(reuse_then / end) if end > 0 else None, **labels)
            asked = None if target is None or to_come <= 0 else target * end - reuse - cell["gifts"]
            say("reuse_spend_required_ratio", None if asked is None else float(max(Fraction(0), asked / to_come)), **labels)
    for (category, year), (all_units, reused) in sorted(units.items()):
        labels = {"category": category, "year": str(year)}
        target = target_of(category, year)
        say("reuse_spend_target_ratio", None if target is None else float(target), **labels)
        say("reuse_units_ratio", reused / all_units if all_units else None, **labels)
    out["(ledger beside inventory, euros)"] = [
        {"slice": {"siret": k[0], "category": k[1], "year": str(k[2])}, "value": [a / 100, b / 100]} for k, (a, b) in sorted(checks.items()) if b]

    # §4
    counts = {}
    for r in world.rows["reformed_stock"]:
        if r["date"] <= at and (r["date"].month, r["date"].day) in ((1, 1), (12, 31)):
            counts[(r.get("siret", world.house.siret), (r["date"] + timedelta(days=1)).year)] = r["count"]
    for siret, year, reused, stock in reuse_of_exits(items, counts, at):
        if year < 2023:
            # Before the decree's first target there is no rate to follow.
            continue
        labels = {"siret": siret, "year": str(year)}
        say("disposals_to_reuse", reused, **labels)
        say("reformed_stock", stock, **labels)
        say("disposal_reuse_ratio", reused / stock if stock else None, **labels)
    for year in range(2023, at.year + 1):
        say("disposal_reuse_target_ratio", {2023: 0.25, 2024: 0.35}.get(year, 0.50), year=str(year))

    # §5
    for entity, agents in sorted(agents_of(world.rows["headcount"], world.house, at).items()):
        say("agents", agents, entity=entity)
    return dict(out)
