#!/usr/bin/env python3
"""Simulates other lives a second time, straight from the CSV files, without any of ecoparc's code.

    tests/simulate.py config --at 2026-11-24 --life laptop=6        prints {"today": [year 0, …], "scenario": […]} as JSON

Year by year: stock ÷ life of each kind leaves, the oldest first, and is replaced by its like, rented by rented, a share of
what is bought from reuse. Files, assets and factors are read by tests/recompute.py. Where ecoparc computes a year by itself,
this walks from one to the next and keeps every queue. Standard library only.
"""

import argparse
import json
import math
import sys
from collections import defaultdict
from datetime import date

import recompute as r

YEARS = 5


def house_of(place, at, first_seen):
    """Assets and purchase lines, settled as recompute.py settles them."""
    settings, folder = r.settings_of(place)
    house = r.House(settings)
    rejects = defaultdict(list)
    rows, since = defaultdict(list), {}
    for source in settings["source"]:
        if day := source.get("exits_recorded_since"):
            since[source["name"]] = day if isinstance(day, date) else r.read_date(day)
        if source["contents"] not in r.PASSED_OVER:
            rows[source["contents"]] += r.read_source(source, folder, rejects)
    year_of = settings.get("law", {}).get("year_of", "invoice")
    lines = []
    for line in rows["purchases"]:
        line["day"] = r.year_date(line, year_of)
        if line["day"]:
            lines.append(line)
    assets, _ = r.gather_assets(rows["assets"], rows["decisions"])
    for asset in assets:
        r.settle(asset, house, since, first_seen or at)
    r.match_exits(rows["disposals"], assets, house)
    return house, assets, lines


# ---- how the house buys --------------------------------------------------------------------------------------------

def bought(house, assets, lines, at):
    """Purchases of the last 24 months whose price and quantity are told: (kind, condition, cents, units)."""
    found, covered = [], set()
    since = r.anniversary(at, -2)
    for line in lines:
        if line["day"] > at:
            continue
        siret = line.get("siret") or house.siret_of(house.entity_of(line.get("entity", ""), line["source"]))
        category = r.category_of(line["kind"], line["day"].year, line.get("category"))
        covered.add((siret, category, line["day"].year))
        condition = line.get("condition", "unknown")
        mode = line.get("mode", "gift" if condition == "donated" else "purchase")
        told = line["quantity_told"] and line["quantity"] > 0 and line["amount_ht"] > 0
        if category != "none" and mode == "purchase" and told and line["day"] > since:
            found.append((line["kind"], condition, line["amount_ht"], line["quantity"]))
    for asset in assets:
        day, cents = asset.get("purchase_date"), asset.get("purchase_price_ht", 0)
        if day is None or not since < day <= at or cents <= 0 or asset["mode"] != "purchase":
            continue
        category = r.category_of(asset["kind"], day.year)
        if category != "none" and (asset["siret"], category, day.year) not in covered:
            found.append((asset["kind"], asset["condition"], cents, 1))
    return found


def habits(purchases, active):
    """By kind: share from reuse, mean price new and from reuse (None: unknown), mean years before us."""
    units, paid = defaultdict(int), defaultdict(int)
    for kind, condition, cents, count in purchases:
        sort = "reused" if condition in r.REUSE_CONDITIONS else "new" if condition == "new" else "other"
        units[kind, sort] += count
        paid[kind, sort] += cents
    upstream = defaultdict(list)
    for asset in active:
        if asset["condition"] in r.REUSE_CONDITIONS and "upstream_years" in asset:
            upstream[asset["kind"]].append(asset["upstream_years"])
    found = {}
    for kind in r.KINDS:
        everything = sum(units[kind, sort] for sort in ("reused", "new", "other"))
        price = {sort: paid[kind, sort] / 100 / units[kind, sort] if units[kind, sort] else None for sort in ("new", "reused")}
        years = upstream[kind]
        found[kind] = {
            "share": units[kind, "reused"] / everything if everything else 0.0,
            "new": price["new"], "reused": price["reused"],
            "upstream": sum(years) / len(years) if years else 0.0,
        }
    return found


# ---- queues --------------------------------------------------------------------------------------------------------

class Queue:
    """Things of one kind in the order in which they leave; what began on one day leaves together."""

    def __init__(self, kind, rented, life, habit):
        self.kind, self.rented, self.life, self.habit = kind, rented, life, habit
        self.groups = []

    def put(self, things):
        """things: [weight, grams or None, years before us, age or None]."""
        self.groups.append(things)

    def size(self):
        return math.fsum(thing[0] for group in self.groups for thing in group)

    def pass_year(self):
        """A year goes by. Returns what left: it has been replaced, at the year's end."""
        for group in self.groups:
            for thing in group:
                if thing[3] is not None:
                    thing[3] += 1
        to_leave = left = self.size() / self.life
        gone = []
        while left > 0 and self.groups:
            head = self.groups[0]
            size = math.fsum(thing[0] for thing in head)
            part = min(1.0, left / size) if size else 1.0
            gone += [[thing[0] * part, thing[1]] for thing in head]
            left -= size
            if part < 1.0:
                for thing in head:
                    thing[0] *= 1 - part
            else:
                self.groups.pop(0)
        share = 0.0 if self.rented else self.habit["share"]
        self.put([[weight * of, grams, years, 0] for weight, grams in gone
                  for of, years in ((1 - share, 0.0), (share, self.habit["upstream"])) if of])
        return to_leave

    def embodied(self):
        return math.fsum(weight * grams / (before + max(age or 0.0, self.life))
                         for group in self.groups for weight, grams, before, age in group if grams is not None)


def course(active, at, lives, habits, priced):
    """The years of one course, year 0 first."""
    now = {"embodied": 0.0, "use": 0.0}
    for asset in active:
        if r.factor(asset) is None:
            continue
        if r.REFERENCE_YEARS.get(asset["kind"]) is None:
            raise SystemExit(f"{asset['kind']}: a factor, and no reference lifetime")
        phases = r.annual_phases(asset, at)
        now["use"] += phases.pop("use", 0.0)
        now["embodied"] += math.fsum(phases.values())
    first = {"civil_year": at.year, "assets": len(active), "embodied_grams": now["embodied"], "use_grams": now["use"],
             "total_grams": now["embodied"] + now["use"]}
    queues = {}
    for asset in sorted(active, key=lambda a: (a["start"] is None, a["start"] or at)):
        kind, rented, start = asset["kind"], asset["mode"] == "rental", asset["start"]
        if kind not in lives:
            continue
        queue = queues.setdefault((kind, rented, start is None), [Queue(kind, rented, lives[kind], habits[kind]), {}])
        phases = r.factor(asset)
        age = None if start is None else (at - start).days / r.YEAR_DAYS
        thing = [1.0, None if phases is None else sum(phases[:3]), asset.get("upstream_years", 0.0), age]
        queue[1].setdefault(start, []).append(thing)
    for queue, groups in queues.values():
        for things in groups.values():
            queue.put(things)
    years = [first]
    for year in range(1, YEARS + 1):
        exits = rented = new = reused = euros = of_reuse = category = category_reused = 0.0
        of_kind = defaultdict(float)
        for queue, _ in queues.values():
            gone = queue.pass_year()
            exits += gone
            of_kind[queue.kind] += queue.embodied()
            if queue.rented:
                rented += gone
                continue
            habit = queue.habit
            parts = gone * (1 - habit["share"]), gone * habit["share"]
            new, reused = new + parts[0], reused + parts[1]
            if queue.kind in priced:
                cost = [count * (habit[sort] or 0.0) for count, sort in zip(parts, ("new", "reused"))]
                euros, of_reuse = euros + sum(cost), of_reuse + cost[1]
                if r.category_of(queue.kind, at.year + year) == "it_telephony":
                    category, category_reused = category + sum(cost), category_reused + cost[1]
        embodied = math.fsum(of_kind.values())
        years.append({
            "civil_year": at.year + year, "assets": len(active), "embodied_grams": embodied, "use_grams": now["use"],
            "total_grams": embodied + now["use"], "exits": exits, "rented": rented, "bought_new": new,
            "bought_refurbished": reused, "spent_euros": euros, "spent_refurbished_euros": of_reuse,
            "reuse_spend_ratio": category_reused / category if category else None, "laptop_embodied_grams": of_kind["laptop"],
        })
    return years


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", help="folder of quickstart.toml, or a configuration file")
    parser.add_argument("--at", type=date.fromisoformat, required=True, help="the day, YYYY-MM-DD")
    parser.add_argument("--first-seen", type=date.fromisoformat, help="the day of the first collection; default: the day asked for")
    parser.add_argument("--life", action="append", default=[], metavar="KIND=YEARS", help="another life in the scenario")
    options = parser.parse_args()
    house, assets, lines = house_of(options.folder, options.at, options.first_seen)
    active = [a for a in assets if r.is_active(a, options.at)]
    buying = habits(bought(house, assets, lines, options.at), active)
    # A kind is in euros where every price that it needs is known.
    priced = {kind for kind, habit in buying.items()
              if (habit["new"] is not None or habit["share"] == 1) and (habit["reused"] is not None or habit["share"] == 0)}
    others = {kind: float(years) for kind, years in (told.split("=") for told in options.life)}
    answer = {name: course(active, options.at, r.REFERENCE_YEARS | lives, buying, priced)
              for name, lives in (("today", {}), ("scenario", others))}
    json.dump(answer, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
