"""Files into rows: what a cell may hold, the house's columns and rules, and what makes a row a reject."""

import csv
import io
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

KINDS = set("""laptop desktop workstation all_in_one thin_client tablet smartphone desk_phone monitor tv interactive_display
projector printer multifunction copier scanner server blade_chassis storage_array switch router firewall access_point modem ups
pdu dock keyboard mouse headset external_drive camera sensor iot_gateway kiosk consumable other""".split())
STATUSES = set("ordered in_stock in_use in_repair retired disposed lost".split())
CONDITIONS = set("new new_recycled_content refurbished second_hand remanufactured donated transferred unknown".split())
MODES = set("purchase rental gift".split())
ROUTES = set("""donation sale_with_reuse_commitment public_transfer take_back_with_reuse_proof recycling sale take_back destroyed
unknown""".split())
DECISIONS = {"same", "different", "ignore"}
REUSE_CONDITIONS = {"refurbished", "second_hand", "remanufactured"}
DAY_SECONDS = 86_400


class Unreadable(Exception):
    """A field of a row that cannot be read: the row is a reject, the rest of the file counts."""


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
