#!/usr/bin/env python3
"""Writes the sample fleet of the quickstart beside itself: an invented town and its CCAS, ten years of equipment.

The seed and the day are fixed, so that running it twice gives the same bytes. Nothing here is real but the model
names: the town, its SIRET numbers, its suppliers and its serial numbers are made up. What each file is meant to show,
and how many of its rows are wrong on purpose, is told in README.md.
"""

import csv
import io
import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

TODAY = date(2026, 11, 24)
# Exits before this day were never written down by this house.
RECORDED_SINCE = date(2018, 1, 1)
TOWN = "21000000600010"
CCAS = "26000000500017"
HERE = Path(__file__).resolve().parent
rng = random.Random(20261124)

# Directorates of the town: path, weight of its share of the fleet, locations.
DIRECTORATES = [
    ("Direction des systèmes d'information", 12, ["Hôtel de ville > Sous-sol", "Hôtel de ville > 3e étage"]),
    ("Direction générale des services", 8, ["Hôtel de ville > 2e étage"]),
    ("Direction des finances et des ressources humaines", 14, ["Hôtel de ville > 1er étage"]),
    ("Direction de l'éducation", 22, ["École des Tilleuls", "École du Vieux-Moulin", "École Marie-Laurencin"]),
    ("Direction de la culture et du patrimoine", 14, ["Médiathèque", "Musée", "Conservatoire"]),
    ("Direction des services techniques", 12, ["Centre technique municipal"]),
    ("Direction de l'urbanisme", 7, ["Hôtel de ville > 3e étage"]),
    ("Direction de la population", 7, ["Hôtel de ville > Rez-de-chaussée", "Mairie annexe du Plateau"]),
    ("Police municipale", 4, ["Poste de police municipale"]),
]
CCAS_PLACES = [
    ("CCAS", ["CCAS > Accueil", "CCAS > 1er étage"], 5),
    ("CCAS > Résidence autonomie Les Glycines", ["Résidence Les Glycines"], 2),
    ("CCAS > Multi-accueil Petite Ourse", ["Multi-accueil Petite Ourse"], 1),
]
# Kinds that stand in the server room rather than in a directorate.
CENTRAL = {"server", "storage_array", "switch", "router", "firewall", "access_point", "ups"}

# kind: slots in the town, slots in the CCAS, first purchases from/to (year), life in years (mean, spread), and models:
# maker, model, first and last year of sale, price HT of one, shape of its serial.
FLEET = {
    "laptop": (150, 34, 2013, 2020, 6.1, 1.2, [
        ("Dell", "Latitude E5450", 2012, 2016, 890, "dell"), ("HP", "EliteBook 840 G3", 2016, 2017, 1040, "hp"),
        ("Dell", "Latitude 5490", 2018, 2019, 930, "dell"), ("HP", "EliteBook 840 G5", 2018, 2019, 1080, "hp"),
        ("Dell", "Latitude 5410", 2020, 2021, 960, "dell"), ("Lenovo", "ThinkPad T14 Gen 1", 2020, 2021, 1010, "lenovo"),
        ("HP", "EliteBook 840 G8", 2021, 2022, 1120, "hp"), ("Lenovo", "ThinkPad T14 Gen 3", 2022, 2023, 1090, "lenovo"),
        ("Dell", "Latitude 5440", 2023, 2024, 1030, "dell"), ("HP", "EliteBook 840 G10", 2023, 2025, 1180, "hp"),
        ("Dell", "Latitude 5450", 2024, 2026, 1075, "dell"), ("Lenovo", "ThinkPad T14 Gen 5", 2025, 2026, 1150, "lenovo")]),
    "desktop": (118, 26, 2012, 2018, 7.2, 1.5, [
        ("Dell", "OptiPlex 3020", 2012, 2015, 560, "dell"), ("HP", "ProDesk 600 G2", 2015, 2017, 640, "hp"),
        ("Dell", "OptiPlex 3060", 2018, 2019, 610, "dell"), ("HP", "ProDesk 400 G6", 2019, 2020, 590, "hp"),
        ("Lenovo", "ThinkCentre M70q", 2020, 2022, 620, "lenovo"), ("Dell", "OptiPlex 7010 Micro", 2023, 2024, 690, "dell"),
        ("HP", "Pro Mini 400 G9", 2023, 2026, 665, "hp")]),
    "workstation": (7, 0, 2014, 2019, 6.6, 1.0, [
        ("HP", "Z240", 2012, 2017, 1850, "hp"), ("Dell", "Precision 3630", 2018, 2020, 2050, "dell"),
        ("HP", "Z2 G9", 2021, 2026, 2290, "hp")]),
    "all_in_one": (9, 3, 2015, 2019, 6.8, 1.0, [
        ("HP", "ProOne 400 G3", 2012, 2018, 820, "hp"), ("Lenovo", "ThinkCentre M90a", 2019, 2026, 980, "lenovo")]),
    "thin_client": (12, 0, 2017, 2019, 7.5, 1.0, [
        ("Dell", "Wyse 3040", 2012, 2021, 285, "dell"), ("HP", "t540", 2021, 2026, 330, "hp")]),
    "monitor": (280, 60, 2012, 2019, 8.9, 1.5, [
        ("Dell", "P2214H", 2012, 2015, 175, "cn"), ("iiyama", "ProLite XB2483HSU", 2015, 2018, 150, "digits"),
        ("Dell", "P2419H", 2018, 2020, 185, "cn"), ("iiyama", "ProLite XUB2492HSU", 2019, 2022, 165, "digits"),
        ("Dell", "P2422H", 2021, 2023, 195, "cn"), ("HP", "E24 G5", 2023, 2026, 190, "hp"),
        ("Dell", "P2425H", 2024, 2026, 200, "cn")]),
    "smartphone": (92, 22, 2015, 2021, 3.9, 0.9, [
        ("Samsung", "Galaxy XCover 3", 2012, 2016, 195, "samsung"), ("Samsung", "Galaxy XCover 4", 2017, 2019, 210, "samsung"),
        ("Samsung", "Galaxy A52", 2021, 2022, 290, "samsung"), ("Samsung", "Galaxy XCover Pro", 2020, 2021, 390, "samsung"),
        ("Samsung", "Galaxy XCover 5", 2021, 2023, 270, "samsung"), ("Fairphone", "Fairphone 4", 2022, 2024, 480, "generic"),
        ("Samsung", "Galaxy XCover 7", 2024, 2026, 310, "samsung")]),
    "tablet": (34, 12, 2016, 2022, 4.9, 1.0, [
        ("Samsung", "Galaxy Tab A 10.1", 2012, 2020, 235, "samsung"), ("Apple", "iPad (8e génération)", 2020, 2021, 320, "apple"),
        ("Samsung", "Galaxy Tab Active3", 2021, 2023, 430, "samsung"), ("Apple", "iPad (10e génération)", 2023, 2026, 345, "apple")]),
    "desk_phone": (95, 24, 2013, 2020, 10.5, 1.6, [
        ("Alcatel-Lucent", "8018", 2012, 2019, 95, "generic"), ("Yealink", "T46S", 2018, 2021, 120, "digits"),
        ("Yealink", "T54W", 2021, 2026, 135, "digits")]),
    "printer": (24, 6, 2013, 2019, 7.0, 1.4, [
        ("HP", "LaserJet Pro M402dn", 2012, 2018, 215, "hp"), ("HP", "LaserJet Pro M404dn", 2019, 2022, 230, "hp"),
        ("Kyocera", "ECOSYS PA4000x", 2022, 2026, 260, "kyocera")]),
    "multifunction": (20, 4, 2014, 2019, 6.6, 1.1, [
        ("Kyocera", "TASKalfa 3252ci", 2012, 2018, 3150, "kyocera"), ("Kyocera", "TASKalfa 3253ci", 2018, 2020, 3290, "kyocera"),
        ("Kyocera", "TASKalfa 3554ci", 2021, 2026, 3480, "kyocera")]),
    "copier": (4, 1, 2016, 2018, 6.0, 0.8, [
        ("Kyocera", "TASKalfa 6052ci", 2012, 2019, 7800, "kyocera"), ("Kyocera", "TASKalfa 6054ci", 2020, 2026, 8200, "kyocera")]),
    "scanner": (6, 2, 2016, 2020, 7.0, 1.0, [
        ("Fujitsu", "fi-7160", 2012, 2021, 720, "digits"), ("Ricoh", "fi-8170", 2022, 2026, 780, "digits")]),
    "server": (13, 2, 2014, 2018, 6.4, 1.0, [
        ("Dell", "PowerEdge R730", 2012, 2017, 5400, "dell"), ("Dell", "PowerEdge R740", 2017, 2021, 6200, "dell"),
        ("HPE", "ProLiant DL380 Gen10", 2018, 2022, 6100, "hp"), ("Dell", "PowerEdge R660", 2023, 2026, 7900, "dell")]),
    "storage_array": (3, 0, 2016, 2018, 7.0, 0.7, [
        ("Dell", "Unity 300", 2012, 2020, 18500, "dell"), ("NetApp", "FAS2750", 2020, 2026, 21000, "digits")]),
    "switch": (46, 8, 2014, 2019, 9.3, 1.4, [
        ("HPE", "2530-48G", 2012, 2017, 1150, "aruba"), ("Aruba", "2930F 48G", 2017, 2023, 1690, "aruba"),
        ("Cisco", "Catalyst C9200L-48T", 2020, 2026, 2350, "cisco")]),
    "access_point": (52, 12, 2017, 2021, 7.2, 1.2, [
        ("Aruba", "AP-305", 2016, 2020, 390, "aruba"), ("Aruba", "AP-505", 2020, 2024, 430, "aruba"),
        ("Aruba", "AP-615", 2024, 2026, 520, "aruba")]),
    "router": (3, 1, 2016, 2018, 7.5, 1.0, [
        ("Cisco", "ISR 4331", 2012, 2020, 1650, "cisco"), ("Cisco", "Catalyst C8200L", 2021, 2026, 1980, "cisco")]),
    "firewall": (3, 1, 2016, 2018, 6.0, 0.8, [
        ("Stormshield", "SN510", 2012, 2020, 2900, "generic"), ("Fortinet", "FortiGate 100F", 2021, 2026, 3400, "generic")]),
    "ups": (15, 3, 2015, 2019, 8.2, 1.2, [
        ("APC", "Smart-UPS 1500", 2012, 2019, 590, "apc"), ("APC", "Smart-UPS 3000", 2019, 2022, 1320, "apc"),
        ("APC", "Smart-UPS SMT1500RMI2UC", 2021, 2026, 880, "apc")]),
    "projector": (26, 4, 2014, 2019, 7.8, 1.2, [
        ("Epson", "EB-S31", 2012, 2017, 390, "epson"), ("Epson", "EB-X49", 2018, 2026, 470, "epson")]),
    "interactive_display": (16, 0, 2018, 2023, 8.0, 0.9, [
        ("Speechi", "SuperGlass S 65", 2016, 2021, 2100, "generic"), ("SMART", "Board MX265", 2021, 2026, 2450, "generic")]),
    "tv": (7, 4, 2015, 2020, 8.5, 1.0, [
        ("Samsung", "UE49", 2012, 2019, 420, "samsung"), ("LG", "50UR781C", 2020, 2026, 460, "generic")]),
    "modem": (8, 3, 2017, 2020, 5.5, 0.9, [("Teltonika", "RUT240", 2016, 2021, 145, "digits"),
                                           ("Teltonika", "RUT241", 2021, 2026, 150, "digits")]),
    "dock": (70, 14, 2018, 2022, 6.5, 1.1, [
        ("Dell", "WD19", 2017, 2022, 165, "dell"), ("Dell", "WD22TB4", 2022, 2026, 190, "dell"),
        ("HP", "USB-C Dock G5", 2020, 2024, 155, "hp")]),
    "external_drive": (8, 3, 2018, 2020, 5.2, 0.8, [("Western Digital", "My Passport 2 To", 2016, 2026, 72, "generic")]),
}

FRENCH_KIND = {
    "laptop": "Ordinateur portable", "desktop": "Unité centrale", "workstation": "Station de travail",
    "all_in_one": "Ordinateur tout-en-un", "thin_client": "Client léger", "monitor": "Écran", "smartphone": "Smartphone",
    "tablet": "Tablette", "desk_phone": "Téléphone fixe", "printer": "Imprimante", "multifunction": "Multifonction",
    "copier": "Copieur", "scanner": "Numériseur", "server": "Serveur", "storage_array": "Baie de stockage",
    "switch": "Commutateur", "access_point": "Borne Wi-Fi", "router": "Routeur", "firewall": "Pare-feu",
    "ups": "Onduleur", "projector": "Vidéoprojecteur", "interactive_display": "Écran interactif", "tv": "Téléviseur",
    "modem": "Box 4G", "dock": "Station d'accueil", "external_drive": "Disque externe",
}
FRENCH_CONDITION = {"new": "Neuf", "refurbished": "Reconditionné", "second_hand": "Occasion",
                    "remanufactured": "Remanufacturé", "new_recycled_content": "Neuf avec matière recyclée", "unknown": ""}
ROUTE_STATUS = {
    "donation": "Réformé - don", "public_transfer": "Réformé - cédé à une personne publique",
    "sale_with_reuse_commitment": "Réformé - vente avec engagement de réemploi",
    "take_back_with_reuse_proof": "Réformé - reprise avec preuve de réemploi", "recycling": "Réformé - recyclage",
    "sale": "Réformé - vente", "take_back": "Réformé - reprise", "destroyed": "Réformé - destruction",
    "unknown": "Réformé - filière non connue",
}
ROUTE_NAME = {
    "donation": "Don à une association", "public_transfer": "Cession à une personne publique",
    "sale_with_reuse_commitment": "Vente avec engagement de réemploi",
    "take_back_with_reuse_proof": "Reprise avec preuve de réemploi", "recycling": "Recyclage (éco-organisme)",
    "sale": "Vente aux enchères", "take_back": "Reprise fournisseur", "destroyed": "Destruction",
    "unknown": "Filière non connue",
}
REUSE_ROUTES = ["donation"] * 5 + ["public_transfer"] * 2 + ["sale_with_reuse_commitment"] * 2 + ["take_back_with_reuse_proof"]
OTHER_ROUTES = ["recycling"] * 16 + ["sale", "take_back", "take_back", "destroyed", "unknown"]
# Share of what leaves that goes to reuse, by year: the house learns.
REUSE_SHARE = {2018: 0.03, 2019: 0.03, 2020: 0.05, 2021: 0.08, 2022: 0.1, 2023: 0.17, 2024: 0.24, 2025: 0.32, 2026: 0.3}
# Chance that one unit is bought refurbished, by year; 2026 is set apart so that the rate stays below the target.
REFURBISHED = {2019: 0.02, 2020: 0.04, 2021: 0.07, 2022: 0.1, 2023: 0.16, 2024: 0.3, 2025: 0.34}
REFURBISHED_KINDS = ("laptop", "desktop", "monitor", "smartphone")
NEW_SUPPLIERS = {"it": ["Atlantique Micro", "Bureau Système Normand"], "phone": ["TéléCom Bocage"],
                 "print": ["Copie Conseil Lierre"], "network": ["Réseaux du Bocage"]}
REFURBISHERS = ["Seconde Vie Numérique", "Réemploi Informatique Ouest"]
FAMILY = {"smartphone": "phone", "tablet": "phone", "desk_phone": "phone", "printer": "print", "multifunction": "print",
          "copier": "print", "scanner": "print", "switch": "network", "router": "network", "firewall": "network",
          "access_point": "network", "ups": "network", "modem": "network"}


def letters(n, alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"):
    return "".join(rng.choice(alphabet) for _ in range(n))


def digits(n):
    return "".join(rng.choice("0123456789") for _ in range(n))


def serial(shape, year):
    """A serial of the shape that this maker prints."""
    yy = f"{year % 100:02d}"
    return {
        "dell": lambda: letters(6) + rng.choice("23"), "hp": lambda: "5CG" + str(year % 10) + letters(6),
        "lenovo": lambda: "PF" + letters(6), "cn": lambda: f"CN0{letters(5)}TV100{letters(7)}",
        "digits": lambda: rng.choice("123456789") + digits(10), "samsung": lambda: "R5C" + letters(8),
        "apple": lambda: "DMP" + letters(9), "kyocera": lambda: letters(3, "VWLRNH") + digits(7),
        "aruba": lambda: "CN" + letters(8), "cisco": lambda: f"FOC{yy}{digits(2)}{letters(4)}",
        "apc": lambda: f"AS{yy}{digits(2)}{digits(6)}", "epson": lambda: "X4H" + letters(7),
        "generic": lambda: letters(4) + yy + digits(6),
    }[shape]()


def day(text):
    return date.fromisoformat(text)


def some_day(first, last):
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def cents(euros):
    """Prices are multiples of five cents, so that a price with 20 % of VAT is whole cents too."""
    return round(euros * 20) * 5


def plain(amount):
    """Cents as English writes them."""
    return f"{amount // 100}.{amount % 100:02d}" if amount >= 0 else "-" + plain(-amount)


def french(amount, space=" "):
    """Cents as French writes them: `1 234,56`."""
    if amount < 0:
        return "-" + french(-amount, space)
    return f"{amount // 100:,}".replace(",", space) + f",{amount % 100:02d}"


def dmy(when):
    return when.strftime("%d/%m/%Y") if when else ""


def iso(when):
    return when.isoformat() if when else ""


def ten_years_after(when):
    return when.replace(year=when.year + 10, day=28 if (when.month, when.day) == (2, 29) else when.day)


def place(owner, kind):
    if owner == CCAS:
        entity, locations, _ = rng.choices(CCAS_PLACES, [p[2] for p in CCAS_PLACES])[0]
    elif kind in CENTRAL and (kind in ("server", "storage_array", "firewall", "router") or rng.random() < 0.5):
        entity, _, locations = DIRECTORATES[0]
    elif kind == "interactive_display":
        entity, _, locations = DIRECTORATES[3]
    else:
        entity, _, locations = rng.choices(DIRECTORATES, [d[1] for d in DIRECTORATES])[0]
    return (entity if owner == CCAS else "Mairie > " + entity), rng.choice(locations)


def chains():
    """Every seat, desk or cupboard is a chain of assets, each replaced when it goes."""
    fleet = []
    for kind, (town, ccas, first, last, mean, spread, models) in FLEET.items():
        for owner, slots in ((TOWN, town), (CCAS, ccas)):
            for _ in range(slots):
                bought = some_day(date(first, 1, 5), date(last, 12, 15))
                now = kind
                while bought <= TODAY:
                    mean_now, spread_now, models_now = FLEET[now][4], FLEET[now][5], FLEET[now][6]
                    served = min(bought + timedelta(days=rng.randrange(4, 50)), TODAY)
                    gone = served + timedelta(days=round(max(1.2, rng.gauss(mean_now, spread_now)) * 365.25))
                    entity, location = place(owner, now)
                    if gone >= RECORDED_SINCE:
                        maker, model, _, _, price, shape = rng.choice(
                            [m for m in models_now if m[2] <= bought.year <= m[3]] or models_now[:1])
                        fleet.append({
                            "owner": owner, "kind": now, "maker": maker, "model": model, "shape": shape, "bought": bought,
                            "served": served, "gone": gone if gone <= TODAY else None, "price": price,
                            "condition": "new", "mode": "purchase", "entity": entity, "location": location})
                    # Since 2020 half the desktops are followed by a laptop.
                    if now == "desktop" and gone.year >= 2020 and rng.random() < 0.5:
                        now = "laptop"
                    bought = gone - timedelta(days=rng.randrange(1, 25))
    return fleet


def told_mode(fleet):
    """Rentals, gifts and transfers, then refurbished and second-hand purchases."""
    for a in fleet:
        year = a["bought"].year
        if a["kind"] == "copier" or (a["kind"] == "multifunction" and rng.random() < 0.25):
            a["mode"] = "rental"
        elif a["kind"] in REFURBISHED_KINDS and rng.random() < REFURBISHED.get(year, 0.0):
            a["condition"] = "refurbished"
        elif a["kind"] in ("monitor", "projector", "switch") and 2019 <= year <= 2025 and rng.random() < 0.03:
            a["condition"] = "second_hand"
        elif a["kind"] == "monitor" and 2022 <= year <= 2025 and rng.random() < 0.12:
            a["condition"] = "new_recycled_content"
    laptops = [a for a in fleet if a["kind"] == "laptop" and a["mode"] == "purchase" and a["condition"] == "new"]
    for owner, year, how_many in ((TOWN, 2024, 2), (CCAS, 2025, 3), (TOWN, 2026, 4)):
        for a in [a for a in laptops if a["owner"] == owner and a["bought"].year == year][:how_many]:
            a["mode"], a["condition"] = "gift", "donated"
    for a in [a for a in laptops if a["owner"] == TOWN and a["bought"].year == 2023 and a["mode"] == "purchase"][:12]:
        a["mode"] = "rental"
    for a in [a for a in fleet if a["owner"] == CCAS and a["kind"] == "desktop" and a["bought"].year in (2020, 2023)][:4]:
        a["condition"], a["mode"] = "transferred", "transfer"
    for a in fleet:
        factor = {"refurbished": 0.52, "second_hand": 0.4}.get(a["condition"], 1.0)
        a["price"] = cents(a["price"] * factor * rng.uniform(0.97, 1.04)) if a["mode"] == "purchase" else 0
        a["upstream"] = rng.choice([3, 4]) if a["condition"] in ("refurbished", "donated") and rng.random() < 0.6 else None
    legal = ("laptop desktop workstation all_in_one thin_client tablet smartphone desk_phone monitor projector server").split()
    spent = [a for a in fleet if a["owner"] == TOWN and a["bought"].year == 2026 and a["kind"] in legal and a["mode"] == "purchase"]
    candidates = [a for a in spent if a["kind"] in REFURBISHED_KINDS]
    rng.shuffle(candidates)
    for a in candidates:
        reuse = sum(b["price"] for b in spent if b["condition"] == "refurbished")
        if reuse >= 0.122 * sum(b["price"] for b in spent):
            break
        a["condition"], a["price"] = "refurbished", cents(a["price"] / 100 * 0.52)


def bought_together(fleet):
    """One order a quarter, kind, model and condition: same supplier, same invoice day, same order number."""
    orders = defaultdict(list)
    for a in fleet:
        when = a["bought"]
        orders[(a["owner"], when.year, (when.month - 1) // 3, a["kind"], a["maker"], a["model"], a["condition"], a["mode"])].append(a)
    number = 0
    for key in sorted(orders, key=lambda k: (k[1], k[2], k)):
        together = orders[key]
        number += 1
        invoiced = min(a["bought"] for a in together)
        condition, mode = key[6], key[7]
        if condition in ("refurbished", "second_hand"):
            supplier = rng.choice(REFURBISHERS)
        elif mode in ("gift", "transfer"):
            supplier = ""
        else:
            supplier = rng.choice(NEW_SUPPLIERS[FAMILY.get(key[3], "it")])
        for a in together:
            a.update(invoiced=invoiced, supplier=supplier, order=f"{'C' if key[0] == CCAS else 'V'}{key[1] % 100}-{number:04d}")
    return orders


def leave(fleet):
    """Reform, then disposal some months later; what is not gone yet waits in the store room."""
    for a in fleet:
        a.update(status="in_use", retired=None, disposed=None, route="")
        if a["gone"]:
            a["retired"] = a["gone"]
            disposed = a["gone"] + timedelta(days=rng.randrange(25, 520))
            if rng.random() < 0.012:
                a.update(status="lost", retired=None)
            elif disposed <= TODAY:
                old = a["retired"] > ten_years_after(a["invoiced"])
                reused = not old and a["mode"] != "rental" and rng.random() < REUSE_SHARE[disposed.year]
                a.update(status="disposed", disposed=disposed, route=rng.choice(REUSE_ROUTES if reused else OTHER_ROUTES))
                if a["mode"] == "rental":
                    a["route"] = "take_back"
            else:
                a["status"] = "retired"
        elif a["bought"] >= date(2026, 10, 20) and rng.random() < 0.6:
            a.update(status="ordered", served=None)
        else:
            a["status"] = rng.choices(["in_use", "in_stock", "in_repair"], [92, 6, 2])[0]


def seen(a):
    """The last contact that a management agent told, for what has one and is still here."""
    if a["kind"] not in ("laptop", "desktop", "workstation", "all_in_one") or a["status"] not in ("in_use", "in_stock"):
        return None
    if rng.random() < 0.08:
        return some_day(date(2026, 1, 10), date(2026, 7, 31))
    return some_day(date(2026, 11, 5), date(2026, 11, 23))


def table(rows, separator, encoding, name):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    (HERE / name).write_bytes(text.getvalue().encode(encoding))


def identify(fleet):
    counts = defaultdict(int)
    taken = set()
    for a in fleet:
        counts[a["owner"]] += 1
        a["id"] = ("M-%05d" if a["owner"] == TOWN else "C-%04d") % counts[a["owner"]]
        while (made := serial(a["shape"], a["bought"].year)) in taken:
            pass
        taken.add(made)
        a["serial"] = made
        a["tag"] = ("VBL-%05d" if a["owner"] == TOWN else "CCAS-%04d") % (10000 + counts[a["owner"]] if a["owner"] == TOWN else counts[a["owner"]])
        a["host"] = ""
        if a["kind"] in ("laptop", "desktop", "workstation", "all_in_one", "server"):
            a["host"] = ("vbl-" if a["owner"] == TOWN else "ccas-") + {"laptop": "pf", "server": "srv"}.get(a["kind"], "uc") + a["id"][2:]
        a["listed_model"], a["listed_serial"], a["listed_price"] = a["model"], made, a["price"]
        a["purchased"], a["entered"] = a["invoiced"], a["served"]
        a["seen"] = seen(a)


def forget(fleet):
    """What every real inventory lacks: some dates, models, serials and prices."""
    for a in fleet:
        if rng.random() < 0.02 and a["kind"] not in ("laptop", "smartphone"):
            a["listed_serial"] = ""
        if rng.random() < 0.015:
            a["listed_model"] = ""
        if a["mode"] == "purchase" and rng.random() < (0.25 if a["bought"].year < 2019 else 0.01 if a["owner"] == TOWN else 0.0):
            a["listed_price"] = 0
        if rng.random() < 0.1:
            a["entered"] = None
        if rng.random() < 0.06 and a["bought"].year < 2021 and a["status"] not in ("disposed", "retired"):
            a["purchased"] = None
            a["listed_price"] = 0
        if rng.random() < 0.2 and a["bought"].year < 2018:
            a["supplier"] = ""
    old = [a for a in fleet if a["bought"].year < 2019 and a["status"] in ("in_use", "in_stock")]
    for a in rng.sample(old, 18):
        a["purchased"] = a["entered"] = None
        a["listed_price"] = 0
    # Exits that the inventory tells without a day; the disposals list knows the day of the first twelve.
    gone = [a for a in fleet if a["status"] == "disposed" and a["owner"] == TOWN and a["listed_serial"]]
    for n, a in enumerate(rng.sample(gone, 16)):
        a["undated"] = True
        a["in_list"] = n < 12
        if n >= 12:
            a["route"] = "recycling"
    for a in rng.sample([a for a in fleet if a["status"] == "retired" and a["owner"] == TOWN], 3):
        a["undated"] = True


def remarks(a):
    if a["mode"] == "rental":
        return "Location 60 mois ; matériel rendu au terme" if a["kind"] != "laptop" else "Location évolutive, marché 2023"
    if a["mode"] == "gift":
        return "Don reçu par la plateforme des dons"
    if a["mode"] == "transfer":
        return "Transfert de la communauté d'agglomération"
    if a["condition"] == "second_hand":
        return "Achat d'occasion"
    if a["condition"] == "new_recycled_content":
        return "Plastique recyclé (attestation)"
    return ""


def town_status(a):
    if a["status"] == "disposed":
        return ROUTE_STATUS[a["route"]]
    return {"in_use": "En service", "in_stock": "En stock", "in_repair": "En réparation", "ordered": "Commandé",
            "retired": "Réformé - en attente", "lost": "Perdu ou volé"}[a["status"]]


def inventory_town(fleet, shared):
    rows = [["N° inventaire", "Type", "Marque", "Modèle", "N° de série", "Étiquette", "Nom réseau", "Service", "Localisation",
             "Statut", "Date d'achat", "Prix HT", "Fournisseur", "N° commande", "Mise en service", "Date de réforme",
             "Date de sortie", "Vu le", "Vie antérieure (ans)", "Observations"]]
    for n, a in enumerate(x for x in fleet if x["owner"] == TOWN):
        dated = not a.get("undated")
        rows.append([a["id"], FRENCH_KIND[a["kind"]], a["maker"], a["listed_model"], a["listed_serial"], a["tag"], a["host"],
                     a["entity"], a["location"], town_status(a), dmy(a["purchased"]),
                     french(a["listed_price"], "\u00a0" if n % 3 == 0 else " ") if a["listed_price"] else "", a["supplier"],
                     a["order"], dmy(a["entered"]), dmy(a["retired"]) if dated else "", dmy(a["disposed"]) if dated else "",
                     dmy(a["seen"]), a["upstream"] or "", remarks(a)])
    # Equipment of the CCAS that the town's IT department lists as well: one asset told by two sources.
    for n, a in enumerate(shared):
        rows.append([f"M-9000{n}", FRENCH_KIND[a["kind"]], a["maker"], a["maker"] + " " + a["model"], a["serial"].lower(),
                     f"VBL-9000{n}", "", "CCAS", "CCAS > Accueil", "En service",
                     dmy(a["purchased"]), "", a["supplier"], a["order"], "", "", "", "", "", "Suivi par la DSI pour le CCAS"])
    rows.append(["M-90010", "Vidéoprojecteur", "Epson", "EB-X49", "", "VBL-90010", "", "Mairie > Direction de la culture et du patrimoine",
                 "Médiathèque", "En service", "14/03/2022", "462,00", "Atlantique Micro", "", "21/03/2022", "", "", "", "", "Partagé avec le CCAS"])
    # Makers' placeholders in place of a serial: these are two assets.
    for n, text in ((1, "To be filled by O.E.M."), (2, "To be filled by O.E.M."), (3, "Default string")):
        rows.append([f"M-9002{n}", "Unité centrale", "Assembleur local", "PC bureautique", text, f"VBL-9002{n}", "",
                     "Mairie > Direction des services techniques", "Centre technique municipal", "En service", "12/09/2019",
                     "540,00", "Atlantique Micro", "", "16/09/2019", "", "", "", "", ""])
    # Wrong on purpose.
    rows.insert(40, ["M-99001", "Écran", "Dell", "P2419H", "CN0BAD01", "VBL-99001", "", "Mairie > Direction générale des services", "",
                     "En service", "30/02/2022", "185,00", "", "", "", "", "", "", "", ""])
    rows.insert(300, ["M-99002", "Machine à café", "Krups", "Essential", "KR12345", "VBL-99002", "", "Mairie > Direction générale des services",
                      "", "En service", "03/06/2021", "399,00", "", "", "", "", "", "", "", ""])
    rows.insert(700, ["M-99003", "Ordinateur portable", "Dell", "Latitude 5440", "BAD0003", "VBL-99003", "", "Mairie > Direction de l'urbanisme",
                      "", "En service", "03/06/2023", "mille euros", "", "", "", "", "", "", "", ""])
    rows.insert(1100, ["M-99004", "Imprimante", "HP", "LaserJet Pro M404dn", "BADPRT4", "VBL-99004", "", "Mairie > Police municipale",
                       "", "En service", "03/06/2020", "230,00", "", "", "bientôt", "", "", "", "", ""])
    table(rows, ";", "cp1252", "inventaire-mairie.csv")


def inventory_ccas(fleet):
    rows = [["id", "kind", "manufacturer", "model", "serial", "asset_tag", "hostname", "entity", "location", "status", "condition",
             "mode", "purchase_date", "purchase_price_ht", "supplier", "in_service_date", "retired_date", "disposal_date",
             "disposal", "last_seen", "upstream_years", "annual_kwh"]]
    for a in fleet:
        if a["owner"] != CCAS:
            continue
        condition = a["condition"] if a["bought"].year >= 2018 else ("unknown" if a["bought"].year > 2015 else "")
        mode = a["mode"] if a["mode"] in ("rental", "gift") else ""
        kwh = {"P2419H": "15.9", "ECOSYS PA4000x": "24"}.get(a["listed_model"], "")
        rows.append([a["id"], a["kind"], a["maker"], a["listed_model"], a["listed_serial"], a["tag"], a["host"], a["entity"],
                     a["location"], a["status"], condition, mode, iso(a["purchased"]),
                     plain(a["listed_price"]) if a["listed_price"] else "", a["supplier"], iso(a["entered"]), iso(a["retired"]),
                     iso(a["disposed"]), a["route"], iso(a["seen"]), a["upstream"] or "", kwh])
    rows.append(["C-9010", "projector", "Epson", "EB-X49", "", "CCAS-9010", "", "CCAS", "CCAS > Accueil", "in_use", "new", "",
                 "2022-03-14", "462.00", "", "2022-03-21", "", "", "", "", "", ""])
    table(rows, ",", "utf-8", "inventaire-ccas.csv")


def collisions(fleet):
    """One serial written on two models, twice: the first stays a doubt, the second is settled by decisions.csv."""
    pairs = []
    for one, other in (("P2419H", "P2422H"), ("WD19", "USB-C Dock G5")):
        a = next(x for x in fleet if x["owner"] == TOWN and x["listed_model"] == one and x["status"] == "in_use" and x["listed_serial"])
        b = next(x for x in fleet if x["owner"] == TOWN and x["listed_model"] == other and x["status"] == "in_use" and x["listed_serial"])
        b["listed_serial"] = a["listed_serial"]
        pairs.append((a["id"], b["id"]))
    return pairs


def ledger(fleet, orders):
    """The purchase ledger: the town's since 2021, the CCAS's since 2022."""
    lines = []

    def line(owner, when, kind, what, quantity, amount, condition="new", **more):
        lines.append({"owner": owner, "invoiced": when, "date": when + timedelta(days=rng.randrange(0, 12)), "kind": kind, "what": what,
                      "quantity": quantity, "amount": amount, "condition": condition, "mode": "Achat", "derogation": "", "reason": "",
                      "order": "", "supplier": "", "index": "", "maker": "", "model": "", "ttc": False, **more})

    for (owner, year, _, kind, maker, model, condition, mode), together in orders.items():
        if year < (2021 if owner == TOWN else 2022) or mode in ("rental", "transfer"):
            continue
        first = together[0]
        gift = mode == "gift"
        line(owner, first["invoiced"], kind, f"{FRENCH_KIND[kind]} {maker} {model}", len(together),
             0 if gift else sum(a["price"] for a in together), "unknown" if gift else condition,
             mode="Don" if gift else "Achat", order=first["order"], supplier=first["supplier"], maker=maker, model=model,
             index=rng.choice(["oui", "oui", "non"]) if kind == "laptop" and condition == "new" else "")
    for item in lines:
        # The department could not say for some lines how they were bought.
        if item["kind"] in ("monitor", "desk_phone") and item["condition"] == "new" and rng.random() < 0.06:
            item["condition"] = "unknown"
        if item["kind"] == "server" and item["invoiced"].year >= 2024:
            item.update(derogation="oui", reason="contrainte technique significative : compatibilité de la virtualisation")
        item["ttc"] = item["mode"] == "Achat" and rng.random() < 0.12
    # Invoices of one line that came after the new year: the invoice makes the year, not the entry's date.
    line(TOWN, day("2026-01-08"), "monitor", "Écrans commandés en décembre", 6, cents(1140), date=day("2025-12-29"),
         supplier="Atlantique Micro", maker="HP", model="E24 G5")
    # No invoice day: the entry's date stands in.
    line(TOWN, day("2025-05-20"), "tablet", "Tablettes des conseils de quartier", 3, cents(1035), supplier="TéléCom Bocage",
         maker="Apple", model="iPad (10e génération)", no_invoice=True)
    # A purchase that the inventory does not know: the cross-check of 2023 finds a gap.
    line(TOWN, day("2023-09-18"), "desktop", "Lot de 45 postes pour les écoles, inventaire à faire", 45, cents(29700),
         supplier="Bureau Système Normand", maker="HP", model="Pro Mini 400 G9")
    # Credit notes.
    line(TOWN, day("2024-06-21"), "monitor", "Avoir : deux écrans rendus", 2, -cents(380), supplier="Atlantique Micro", maker="HP", model="E24 G5")
    line(TOWN, day("2026-04-10"), "laptop", "Avoir : un portable rendu", 1, -cents(1075), supplier="Atlantique Micro", maker="Dell", model="Latitude 5450")
    line(CCAS, day("2025-03-12"), "smartphone", "Avoir : remise de fin d'année", 1, -cents(84.5), supplier="TéléCom Bocage")
    # A gift that the grid has no value for.
    line(CCAS, day("2025-10-02"), "monitor", "Écrans reçus de la préfecture", 2, 0, "unknown", mode="Don")
    # Rentals stand on neither side of the rate.
    for year in range(2021, 2027):
        line(TOWN, date(year, 2, 15), "copier", "Location annuelle des copieurs", 5, cents(11400 + 150 * (year - 2021)), mode="Location", supplier="Copie Conseil Lierre")
        line(CCAS, date(year, 2, 15), "copier", "Location annuelle du copieur", 1, cents(2150), mode="Location", supplier="Copie Conseil Lierre")
        if year >= 2023:
            line(TOWN, date(year, 4, 3), "laptop", "Location évolutive de portables", 12, cents(4320), mode="Location", supplier="Atlantique Micro")
        # Printing consumables, quarter by quarter.
        for month in (1, 4, 7, 10):
            when = date(year, month, 20)
            share = 0.15 + 0.05 * (year - 2021)
            spent = 2600 * rng.uniform(0.9, 1.1)
            line(TOWN, when, "consumable", "Cartouches de toner", 30, cents(spent * (1 - share)), supplier="Copie Conseil Lierre")
            line(TOWN, when, "consumable", "Cartouches de toner remanufacturées", 10, cents(spent * share), "remanufactured", supplier="Cartouche Claire")
        if year >= 2022:
            line(CCAS, date(year, 5, 11), "consumable", "Cartouches de toner", 12, cents(940 * rng.uniform(0.9, 1.1)), supplier="Copie Conseil Lierre")
    # Out of the scope of the law, whatever their kind says by default.
    for year in range(2021, 2027):
        line(TOWN, date(year, 9, 10), "keyboard", "Claviers", 15, cents(235), supplier="Bureau Système Normand")
        line(TOWN, date(year, 9, 10), "mouse", "Souris", 15, cents(135), supplier="Bureau Système Normand")
        line(TOWN, date(year, 9, 24), "headset", "Casques de visioconférence", 6, cents(342), "unknown" if year == 2025 else "new", supplier="Bureau Système Normand")

    lines.sort(key=lambda l: (l["invoiced"], l["owner"], l["kind"], l["what"], l["quantity"], l["amount"]))
    rows = [["Date d'écriture", "Date de facture", "N° commande", "Entité", "SIRET acheteur", "Type de matériel", "Désignation", "Marque",
             "Modèle", "Quantité", "Montant HT", "Montant TTC", "Taux de TVA", "État", "Mode", "Dérogation", "Motif de dérogation",
             "Indice de réparabilité pris en compte", "Fournisseur"]]
    for n, l in enumerate(lines):
        # The buyer is told by its SIRET, by its entity, or, for the town, not at all.
        siret = l["owner"] if n % 3 == 0 else ""
        entity = "" if n % 3 == 0 or (l["owner"] == TOWN and n % 3 == 1) else ("CCAS" if l["owner"] == CCAS else "Mairie")
        if l["owner"] == CCAS and not siret:
            entity = "CCAS"
        space = "\u202f" if n % 5 == 0 else "\u00a0" if n % 5 == 1 else " "
        ht, ttc = french(l["amount"], space), french(l["amount"] * 6 // 5, space)
        rows.append([dmy(l["date"]), "" if l.get("no_invoice") else dmy(l["invoiced"]), l["order"], entity, siret, l["kind"], l["what"],
                     l["maker"], l["model"], l["quantity"], "" if l["ttc"] else ht, ttc if l["ttc"] else "", "20" if l["ttc"] else "",
                     FRENCH_CONDITION[l["condition"]], l["mode"], l["derogation"], l["reason"], l["index"], l["supplier"]])
    # Wrong on purpose.
    rows.insert(25, ["14/02/2022", "31/02/2022", "", "Mairie", "", "laptop", "Portables", "Dell", "Latitude 5410", "4", "3 900,00", "", "", "Neuf", "Achat", "", "", "", "Atlantique Micro"])
    rows.insert(60, ["03/03/2023", "03/03/2023", "", "Mairie", "", "trottinette", "Trottinettes", "", "", "2", "800,00", "", "", "Neuf", "Achat", "", "", "", ""])
    rows.insert(90, ["03/03/2024", "03/03/2024", "", "", "21000000600011", "monitor", "Écrans", "Dell", "P2425H", "4", "800,00", "", "", "Neuf", "Achat", "", "", "", ""])
    rows.insert(120, ["07/05/2025", "07/05/2025", "", "Mairie", "", "laptop", "Portables", "Dell", "Latitude 5450", "2", "", "2 580,00", "", "Neuf", "Achat", "", "", "", ""])
    rows.insert(150, ["", "", "", "Mairie", "", "desktop", "Postes", "HP", "Pro Mini 400 G9", "2", "1 330,00", "", "", "Neuf", "Achat", "", "", "", ""])
    rows.append(["04/11/2026", "04/11/2026", "", "Mairie", "", "laptop", "Portables", "Dell", "Latitude 5450", "2", "à chiffrer", "", "", "Neuf", "Achat", "", "", "", ""])
    table(rows, ";", "utf-8-sig", "achats.csv")


def exits(fleet):
    """The disposals list: some of it is in the inventory as well, some of it was never inventoried."""
    rows = []
    for a in fleet:
        if a["status"] != "disposed" or not (a["listed_serial"] or a["tag"]):
            continue
        if not (a.get("in_list") or (not a.get("undated") and rng.random() < 0.4)):
            continue
        by_tag = not a["listed_serial"] or rng.random() < 0.15
        eco = "oui" if a["route"] == "recycling" else ""
        rows.append((a["disposed"], [dmy(a["disposed"]), dmy(a["retired"]), "" if by_tag else a["listed_serial"], a["tag"] if by_tag else "", a["kind"],
                     "1", "CCAS" if a["owner"] == CCAS else "Mairie", a["owner"] if a["owner"] == CCAS else "", ROUTE_NAME[a["route"]],
                     dmy(a["invoiced"]), "", "ÉcoCollecte du Bocage" if eco else "", eco, ""]))
    weight = {"desktop": "7,5", "monitor": "5,2", "laptop": "2,1", "keyboard": "0,6", "mouse": "0,1", "printer": "11,0", "smartphone": "0,18", "desk_phone": "0,9"}
    for year in range(2018, 2027):
        for kind, route, age in (("desktop", "recycling", 9), ("monitor", "donation" if year > 2021 else "recycling", 8),
                                 ("keyboard", "recycling", None), ("mouse", "recycling", None), ("printer", "recycling", 11),
                                 ("laptop", "sale_with_reuse_commitment" if year > 2019 else "sale", 6)):
            quantity = rng.randrange(2, 9)
            owner = CCAS if kind == "laptop" and year % 3 == 0 else TOWN
            gone = some_day(date(year, 2, 1), date(year, 10, 30))
            retired = gone - timedelta(days=rng.randrange(10, 400))
            bought = date(retired.year - age, 1 + rng.randrange(12), 15) if age else None
            rows.append((gone, [dmy(gone), dmy(retired), "", "", kind, str(quantity), "CCAS" if owner == CCAS else "Mairie", owner if year % 2 else "",
                         ROUTE_NAME[route], dmy(bought), str(weight[kind]).replace(".", ","),
                         "ÉcoCollecte du Bocage" if route == "recycling" else "", "oui" if route == "recycling" else "", ""]))
    # Left out of the legal rate: it held classified data.
    rows.append((day("2026-03-03"), ["03/03/2026", "12/01/2026", "", "", "laptop", "2", "Mairie", "", ROUTE_NAME["donation"], "10/04/2021", "2,1", "", "", "oui"]))
    rows.sort(key=lambda r: (r[0], r[1]))
    rows = [["Date de sortie", "Date de réforme", "N° de série", "Étiquette", "Type", "Quantité", "Entité", "SIRET", "Filière", "Date d'achat", "Poids (kg)",
             "Repreneur", "Éco-organisme agréé", "Classifié"]] + [r[1] for r in rows]
    # Wrong on purpose.
    rows.insert(12, ["2021-15-40", "", "", "", "monitor", "3", "Mairie", "", ROUTE_NAME["recycling"], "", "", "", "", ""])
    rows.insert(44, ["12/04/2022", "", "", "", "desktop", "-3", "Mairie", "", ROUTE_NAME["donation"], "12/04/2016", "", "", "", ""])
    rows.insert(80, ["12/04/2023", "", "", "", "desktop", "2", "Mairie", "", "Évaporation", "12/04/2016", "", "", "", ""])
    rows.insert(101, ["12/04/2024", "", "", "", "laptop", "1", "", "26000000500018", ROUTE_NAME["donation"], "12/04/2019", "", "", "", ""])
    table(rows, ";", "utf-8", "sorties.csv")


def counts(fleet):
    """The physical count of 1 January 2026: what the records say, give or take what was found behind a door."""
    rows = [["date", "siret", "count", "note"]]
    out = {"server", "storage_array", "copier"}
    for owner, found in ((TOWN, 7), (CCAS, 1)):
        waiting = [a for a in fleet if a["owner"] == owner and a["kind"] not in out and a["retired"] and a["retired"] <= date(2026, 1, 1)
                   and not (a["disposed"] and a["disposed"] < date(2026, 1, 1)) and a["retired"] <= ten_years_after(a["invoiced"])]
        rows.append(["2026-01-01", owner, len(waiting) + found, "comptage physique, local de réforme"])
    table(rows, ",", "utf-8", "stock-reforme.csv")


def headcounts():
    rows = [["Date", "Entité", "Service", "Effectif"]]
    base = [28, 34, 62, 210, 84, 118, 31, 29, 26]
    for year in range(2020, 2027):
        when = dmy(date(year, 1, 1))
        for (name, _, _), agents in zip(DIRECTORATES, base):
            now = agents + (year - 2020) * (1 if agents < 100 else 2)
            if name == "Direction de l'éducation":
                third = now // 3
                for service, part in (("Écoles", now - 2 * third), ("Périscolaire", third), ("Restauration scolaire", third)):
                    rows.append([when, "Mairie > " + name, service, part])
            else:
                rows.append([when, "Mairie > " + name, "", now])
        # The CCAS counts its whole and its parts, which do not quite agree: the whole wins.
        rows.append([when, "CCAS", "", 96 + year - 2020])
        rows.append([when, "CCAS", "Résidence autonomie Les Glycines", 31])
        rows.append([when, "CCAS", "Multi-accueil Petite Ourse", 18])
    table(rows, ";", "utf-8", "effectifs.csv")


def strategy():
    """The town's strategy (REEN, article 35): actions, figures counted by hand, and what suppliers declare."""
    # A generator of its own: the tables above stay as they are, byte for byte.
    own = random.Random(20250101)
    table([["N°", "Axe", "Action", "Avancement", "Direction", "Début", "Échéance", "Indicateur", "Point de blocage"],
           ["A-01", "1", "Inscrire une clause de réemploi dans le marché de postes de travail", "Réalisée", "Direction des finances et des ressources humaines", "15/01/2025", "30/06/2025", "reuse_spend_ratio", ""],
           ["A-02", "1", "Acheter un portable sur trois reconditionné", "En cours", "Direction des systèmes d'information", "01/09/2025", "31/12/2027", "reuse_spend_ratio", ""],
           ["A-03", "2", "Garder les portables six ans : extension de mémoire et batterie neuve à mi-vie", "En cours", "Direction des systèmes d'information", "01/03/2025", "31/12/2028", "lifetime_median_seconds", ""],
           ["A-04", "2", "Convention de don avec une ressourcerie", "En cours", "Direction des systèmes d'information", "01/02/2025", "31/03/2026", "disposal_reuse_ratio", "Délibération à inscrire au conseil municipal"],
           ["A-05", "3", "Auditer les démarches en ligne avec le référentiel d'écoconception (RGESN)", "À démarrer", "Direction de la population", "01/10/2026", "30/06/2027", "Services audités", "Pas de prestataire : marché infructueux"],
           ["A-06", "4", "Former les agents aux usages sobres", "En cours", "Direction des finances et des ressources humaines", "01/01/2025", "31/12/2026", "Agents formés", ""],
           ["A-07", "4", "Présenter la stratégie aux élus", "Réalisée", "Direction générale des services", "02/09/2024", "20/12/2024", "", ""],
           ["A-08", "5", "Ateliers de réparation à la médiathèque", "En cours", "Direction de la culture et du patrimoine", "15/03/2025", "31/12/2027", "Participants aux ateliers", ""],
           ["A-09", "6", "Recenser les capteurs et leurs abonnements", "À démarrer", "Direction des services techniques", "01/01/2026", "30/09/2026", "", ""],
           # Wrong on purpose.
           ["A-10", "6", "Éteindre les bornes la nuit", "Bientôt", "Direction des services techniques", "", "", "", ""]],
          ";", "utf-8", "actions.csv")
    rows = [["Date de valeur", "Entité", "Axe", "Indicateur", "Valeur", "Unité", "Provenance", "Remarque"]]
    trained, audited = 0, 0
    for year in (2024, 2025):
        when = dmy(date(year, 12, 31))
        trained += own.randrange(60, 120)
        audited += own.randrange(1, 4)
        rows += [[when, "Mairie", "1", "Marchés avec clause environnementale", own.randrange(4, 12), "marchés", "Commande publique", ""],
                 [when, "Mairie", "2", "Postes réparés plutôt que remplacés", own.randrange(20, 60), "postes", "Centre de services", ""],
                 [when, "Mairie", "3", "Services audités", audited, "services", "Direction de la population", "depuis 2024"],
                 [when, "Mairie", "4", "Agents formés", trained, "agents", "Registre des formations", "depuis 2024"],
                 [when, "CCAS", "5", "Participants aux ateliers", own.randrange(80, 200), "personnes", "Accueil", ""],
                 [when, "Mairie", "6", "Capteurs recensés", own.randrange(100, 400), "capteurs", "Éclairage et bâtiments", ""]]
    table(rows, ";", "utf-8", "declared.csv")
    rows = [["Année", "Entité", "Périmètre", "Nom du service", "Prestataire", "Consommation (kWh)", "kgCO2e", "Montant HT", "Document"]]
    for year in (2024, 2025):
        for entity, scope, name, supplier in (("Mairie", "Hébergement", "Sites et démarches en ligne", "Hébergeur de la Lierre"),
                                              ("Mairie", "Nuage", "Bureautique en ligne", "Bureau Partagé"),
                                              ("Mairie", "Territoire connecté", "Télégestion de l'éclairage", "Lumières du Bocage"),
                                              ("Mairie", "Marché", "Téléphonie et accès internet", "Télécom de l'Ouest"),
                                              ("CCAS", "Nuage", "Logiciel d'aide sociale", "Solidarité Logiciels")):
            kwh = own.randrange(800, 9000)
            # One supplier tells no footprint, and one tells nothing but what it is paid.
            untold = scope == "Marché"
            grams = "" if untold or (entity == "CCAS" and year == 2024) else ("%.1f" % (kwh * own.uniform(0.04, 0.3))).replace(".", ",")
            rows.append([year, entity, scope, name, supplier, "" if untold else kwh, grams, french(own.randrange(3000, 40000) * 100, " "), f"bilan {year} du prestataire"])
    table(rows, ";", "utf-8", "services.csv")


def main():
    fleet = chains()
    fleet.sort(key=lambda a: (a["bought"], a["owner"], a["kind"], a["location"]))
    told_mode(fleet)
    orders = bought_together(fleet)
    leave(fleet)
    identify(fleet)
    counts(fleet)
    forget(fleet)
    pairs = collisions(fleet)
    shared = [a for a in fleet if a["owner"] == CCAS and a["kind"] == "laptop" and a["status"] == "in_use" and a["entered"] and a["purchased"]
              and a["listed_model"] and a["bought"].year in (2024, 2025) and a["mode"] == "purchase"][:3]
    inventory_town(fleet, shared)
    inventory_ccas(fleet)
    ledger(fleet, orders)
    exits(fleet)
    headcounts()
    strategy()
    table([["decision", "asset_a", "asset_b", "reason", "date"],
           ["different", f"inventaire-mairie:{pairs[1][0]}", f"inventaire-mairie:{pairs[1][1]}", "étiquette lue sur le mauvais appareil", "2026-09-14"],
           ["same", "inventaire-mairie:M-90010", "inventaire-ccas:C-9010", "vidéoprojecteur partagé, vu sur place", "2026-10-02"]],
          ",", "utf-8", "decisions.csv")


if __name__ == "__main__":
    main()
