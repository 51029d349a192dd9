"""One asset from what several sources say, and the fleet of a day (§0)."""

import re
from collections import defaultdict
from datetime import date

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


def anniversary(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def left_on(asset):
    """The day it left the active fleet: reform, else disposal."""
    return asset.get("retired_date") or asset.get("disposal_date")


def reform_is_only_seen(asset):
    return asset["status"] == "retired" and "retired_date" not in asset


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
