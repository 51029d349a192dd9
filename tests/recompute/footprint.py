"""The climate footprint of an asset (§1): factors, lives, electricity."""

import csv
import math
import re
from collections import defaultdict
from pathlib import Path

from fleet import left_on, reform_is_only_seen, status_at
from table import REUSE_CONDITIONS

# §1: ADEME factors (publicodes-acv-numerique 2.2.0): manufacture, distribution, end of life in grams of CO2e, kWh a year.
ADEME = {
    "smartphone": (77_000, 2_270, 246, 4.93), "tablet": (80_500, 3_430, 364, 18.25), "laptop": (170_000, 12_300, 2_790, 29.0),
    "desktop": (203_000, 1_850, 6_610, 153.3), "monitor": (64_600, 1_290, 3_950, 73.0), "printer": (10_500, 300, 10_200, 21.9),
    "tv": (325_000, 3_260, 11_900, 71.2), "modem": (60_800, 610, 1_630, 70.1), "projector": (39_200, 1_321, 3_260, 36.5),
    "external_drive": (11_500, 113, 287, 2.92),
}
REFERENCE_YEARS = {"laptop": 5, "desktop": 6, "workstation": 6, "all_in_one": 6, "thin_client": 6, "monitor": 6, "tablet": 3,
                   "smartphone": 2.5, "printer": 5, "multifunction": 5, "tv": 8, "projector": 8, "server": 5, "modem": 5,
                   "external_drive": 5}
# Grams of CO2e a kWh in France, by year (publicodes-commun 2.1.6).
ELECTRICITY = {2021: 56.9, 2022: 52.0, 2023: 58.0, 2024: 51.9, 2025: 46.1}
YEAR_DAYS = 365.25
# §1: what makers put into a name and people leave out of it; overhead of what stands in a server room.
SILENT = set("BUSINESS COMPUTER DESKTOP EDITION MOBILE NOTEBOOK PC SERIES SYSTEM WORKSTATION".split())
SERVER_ROOM_PUE = 1.75
COMPUTERS = {"laptop", "desktop", "workstation", "all_in_one", "thin_client", "tablet"}


def internal_years(asset, at):
    """Observed life of an exited asset, else max(age, reference lifetime)."""
    start, out = asset["start"], left_on(asset)
    if start and out and out <= at and asset["status"] in ("retired", "disposed") and not reform_is_only_seen(asset):
        return (out - start).days / YEAR_DAYS
    reference = REFERENCE_YEARS.get(asset["kind"])
    if reference is None:
        return None
    return max((at - start).days / YEAR_DAYS, reference) if start else reference


def pue(asset):
    return SERVER_ROOM_PUE if asset["kind"] in ("server", "blade_chassis", "storage_array") else 1.0


def spelled(maker, model):
    """A model's name without its maker, its diagonal and words that say nothing; letters and digits in upper case."""
    text = re.sub(r'(\d+([.,]\d+)?)[ -]*("|”|IN\b|INCH\b|INCHES\b|POUCES?\b)', " ", model.replace("+", " PLUS ").upper())
    words = [w for w in re.split(r"[^\w.,]+|_", text) if w not in SILENT]
    words = [re.sub(r"^GEN(\d*)$", r"G\1", w) for w in words]
    bare = re.sub(r"[\W_]", "", "".join(words))
    maker = re.sub(r"\W", "", maker.upper())
    return bare[len(maker):] if bare.startswith(maker) and len(bare) > len(maker) + 1 else bare


def makers_rows():
    rows, aliases = defaultdict(list), {}
    folder = Path(__file__).resolve().parents[2] / "factors/makers"
    for row in csv.DictReader(open(folder / "factors.csv", encoding="utf-8")):
        rows[row["manufacturer"], spelled(row["manufacturer"], row["model"])].append(row)
    for row in csv.DictReader(open(folder / "aliases.csv", encoding="utf-8")):
        maker = row["manufacturer"]
        aliases[maker, spelled(maker, row["told"])] = spelled(maker, row["model"])
    return rows, aliases


MAKERS_ROWS, MAKERS_ALIASES = makers_rows()


def new_in(asset):
    if made := asset.get("manufacture_date"):
        return made.year
    days = [asset[f] for f in ("purchase_date", "delivery_date", "in_service_date") if asset.get(f)]
    if not days:
        return None
    if "upstream_years" in asset:
        return min(days).year - math.floor(asset["upstream_years"] + 0.5)
    return None if asset["condition"] in REUSE_CONDITIONS else min(days).year


def makers_row(asset):
    maker, model = asset.get("manufacturer"), asset.get("model")
    if not maker or not model:
        return None
    maker = {"HPE": "HP"}.get(maker, maker)
    year = new_in(asset)

    def named(name):
        rows = [r for r in MAKERS_ROWS[maker, name] if not (r["year"] and year) or abs(int(r["year"]) - year) <= 5]
        return [r for r in rows if r["kind"] == asset["kind"] or {r["kind"], asset["kind"]} <= COMPUTERS]

    name = spelled(maker, model)
    rows = named(name) or named(MAKERS_ALIASES.get((maker, name), name))
    return rows[0] if len(rows) == 1 else None


def factor(asset):
    """Manufacture, distribution, end of life in grams, and kWh a year: the maker's, else the kind's; None: no row."""
    kind, row = ADEME.get(asset["kind"]), makers_row(asset)
    if row is None:
        return kind
    kwh = float(row["annual_kwh"]) if row["annual_kwh"] else kind and kind[3]
    return *(1000 * float(row[stage]) for stage in ("manufacture", "distribution", "end_of_life")), kwh


def rows_of(asset):
    """Which row tells its making, and which its electricity."""
    kind, row = asset["kind"] if asset["kind"] in ADEME else None, makers_row(asset)
    if row is None:
        return kind, kind
    name = row["manufacturer"], row["model"], row["year"]
    return name, name if row["annual_kwh"] else kind


def declared_kwh(asset):
    """Electricity a year before overhead: declared of the very thing, else that of its row."""
    row = factor(asset)
    return asset.get("annual_kwh", None if row is None else row[3])


def grams_a_kwh(at):
    """Of that year, else of the nearest."""
    return ELECTRICITY[min(ELECTRICITY, key=lambda y: (abs(y - at.year), -y))]


def annual_phases(asset, at):
    manufacture, distribution, end_of_life, _ = factor(asset)
    life = internal_years(asset, at) + asset.get("upstream_years", 0.0)
    kwh = declared_kwh(asset)
    used = {} if kwh is None else {"use": 0.0 if status_at(asset, at) == "in_stock" else kwh * pue(asset) * grams_a_kwh(at)}
    return used | {"manufacture": manufacture / life, "distribution": distribution / life, "end_of_life": end_of_life / life}


def undivided(asset, at):
    total = sum(factor(asset)[:3])
    upstream = asset.get("upstream_years", 0.0)
    if not upstream:
        return float(total)
    ours = internal_years(asset, at)
    return total * ours / (upstream + ours)
