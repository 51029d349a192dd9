"""The difference of the annual footprint of two days, split into seven effects (§1), each by its own formula.

A total is `N × (c × Σ s e + k × Σ t w i)` over groups of one kind and the same two rows: N active assets; c and k which
part of them has a figure for making and for use; s and t which part of those a group is; e the mean embodied impact a
year of one that has a figure, w its mean electricity a year with overhead, i the impact of a kilowatt-hour. From one
effect to the next one letter more is of the second day.
"""

import math
from collections import defaultdict

from fleet import is_active, status_at
from footprint import declared_kwh, factor, grams_a_kwh, internal_years, pue, rows_of


class Day:
    def __init__(self, world, at):
        self.groups = defaultdict(lambda: {"made": [], "used": []})
        self.count, self.grams_a_kwh = 0, grams_a_kwh(at)
        for a in world.assets:
            if not is_active(a, at):
                continue
            self.count += 1
            group = self.groups[(a["kind"], *rows_of(a))]
            row, ours = factor(a), internal_years(a, at)
            if row is not None and ours is not None:
                group["made"].append(sum(row[:3]) / (a.get("upstream_years", 0.0) + ours))
            if (kwh := declared_kwh(a)) is not None:
                group["used"].append(0.0 if status_at(a, at) == "in_stock" else kwh * pue(a))

    def told(self, part):
        return sum(len(group[part]) for group in self.groups.values())

    def covered(self, part):
        return self.told(part) / self.count if self.count else None

    def share(self, key, part):
        return len(self.groups[key][part]) / self.told(part) if self.told(part) else None

    def mean(self, key, part):
        numbers = self.groups[key][part]
        return math.fsum(numbers) / len(numbers) if numbers else None

    def total(self):
        return math.fsum(math.fsum(g["made"]) + math.fsum(g["used"]) * self.grams_a_kwh for g in self.groups.values())


def effects_of(world, first, second):
    """(total of the first day, total of the second, {effect: grams})."""
    days = [Day(world, first), Day(world, second)]
    keys = sorted(set(days[0].groups) | set(days[1].groups), key=str)

    def both(of):
        # What one day cannot tell is as on the other one.
        before, after = (of(day) for day in days)
        before, after = (after if before is None else before), (before if after is None else after)
        return before or 0.0, after or 0.0

    n = [day.count for day in days]
    c, k = both(lambda day: day.covered("made")), both(lambda day: day.covered("used"))
    i = [day.grams_a_kwh for day in days]
    s, t, e, w = ([both(lambda day: of(day, key)) for key in keys] for of in (
        lambda day, key: day.share(key, "made"), lambda day, key: day.share(key, "used"),
        lambda day, key: day.mean(key, "made"), lambda day, key: day.mean(key, "used")))
    groups = range(len(keys))

    def made(share, each):
        return math.fsum(s[g][share] * e[g][each] for g in groups)

    def used(share, each):
        return math.fsum(t[g][share] * w[g][each] for g in groups)

    effects = {
        "coverage": n[0] * ((c[1] - c[0]) * made(0, 0) + (k[1] - k[0]) * used(0, 0) * i[0]),
        "fleet_size": (n[1] - n[0]) * (c[1] * made(0, 0) + k[1] * used(0, 0) * i[0]),
        "mix": n[1] * (c[1] * (made(1, 0) - made(0, 0)) + k[1] * (used(1, 0) - used(0, 0)) * i[0]),
        "lifetimes": n[1] * c[1] * (made(1, 1) - made(1, 0)),
        "consumption": n[1] * k[1] * (used(1, 1) - used(1, 0)) * i[0],
        "electricity": n[1] * k[1] * used(1, 1) * (i[1] - i[0]),
        # Within one edition both days are seen by the same factors and assumptions.
        "factors_and_method": 0.0,
    }
    return days[0].total(), days[1].total(), effects
