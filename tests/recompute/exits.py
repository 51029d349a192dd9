"""Reformed goods directed to reuse: REEN article 16 (§4)."""

from datetime import date

from fleet import anniversary, good_serial

# §4: routes that are reuse, and kinds outside categories 2° and 6°.
REUSE_ROUTES = {"donation", "public_transfer", "sale_with_reuse_commitment", "take_back_with_reuse_proof"}
NOT_ELIGIBLE = {"server", "blade_chassis", "storage_array", "copier", "kiosk"}


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
            if "classified" in line:
                asset.setdefault("classified", line["classified"])
        else:
            line["siret"] = line.get("siret") or house.siret_of(house.entity_of(line.get("entity", ""), line["source"]))
            alone.append(line)
    return alone


def reform_items(assets, lines):
    """Everything that was ever reformed: what the inventory tells and what only the disposals list tells."""
    for a in assets:
        if a["status"] in ("retired", "disposed"):
            gone = a["status"] == "disposed"
            yield {"siret": a["siret"], "kind": a["kind"], "retired": a.get("retired_date"), "gone": gone,
                   # Without a date: all tables were read on one day, and it had left by then, in a year that nobody knows.
                   "left": a.get("disposal_date") if gone else None,
                   "left_within": (a.get("retired_date") or a.get("purchase_date") or a["start"], a["first_seen"])
                   if gone and "disposal_date" not in a else None,
                   "disposed": a.get("disposal_date") if gone else None, "route": a.get("disposal", "unknown") if gone else None,
                   "from": a.get("purchase_date") or a["start"], "count": 1, "classified": a.get("classified", False),
                   "rented": a["mode"] == "rental"}
    for l in lines:
        yield {"siret": l["siret"], "kind": l.get("kind"), "retired": l.get("retired_date"), "disposed": l["date"], "gone": True, "left": l["date"],
               "left_within": None,
               "route": l["disposal"], "from": l.get("purchase_date"), "count": l["quantity"], "classified": l.get("classified", False),
               "rented": False}


def is_of_known_scope(item):
    """Whose it is settles it, its kind, or what must be kept secret; else its age has to be known."""
    return item["rented"] or item["kind"] is not None and (item["classified"] or item["kind"] in NOT_ELIGIBLE or item["from"] is not None)


def is_eligible(item):
    reformed = item["retired"] or item["disposed"]
    # What is rented is the lessor's to reform (legal.md, table 2.2).
    if item["rented"] or item["classified"] or item["kind"] is None or item["kind"] in NOT_ELIGIBLE or item["from"] is None or reformed is None:
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
                when = i["disposed"]
                if when and i["gone"] and i["route"] in REUSE_ROUTES and when.year == year and when <= at:
                    reused += i["count"]
            stock = counts.get((siret, year))
            if stock is None and any(d and d <= new_year for i in ours for d in (i["retired"], i["disposed"])):
                stood = [i for i in ours if i["retired"] and i["retired"] <= new_year
                         and not (i["disposed"] and i["disposed"] < new_year) and (i["disposed"] or not i["gone"])]
                stock = sum(i["count"] for i in stood if is_eligible(i))
                if stood and not any(is_of_known_scope(i) for i in stood):
                    # Of none of them one can say whether it counts: that is no zero.
                    stock = None
            yield siret, year, reused, stock
