"""What was spared this civil year (§5): by long lives, refurbished purchases and exits to reuse. Counterfactual."""

import math
from collections import defaultdict
from datetime import date

from exits import REUSE_ROUTES
from fleet import is_active
from footprint import ADEME, REFERENCE_YEARS, YEAR_DAYS, factor, internal_years
from table import REUSE_CONDITIONS

# The assumption `second_life_years`: for so long somebody else goes without something new.
SECOND_LIFE_YEARS = 2
PRICED_MONTHS = 24


def months_before(day, months):
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue


def beyond_reference(asset, at):
    """Which part of a reference life lies past it, in this civil year; 0 where none does."""
    reference = REFERENCE_YEARS.get(asset["kind"])
    if reference is None or asset["start"] is None:
        return 0.0
    past = (at - asset["start"]).days / YEAR_DAYS - reference
    this_year = (at - date(at.year - 1, 12, 31)).days / YEAR_DAYS
    return max(0.0, min(past, this_year)) / reference


def may_have_left_in(item, at):
    """An exit of which nobody tells the year may be one of this year."""
    if item["left_within"] is None or item["left_within"][1] > at:
        return False
    first, last = item["left_within"]
    return (first is None or first.year <= at.year) and at.year <= last.year


def spared_grams(assets, items, at):
    """Grams by what spared them; None where it happened and nothing of it can be computed."""
    found = defaultdict(list)
    for a in assets:
        if not is_active(a, at):
            continue
        row = factor(a)
        whole = None if row is None else sum(row[:3])
        if part := beyond_reference(a, at):
            found["longer_lives"].append(None if whole is None else whole * part)
        acquired = a.get("purchase_date") or a["start"]
        if a["condition"] in REUSE_CONDITIONS and acquired and acquired <= at and acquired.year == at.year:
            before, ours = a.get("upstream_years", 0.0), internal_years(a, at)
            known = whole is not None and ours is not None and before > 0
            found["refurbished_purchases"].append(whole * before / (before + ours) if known else None)
    for i in items:
        if may_have_left_in(i, at) and i["route"] in REUSE_ROUTES:
            found["exits_to_reuse"].append(None)
        if i["left"] and i["left"] <= at and i["left"].year == at.year and i["route"] in REUSE_ROUTES:
            # Of a line of exits the kind is known, and of what stands instead of it nothing more.
            life, row = REFERENCE_YEARS.get(i["kind"]), ADEME.get(i["kind"])
            found["exits_to_reuse"].append(i["count"] * sum(row[:3]) * SECOND_LIFE_YEARS / life if row and life else None)
    return {by: known_sum(grams) for by, grams in found.items()}


def known_sum(numbers):
    known = [number for number in numbers if number is not None]
    return math.fsum(known) if known else None


def spared_euros(assets, bought, at):
    """The same in euros: a life beyond the reference by what the thing was bought for, a refurbished purchase by what a
    new one of its kind costs this house, in the mean of the last 24 months."""
    found = defaultdict(list)
    for a in assets:
        if is_active(a, at) and (part := beyond_reference(a, at)):
            cents = a.get("purchase_price_ht", 0)
            found["longer_lives"].append(cents / 100 * part if cents > 0 else None)
    since = months_before(at, PRICED_MONTHS)
    new = defaultdict(lambda: [0, 0])
    for b in bought:
        if since < b["day"] <= at and b["condition"] == "new" and b["told"] and b["quantity"] > 0 and b["cents"] > 0:
            new[b["kind"]][0] += b["cents"]
            new[b["kind"]][1] += b["quantity"]
    for b in bought:
        if b["day"].year == at.year and b["day"] <= at and b["condition"] in REUSE_CONDITIONS and b["cents"] > 0:
            cents, units = new.get(b["kind"], (0, 0))
            known = b["told"] and units
            found["refurbished_purchases"].append((cents / units * b["quantity"] - b["cents"]) / 100 if known else None)
    return {by: known_sum(euros) for by, euros in found.items()}
