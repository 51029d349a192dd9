#!/usr/bin/env python3
"""Computes the main indicators a second time, straight from the CSV files, without any of ecoparc's code.

    tests/recompute.py config --at 2026-11-24                       prints {"name": [{"slice", "value"}, …]} as JSON
    tests/recompute.py --compare http://127.0.0.1:9899 --config config --at 2026-11-24
                                                                    compares with the daemon; exit 1 on any difference

It understands `type = "csv"` sources, rules, entities and the definitions of the indicators, each named where it is
applied: §0 fleet and time, §1 footprint, §2 lifetime, §3 purchases, §4 exits, §5 people. Money is whole cents, dates
are days, and nothing is clever: it is meant to be read beside the definitions. Standard library only.
"""

import argparse
import csv
import io
import json
import math
import re
import sys
import tomllib
import urllib.parse
import urllib.request
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

KINDS = set("""laptop desktop workstation all_in_one thin_client tablet smartphone desk_phone monitor tv interactive_display
projector printer multifunction copier scanner server blade_chassis storage_array switch router firewall access_point modem ups
pdu dock keyboard mouse headset external_drive camera sensor iot_gateway kiosk consumable other""".split())
STATUSES = set("ordered in_stock in_use in_repair retired disposed lost".split())
CONDITIONS = set("new new_recycled_content refurbished second_hand remanufactured donated transferred unknown".split())
MODES = set("purchase rental gift".split())
ROUTES = set("""donation sale_with_reuse_commitment public_transfer take_back_with_reuse_proof recycling sale take_back destroyed
unknown""".split())
DECISIONS = {"same", "different", "ignore"}

# §3: categories by kind, from 2024 and for 2021–2023; a line's own category wins.
SINCE_2024 = {
    "it_telephony": "laptop desktop workstation all_in_one thin_client tablet smartphone desk_phone monitor projector server",
    "printing_equipment": "printer multifunction copier scanner",
    "printing_consumables": "consumable",
}
UNTIL_2023 = {
    "it_2021": "laptop desktop workstation all_in_one thin_client server monitor printer tablet keyboard mouse headset dock external_drive",
    "phones_2021": "smartphone desk_phone",
    "copiers_2021": "copier multifunction",
    "cartridges_2021": "consumable",
}
REUSE_CONDITIONS = {"refurbished", "second_hand", "remanufactured"}
LAPTOP_GIFT_CENTS = 200_00

# §4: routes that are reuse, and kinds outside categories 2° and 6°.
REUSE_ROUTES = {"donation", "public_transfer", "sale_with_reuse_commitment", "take_back_with_reuse_proof"}
NOT_ELIGIBLE = {"server", "blade_chassis", "storage_array", "copier", "kiosk"}

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
DAY_SECONDS = 86_400


class Unreadable(Exception):
    """A field of a row that cannot be read: the row is a reject, the rest of the file counts."""


# ---- reading -------------------------------------------------------------------------------------------------------

def read_date(text):
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text):
        year, month, day = match.groups()
    elif match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        day, month, year = match.groups()
    else:
        raise Unreadable(f"{text!r} is not a date")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable(f"{text!r} is not a day") from None


def read_number(text):
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if "," in bare:
        bare = bare.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+", bare):
        raise Unreadable(f"{text!r} is not a number")
    try:
        return Decimal(bare)
    except InvalidOperation:
        raise Unreadable(f"{text!r} is not a number") from None


def read_cents(text):
    return int((read_number(text) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def read_count(text):
    number = read_number(text)
    if number < 0 or number != number.to_integral_value():
        raise Unreadable(f"{text!r} is not a count")
    return int(number)


def read_positive(text):
    number = read_number(text)
    if number < 0:
        raise Unreadable(f"{text!r} is negative")
    return float(number)


def read_flag(text):
    words = {"oui": True, "non": False, "true": True, "false": False, "1": True, "0": False}
    if text.lower() not in words:
        raise Unreadable(f"{text!r} is neither yes nor no")
    return words[text.lower()]


def read_siret(text):
    bare = re.sub(r"\s", "", text)
    if not re.fullmatch(r"\d{14}", bare):
        raise Unreadable(f"{text!r} is not a SIRET")
    total = 0
    for place, digit in enumerate(reversed(bare)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    if total % 10:
        raise Unreadable(f"{text!r} has a wrong check key")
    return bare


def one_of(words):
    def read(text):
        if text not in words:
            raise Unreadable(f"{text!r} is not a known word")
        return text
    return read


READERS = {
    "assets": {
        "kind": one_of(KINDS), "status": one_of(STATUSES), "condition": one_of(CONDITIONS), "mode": one_of(MODES),
        "disposal": one_of(ROUTES), "purchase_date": read_date, "delivery_date": read_date, "order_date": read_date,
        "in_service_date": read_date, "retired_date": read_date, "disposal_date": read_date, "last_seen": read_date,
        "warranty_end": read_date, "purchase_price_ht": read_cents, "upstream_years": read_positive, "annual_kwh": read_positive,
    },
    "purchases": {
        "date": read_date, "order_date": read_date, "service_date": read_date, "invoice_date": read_date, "payment_date": read_date,
        "kind": one_of(KINDS), "condition": one_of(CONDITIONS), "mode": one_of(MODES), "siret": read_siret, "quantity": read_count,
        "amount_ht": read_cents, "amount_ttc": read_cents, "vat_rate": read_number, "derogation": read_flag,
        "recycled_content": read_flag, "repairability_considered": read_flag,
    },
    "disposals": {
        "date": read_date, "retired_date": read_date, "purchase_date": read_date, "kind": one_of(KINDS), "quantity": read_count,
        "siret": read_siret, "disposal": one_of(ROUTES), "weight_kg": read_positive, "approved_scheme": read_flag,
        "classified": read_flag,
    },
    "reformed_stock": {"date": read_date, "siret": read_siret, "count": read_count},
    "headcount": {"date": read_date, "agents": read_count},
    "decisions": {"decision": one_of(DECISIONS), "date": read_date},
}


def read_table(path):
    """The rows of a file as (line number, {heading: text})."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    headings = [h.strip() for h in next(reader)]
    for cells in reader:
        if any(c.strip() for c in cells):
            yield reader.line_num, dict(zip(headings, (c.strip() for c in cells)))


def apply_rules(rules, said):
    """`[[source.rule]]`: every pattern of `when` must match what the row says; the first match wins for each key of `set`."""
    found = {}
    for rule in rules:
        if all(re.search(pattern, said.get(field, "")) for field, pattern in rule["when"].items()):
            for field, value in rule["set"].items():
                found.setdefault(field, value)
    return found


# What a strategy tells is in none of the figures computed here.
PASSED_OVER = {"declared", "actions", "services"}


def read_source(source, folder, rejects):
    """All the good rows of a source, as dicts of read fields; an empty cell is absent."""
    columns = source.get("columns", {})
    english = {heading: field for field, heading in columns.items()}
    readers = READERS[source["contents"]]
    rows = []
    for path in sorted(folder.glob(source["path"])):
        for line, cells in read_table(path):
            said = {english.get(heading, heading): text for heading, text in cells.items()}
            said.update(apply_rules(source.get("rule", []), said))
            try:
                row = {"source": source["name"], "line": line}
                for field, text in said.items():
                    if text == "":
                        continue
                    try:
                        row[field] = readers.get(field, str)(text)
                    except Unreadable as why:
                        raise Unreadable(f"{field}: {why}") from None
                complete(source["contents"], row)
            except Unreadable as why:
                rejects[source["name"]].append(f"{path.name}:{line}: {why}")
                continue
            rows.append(row)
    return rows


def complete(contents, row):
    """What a row must have, beyond readable fields."""
    def need(*fields):
        for field in fields:
            if field not in row:
                raise Unreadable(f"{field}: missing")

    if contents == "assets":
        need("kind")
    elif contents == "purchases":
        need("kind")
        if "amount_ht" not in row:
            # A gift counts at the grid, whatever its amount.
            if "amount_ttc" in row:
                if "vat_rate" not in row:
                    raise Unreadable("vat_rate: missing beside an amount with tax")
                rate = row["vat_rate"] / 100 if row["vat_rate"] >= 1 else row["vat_rate"]
                row["amount_ht"] = int((Decimal(row["amount_ttc"]) / (1 + rate)).quantize(Decimal(1), ROUND_HALF_UP))
            else:
                need("amount_ht")
        # How many an untold quantity is, is not to be guessed where a price is made of it (tests/simulate.py).
        row["quantity_told"] = "quantity" in row
        row.setdefault("quantity", 1)
    elif contents == "disposals":
        need("date", "disposal")
        row.setdefault("quantity", 1)
    elif contents == "reformed_stock":
        need("date", "count")
    elif contents == "headcount":
        need("date", "agents")
    elif contents == "decisions":
        need("decision", "asset_a", "asset_b")


# ---- entities ------------------------------------------------------------------------------------------------------

class House:
    """The organisation, its entities and their SIRET."""

    def __init__(self, settings):
        self.siret = settings["organisation"]["siret"]
        self.entities = {e["id"]: e for e in settings.get("entity", [])}
        self.source_entity = {s["name"]: s.get("entity") for s in settings["source"]}

    def entity_of(self, text, source):
        """The entity that a source's words mean: an alias, a name, an id or a path of names; else the source's own."""
        if text:
            for exact in (True, False):
                for entity in self.entities.values():
                    for alias in entity.get("aliases", []):
                        alias = alias.removeprefix(f"{source}: ")
                        if alias == text if exact else alias.endswith("*") and text.startswith(alias[:-1]):
                            return entity["id"]
            for entity in self.entities.values():
                if text in (entity["id"], entity.get("name"), self.path(entity["id"])):
                    return entity["id"]
        return self.source_entity.get(source)

    def path(self, entity):
        names = []
        while entity:
            names.append(self.entities[entity].get("name", entity))
            entity = self.entities[entity].get("parent")
        return " > ".join(reversed(names))

    def siret_of(self, entity):
        """Its own, else that of the nearest entity upward, else the organisation's."""
        while entity:
            if "siret" in self.entities[entity]:
                return self.entities[entity]["siret"]
            entity = self.entities[entity].get("parent")
        return self.siret

    def within(self, entity, ancestor):
        while entity:
            if entity == ancestor:
                return True
            entity = self.entities[entity].get("parent")
        return False


# ---- one asset from what several sources say -----------------------------------------------------------------------

PLACEHOLDERS = {"TOBEFILLEDBYOEM", "DEFAULTSTRING", "0123456789", "123456789", "SYSTEMSERIALNUMBER", "NONE", "NA", "UNKNOWN"}


def good_serial(text):
    bare = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    return None if bare in PLACEHOLDERS or len(set(bare)) < 2 else bare


def gather_assets(observations, decisions):
    """One good serial is one asset across sources; within one source, one serial on two models stays two assets."""
    parent = list(range(len(observations)))

    def root(n):
        while parent[n] != n:
            n = parent[n]
        return n

    def join(a, b):
        a, b = root(a), root(b)
        parent[max(a, b)] = min(a, b)

    by_serial = defaultdict(list)
    for n, o in enumerate(observations):
        if serial := good_serial(o.get("serial")):
            by_serial[serial].append(n)
    collides = 0
    for same in by_serial.values():
        per_source = defaultdict(list)
        for n in same:
            per_source[observations[n]["source"]].append(n)
        clash = [g for g in per_source.values() if len({(observations[n].get("manufacturer"), observations[n].get("model")) for n in g}) > 1]
        if clash:
            collides += len(clash)
            continue
        for n in same[1:]:
            join(same[0], n)
    named = {f"{o['source']}:{o['id']}": n for n, o in enumerate(observations) if "id" in o}
    for d in decisions:
        if d["decision"] == "same":
            join(named[d["asset_a"]], named[d["asset_b"]])
        elif d["decision"] == "different":
            collides -= good_serial(observations[named[d["asset_a"]]].get("serial")) == good_serial(observations[named[d["asset_b"]]].get("serial"))
    assets = {}
    # Observations come in the order of belief; a field that is absent never hides a value.
    for n, o in enumerate(observations):
        asset = assets.setdefault(root(n), {"said_by": []})
        asset["said_by"].append(o["source"])
        for field, value in o.items():
            asset.setdefault(field, value)
    return list(assets.values()), collides


def settle(asset, house, recorded_since, first_seen):
    asset["first_seen"] = first_seen
    asset["entity_id"] = house.entity_of(asset.get("entity", ""), asset["source"])
    asset["siret"] = house.siret_of(asset["entity_id"])
    # `condition = donated` implies a gift; an empty mode is otherwise a purchase.
    asset.setdefault("condition", "unknown")
    asset.setdefault("mode", "gift" if asset["condition"] == "donated" else "purchase")
    # §0 Service start: in service, else delivery, else purchase.
    asset["start"] = asset.get("in_service_date") or asset.get("delivery_date") or asset.get("purchase_date")
    # No status told means in use; only an exit date changes it.
    if "status" not in asset:
        asset["status"] = "disposed" if "disposal_date" in asset else "retired" if "retired_date" in asset else "in_use"
    asset["recorded_since"] = recorded_since.get(asset["source"])


def match_exits(lines, assets, house):
    """§4: a line of a disposals list that matches an asset by serial or tag is the same exit. Returns the other lines."""
    by_serial, by_tag = {}, {}
    for a in assets:
        if serial := good_serial(a.get("serial")):
            by_serial.setdefault(serial, a)
        if "asset_tag" in a:
            by_tag.setdefault(a["asset_tag"].upper(), a)
    alone = []
    for line in lines:
        asset = by_serial.get(good_serial(line.get("serial"))) if line.get("serial") else None
        asset = asset or by_tag.get(line.get("asset_tag", "").upper())
        if asset:
            asset.setdefault("disposal_date", line["date"])
            asset.setdefault("disposal", line["disposal"])
            if "retired_date" in line:
                asset.setdefault("retired_date", line["retired_date"])
            asset["classified"] = line.get("classified", False)
        else:
            line["siret"] = line.get("siret") or house.siret_of(house.entity_of(line.get("entity", ""), line["source"]))
            alone.append(line)
    return alone


# ---- §0 ------------------------------------------------------------------------------------------------------------

def anniversary(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def left_on(asset):
    """The day it left the active fleet: reform, else disposal."""
    return asset.get("retired_date") or asset.get("disposal_date")


def status_at(asset, at):
    """Its status at the end of that day; None where it was not yet in the house."""
    if asset["start"] and asset["start"] > at:
        return None
    if asset["start"] is None and asset["first_seen"] > at:
        return None
    status = asset["status"]
    # An exit without a date happened the day it was first seen so.
    if status == "disposed" and asset.get("disposal_date", asset["first_seen"]) > at:
        status = "retired"
        if "retired_date" not in asset:
            return "in_use"
    if status == "lost" and asset["first_seen"] > at or status == "retired" and asset.get("retired_date", asset["first_seen"]) > at:
        status = "in_use"
    return status


def is_active(asset, at):
    return status_at(asset, at) in ("in_use", "in_stock", "in_repair")


def age_band(start, at):
    if start is None:
        return "unknown"
    years = at.year - start.year - (anniversary(start, at.year - start.year) > at)
    return "10y+" if years >= 10 else f"{years}-{years + 1}y"


# ---- §1 ------------------------------------------------------------------------------------------------------------

def internal_years(asset, at):
    """Observed life of an exited asset, else max(age, reference lifetime)."""
    start, out = asset["start"], left_on(asset)
    if start and out and out <= at and asset["status"] in ("retired", "disposed"):
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
    folder = Path(__file__).parent.parent / "factors/makers"
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


def annual_phases(asset, at):
    manufacture, distribution, end_of_life, kwh = factor(asset)
    life = internal_years(asset, at) + asset.get("upstream_years", 0.0)
    grams = ELECTRICITY[min(ELECTRICITY, key=lambda y: (abs(y - at.year), -y))]
    kwh = asset.get("annual_kwh", kwh)
    used = {} if kwh is None else {"use": 0.0 if status_at(asset, at) == "in_stock" else kwh * pue(asset) * grams}
    return used | {"manufacture": manufacture / life, "distribution": distribution / life, "end_of_life": end_of_life / life}


def undivided(asset, at):
    total = sum(factor(asset)[:3])
    upstream = asset.get("upstream_years", 0.0)
    if not upstream:
        return float(total)
    ours = internal_years(asset, at)
    return total * ours / (upstream + ours)


# ---- §2 ------------------------------------------------------------------------------------------------------------

def kaplan_meier_median(lives):
    """`lives`: (entry, end, exited) in days. The first time at which the curve is at one half or below, else None."""
    survival = Fraction(1)
    for time in sorted({end for _, end, exited in lives if exited}):
        exits = sum(1 for _, end, exited in lives if exited and end == time)
        at_risk = sum(1 for entry, end, _ in lives if entry < time <= end)
        survival *= Fraction(at_risk - exits, at_risk)
        if survival <= Fraction(1, 2):
            return time
    return None


def lives_of(assets, at):
    by_kind = defaultdict(list)
    for a in assets:
        start, out = a["start"], left_on(a)
        if start is None or start > at:
            continue
        # An exit without a date is outside, from the day on which it was first seen so.
        undated = a["status"] in ("retired", "disposed") and out is None or a["status"] == "lost"
        if undated and a["first_seen"] <= at or a["status"] == "ordered":
            continue
        exited = a["status"] in ("retired", "disposed") and out is not None and out <= at
        end = out if exited else at
        since = a["recorded_since"]
        entry = max(0, (since - start).days) if since else 0
        if (end - start).days < entry or end < start or (exited and (end - start).days == entry and entry):
            continue
        by_kind[a["kind"]].append((entry if entry else -1, (end - start).days, exited))
    return by_kind


# ---- §3 ------------------------------------------------------------------------------------------------------------

def category_of(kind, year, own=None):
    if own:
        return own
    for category, kinds in (SINCE_2024 if year >= 2024 else UNTIL_2023).items():
        if kind in kinds.split():
            return category
    return "none"


def target_of(category, year):
    if category == "it_telephony":
        return Fraction(30 if year >= 2030 else 25 if year >= 2027 else 20, 100)
    return Fraction(20, 100) if year in (2021, 2022, 2023) and category != "none" else None


def year_date(line, year_of):
    return line.get(f"{year_of}_date" if year_of != "date" else "date") or line.get("date")


def spending(lines, assets, house, at):
    """Cells (siret, category, year) of purchases by condition, gifts, rentals and derogated purchases, in cents; and by
    (siret, category) what was bought or given in the last 365 days: total, reuse."""
    covered = set()
    cells = defaultdict(lambda: {"by_condition": Counter(), "gifts": 0, "rentals": 0, "derogated": 0, "unvalued_gifts": 0,
                                 "units": [0, 0]})
    recent = defaultdict(lambda: [0, 0])

    def count(key, item, amount, quantity, day):
        cell = cells[key]
        if item["mode"] != "rental" and (at - day).days < 365:
            gift = item["mode"] == "gift"
            value = amount if not gift else quantity * LAPTOP_GIFT_CENTS if item["kind"] == "laptop" else 0
            recent[key[:2]][0] += value
            recent[key[:2]][1] += value if gift or item["condition"] in REUSE_CONDITIONS else 0
        if item["mode"] == "rental":
            cell["rentals"] += amount
        elif item["mode"] == "gift":
            if item["kind"] == "laptop":
                cell["gifts"] += quantity * LAPTOP_GIFT_CENTS
            else:
                cell["unvalued_gifts"] += quantity
        else:
            cell["by_condition"][item["condition"]] += amount
            # A credit note takes units away, however its quantity is written.
            units = -abs(quantity) if amount < 0 else quantity
            cell["units"][0] += units
            cell["units"][1] += units * (item["condition"] in REUSE_CONDITIONS)
            if item.get("derogation"):
                cell["derogated"] += amount

    for line in lines:
        condition = line.get("condition", "unknown")
        line["condition"] = condition
        line.setdefault("mode", "gift" if condition == "donated" else "purchase")
        if line["day"] > at or line["day"].year < 2021:
            continue
        siret = line.get("siret") or house.siret_of(house.entity_of(line.get("entity", ""), line["source"]))
        key = (siret, category_of(line["kind"], line["day"].year, line.get("category")), line["day"].year)
        covered.add(key)
        count(key, line, line["amount_ht"], line["quantity"], line["day"])
    # Assets with a purchase date and price make the purchases where the ledger has no line.
    cross_check = Counter()
    for a in assets:
        bought = a.get("purchase_date")
        if bought is None or bought > at or bought.year < 2021 or ("purchase_price_ht" not in a and a["mode"] != "gift"):
            continue
        key = (a["siret"], category_of(a["kind"], bought.year), bought.year)
        if key not in covered:
            count(key, a, a.get("purchase_price_ht", 0), 1, bought)
        elif a["mode"] == "purchase":
            cross_check[key] += a["purchase_price_ht"]
    return cells, recent, {k: (sum(cells[k]["by_condition"].values()), cross_check[k]) for k in covered}


# ---- §4 ------------------------------------------------------------------------------------------------------------

def reform_items(assets, lines):
    """Everything that was ever reformed: what the inventory tells and what only the disposals list tells."""
    for a in assets:
        if a["status"] in ("retired", "disposed"):
            gone = a["status"] == "disposed"
            yield {"siret": a["siret"], "kind": a["kind"], "retired": a.get("retired_date"), "gone": gone,
                   "disposed": a.get("disposal_date") if gone else None, "route": a.get("disposal", "unknown") if gone else None,
                   "from": a.get("purchase_date") or a["start"], "count": 1, "classified": a.get("classified", False)}
    for l in lines:
        yield {"siret": l["siret"], "kind": l.get("kind"), "retired": l.get("retired_date"), "disposed": l["date"], "gone": True,
               "route": l["disposal"], "from": l.get("purchase_date"), "count": l["quantity"], "classified": l.get("classified", False)}


def is_eligible(item):
    reformed = item["retired"] or item["disposed"]
    if item["classified"] or item["kind"] is None or item["kind"] in NOT_ELIGIBLE or item["from"] is None or reformed is None:
        return False
    return reformed <= anniversary(item["from"], 10)


def reuse_of_exits(items, counts, at):
    first = min((d.year for i in items for d in (i["retired"], i["disposed"]) if d), default=at.year)
    sirets = {i["siret"] for i in items} | {siret for siret, _ in counts}
    for siret in sorted(sirets):
        ours = [i for i in items if i["siret"] == siret]
        eligible = [i for i in ours if is_eligible(i)]
        for year in range(first, at.year + 1):
            new_year = date(year, 1, 1)
            reused = 0
            for i in eligible:
                when = i["disposed"] or i["retired"]
                if i["gone"] and i["route"] in REUSE_ROUTES and when.year == year and when <= at:
                    reused += i["count"]
            stock = counts.get((siret, year))
            if stock is None and any(d and d <= new_year for i in ours for d in (i["retired"], i["disposed"])):
                stock = sum(i["count"] for i in eligible if i["retired"] and i["retired"] <= new_year
                            and not (i["disposed"] and i["disposed"] < new_year) and (i["disposed"] or not i["gone"]))
            yield siret, year, reused, stock


# ---- §5 ------------------------------------------------------------------------------------------------------------

def agents_of(rows, house, at):
    """Newest headcount per entity and department; a row without department is the total and wins over the sum."""
    newest = {}
    for r in rows:
        if r["date"] <= at:
            key = (house.entity_of(r.get("entity", ""), r["source"]), r.get("department", ""))
            if key not in newest or r["date"] > newest[key]["date"]:
                newest[key] = r
    totals = {}
    for entity in {e for e, _ in newest}:
        if (entity, "") in newest:
            totals[entity] = newest[(entity, "")]["agents"]
        else:
            totals[entity] = sum(r["agents"] for (e, _), r in newest.items() if e == entity)
    return totals


# ---- all together --------------------------------------------------------------------------------------------------

def settings_of(place):
    path = Path(place)
    if path.is_dir():
        path = path / "quickstart.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")), path.parent


def recompute(place, at, first_seen=None):
    settings, folder = settings_of(place)
    house = House(settings)
    rejects = {s["name"]: [] for s in settings["source"]}
    rows = defaultdict(list)
    recorded_since = {}
    for source in settings["source"]:
        if since := source.get("exits_recorded_since"):
            recorded_since[source["name"]] = since if isinstance(since, date) else read_date(since)
        if source["contents"] in PASSED_OVER:
            continue
        rows[source["contents"]] += read_source(source, folder, rejects)

    year_of = settings.get("law", {}).get("year_of", "invoice")
    purchases = []
    for line in rows["purchases"]:
        line["day"] = year_date(line, year_of)
        if line["day"] is None:
            rejects[line["source"]].append(f"line {line['line']}: {year_of}_date: missing, and no date")
        else:
            purchases.append(line)

    assets, collides = gather_assets(rows["assets"], rows["decisions"])
    for a in assets:
        settle(a, house, recorded_since, first_seen or at)
    lone_exits = match_exits(rows["disposals"], assets, house)
    active = [a for a in assets if is_active(a, at)]

    out = defaultdict(list)

    def say(name, value, **labels):
        out[name].append({"slice": labels, "value": value})

    def say_counts(name, counted, labels):
        for key in sorted(counted):
            say(name, counted[key], **dict(zip(labels, map(str, key))))

    for name, found in rejects.items():
        say("(rejects by source)", len(found), source=name)
    say("doubts", collides, reason="collides")

    # §0
    present = [a for a in assets if status_at(a, at) not in (None, "disposed", "lost")]
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
    for a in assets:
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

    # §2
    ended = defaultdict(list)
    for kind, lives in sorted(lives_of(assets, at).items()):
        median = kaplan_meier_median(lives)
        say("lifetime_median_seconds", None if median is None else median * DAY_SECONDS, kind=kind)
    leap = (at.month, at.day) == (2, 29)
    for kind, lives in sorted(lives_of(assets, at.replace(year=at.year - 1, day=28 if leap else at.day)).items()):
        median = kaplan_meier_median(lives)
        say("lifetime_median_year_ago_seconds", None if median is None else median * DAY_SECONDS, kind=kind)
    for a in assets:
        gone = left_on(a)
        if a["status"] in ("retired", "disposed") and a["start"] and gone and a["start"] <= gone <= at:
            ended[(a["kind"], gone.year)].append((gone - a["start"]).days)
    say_counts("lifetime_mean_at_exit_seconds", {k: sum(v) * DAY_SECONDS / len(v) for k, v in ended.items()}, ("kind", "year"))

    # §3
    cells, recent, checks = spending(purchases, assets, house, at)
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
    for r in rows["reformed_stock"]:
        if r["date"] <= at and (r["date"].month, r["date"].day) in ((1, 1), (12, 31)):
            counts[(r.get("siret", house.siret), (r["date"] + timedelta(days=1)).year)] = r["count"]
    for siret, year, reused, stock in reuse_of_exits(list(reform_items(assets, lone_exits)), counts, at):
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
    for entity, agents in sorted(agents_of(rows["headcount"], house, at).items()):
        say("agents", agents, entity=entity)
    return dict(out), rejects, house


# ---- comparing -----------------------------------------------------------------------------------------------------

def fetch(url, at, token):
    """Every reading that the daemon gives at that date."""
    items, cursor = [], None
    while True:
        query = {"at": at.isoformat()} | ({"cursor": cursor} if cursor else {})
        request = urllib.request.Request(f"{url.rstrip('/')}/api/v1/indicators?{urllib.parse.urlencode(query)}")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=120) as answer:
            body = json.load(answer)
        items += body["items"]
        cursor = body.get("next")
        if not cursor:
            return items


def add_up(items, labels):
    """Readings by the wanted labels; slices add up to the whole, and a sum that lacks a part is not known.

    A footprint is "at least" what is known of it: of a kind without a factor of its own only some models have one.
    """
    found = {}
    for item in items:
        if item["value"] is None and item.get("name", "").startswith("footprint_"):
            continue
        key = tuple(str(item["slice"].get(label)) for label in labels)
        if key not in found:
            found[key] = item["value"]
        elif found[key] is not None:
            found[key] = None if item["value"] is None else found[key] + item["value"]
    return found


def agree(name, ours, theirs):
    if ours is None or theirs is None:
        return ours is theirs
    if name.endswith("_euros"):
        return abs(ours - theirs) < 0.00501
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


def compare_family(name, ours, theirs, labels):
    """Prints every difference; returns how many values were compared and how many differ."""
    exact = [i for i in theirs if set(i["slice"]) == set(labels)]
    finer = [i for i in theirs if set(i["slice"]) > set(labels)]
    if not exact and finer:
        # The family is published with more labels than we computed: the finest common grain is its sum.
        least = min(len(i["slice"]) for i in finer)
        exact = [i for i in finer if len(i["slice"]) == least]
    mine, told = add_up(ours, labels), add_up(exact, labels)
    compared = differing = 0
    for key in sorted(set(mine) | set(told)):
        if key not in mine and not told[key] or key not in told and not mine[key]:
            # Nothing said, and nothing or zero said: they agree.
            continue
        compared += 1
        if key in mine and key in told and agree(name, mine[key], told[key]):
            continue
        differing += 1
        shown = ", ".join(f"{label}={value}" for label, value in zip(labels, key))
        print(f"DIFFERS {name}{{{shown}}}: recomputed {mine.get(key, 'nothing')}, told {told.get(key, 'nothing')}")
    return compared, differing


def compare(url, place, at, first_seen, token):
    ours, _, house = recompute(place, at, first_seen)
    theirs = defaultdict(list)
    for item in fetch(url, at, token):
        if item["slice"].get("category") == "none":
            continue
        if "entity" in item["slice"]:
            known = house.entity_of(item["slice"]["entity"], "")
            item["slice"]["entity"] = known or item["slice"]["entity"]
        theirs[item["name"]].append(item)
    compared = differing = 0
    for name, readings in ours.items():
        if name.startswith("("):
            continue
        if name not in theirs:
            print(f"ABSENT  {name}: the daemon tells nothing of it")
            differing += 1
            continue
        labels = sorted(readings[0]["slice"])
        told = theirs[name]
        if name == "doubts":
            told = [i for i in told if i["slice"].get("reason") == "collides"]
        grains = [labels]
        if "entity" in labels and len(labels) > 1:
            # Small entities are folded together in what is published: then only the sum over entities compares.
            folded = any(i["slice"].get("entity") not in house.entities for i in told if "entity" in i["slice"])
            grains = [[l for l in labels if l != "entity"]] + ([] if folded else [labels])
            if folded:
                print(f"NOTE    {name}: entities are folded or unknown, compared without them")
        for grain in grains:
            n, bad = compare_family(name, readings, told, grain)
            compared, differing = compared + n, differing + bad
        known = Counter(i["slice"]["year"] for i in readings if "year" in labels and i["value"] is not None)
        if known:
            print(f"KNOWN   {name}: " + " ".join(f"{year}:{known[year]}" for year in sorted(known)))
    print(f"{compared} values compared, {differing} differ")
    return 1 if differing or not compared else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", nargs="?", help="folder of quickstart.toml, or a configuration file")
    parser.add_argument("--config", help="the same, by name")
    parser.add_argument("--at", type=date.fromisoformat, required=True, help="the day, YYYY-MM-DD")
    parser.add_argument("--first-seen", type=date.fromisoformat, help="the day of the first collection; default: the day asked for")
    parser.add_argument("--compare", metavar="URL", help="compare with a running daemon")
    parser.add_argument("--token", help="API token of the daemon")
    parser.add_argument("--rejects", action="store_true", help="print the rejects on stderr")
    options = parser.parse_args()
    place = options.config or options.folder
    if not place:
        parser.error("a configuration folder is needed")
    if options.compare:
        sys.exit(compare(options.compare, place, options.at, options.first_seen, options.token))
    answer, rejects, _ = recompute(place, options.at, options.first_seen)
    if options.rejects:
        for name, found in rejects.items():
            for reject in found:
                print(f"{name}: {reject}", file=sys.stderr)
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
