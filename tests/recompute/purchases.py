"""Spending on reuse: AGEC article 58 (§3)."""

from collections import Counter, defaultdict
from fractions import Fraction

from table import REUSE_CONDITIONS

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
LAPTOP_GIFT_CENTS = 200_00


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


def bought_lines(lines, assets, house, at):
    """What makes the denominators up to a day but the gifts, line by line: from the ledger, and from the inventory what no
    ledger covers."""
    covered, bought = set(), []

    def add(item, kind, category, day, quantity, told, cents):
        if item["mode"] == "purchase" and category != "none":
            bought.append({"kind": kind, "day": day, "condition": item["condition"], "quantity": quantity, "told": told, "cents": cents})

    for line in lines:
        if line["day"] > at:
            continue
        siret = line.get("siret") or house.siret_of(house.entity_of(line.get("entity", ""), line["source"]))
        category = category_of(line["kind"], line["day"].year, line.get("category"))
        covered.add((siret, category, line["day"].year))
        add(line, line["kind"], category, line["day"], line["quantity"], line["quantity_told"], line["amount_ht"])
    for a in assets:
        day = a.get("purchase_date")
        if day is None or day > at or a.get("purchase_price_ht", 0) <= 0:
            continue
        category = category_of(a["kind"], day.year)
        if (a["siret"], category, day.year) not in covered:
            add(a, a["kind"], category, day, 1, True, a["purchase_price_ht"])
    return bought
