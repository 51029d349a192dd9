"""French words for what metrics name their own way: those of the page, read where the page has them, and our own."""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
PAGE = "".join(path.read_text(encoding="utf-8") for path in sorted((HERE.parent.parent / "src/wording").glob("*.rs")))


def of_page(name):
    """One list of src/wording: name to French."""
    block = re.search(rf"^(?:pub )?const {name}: [^=]* = &\[\n(.*?)^\];", PAGE, re.S | re.M)
    entries = re.findall(r'\(\s*"([^"]+)",\s*"([^"]+)",\s*"[^"]+",?\s*\)', block[1])
    assert len(entries) == len(re.findall(r"^    \(", block[1], re.M)), f"src/wording/: not every entry of {name} was understood"
    return {key: re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), french) for key, french in entries}


AGES = {f"{year}-{year + 1}y": f"{year} à {year + 1} an{'s' if year else ''}" for year in range(10)}

# By label. What is not written down is shown as the metric tells it: an entity's id, a SIRET, a source's name.
WORDS = {
    "kind": of_page("KINDS"),
    "disposal": of_page("WAYS"),
    "theme": of_page("THEMES"),
    "class": of_page("FAILURES"),
    "reason": of_page("DOUBTS") | of_page("UNSEEN"),
    "field": of_page("FIELDS"),
    "system": of_page("SYSTEMS"),
    "connector": of_page("CONNECTORS"),
    "entity": {"other": "Entités regroupées", "unknown": "Entité non renseignée"},
    "age_band": AGES | {"10y+": "Plus de 10 ans", "unknown": "Âge inconnu"},
    "status": {
        "ordered": "Commandés",
        "in_stock": "En stock",
        "in_use": "En service",
        "in_repair": "En réparation",
        "retired": "Réformés",
    },
    "condition": {
        "new": "Neuf",
        "new_recycled_content": "Neuf avec matière recyclée",
        "refurbished": "Reconditionné",
        "second_hand": "Occasion",
        "remanufactured": "Remanufacturé",
        "donated": "Don reçu",
        "transferred": "Transfert",
        "unknown": "Non renseigné",
    },
    "category": {
        "it_telephony": "Informatique et téléphonie",
        "printing_equipment": "Reprographie et impression",
        "printing_consumables": "Consommables d'impression",
        "it_2021": "Informatique (2021-2023)",
        "phones_2021": "Téléphones (2021-2023)",
        "copiers_2021": "Copieurs (2021-2023)",
        "cartridges_2021": "Cartouches (2021-2023)",
        "unknown": "Catégorie inconnue",
    },
    "phase": {
        "manufacture": "Fabrication",
        "distribution": "Transport",
        "use": "Usage",
        "end_of_life": "Fin de vie",
    },
    "tier": {
        "local": "Propre à la collectivité",
        "model": "Du modèle",
        "specification": "Configuration",
        "kind": "Du type",
        "none": "Aucun",
    },
    "basis": {"measured": "Mesurée", "declared": "Déclarée", "default": "Valeur usuelle"},
    "by": {
        "longer_lives": "Durées de vie plus longues",
        "refurbished_purchases": "Achats reconditionnés",
        "exits_to_reuse": "Sorties vers le réemploi",
    },
    "scope": {
        "hosting": "Hébergement",
        "cloud": "Nuage",
        "connected_territory": "Territoire connecté",
        "contract": "Prestations",
    },
    "role": {"it": "Équipements informatiques", "total": "Salle entière", "unknown": "Non placé"},
    "approved": {"true": "Éco-organisme agréé", "false": "Autre filière"},
}
# Headings of narrow columns.
FIELDS = WORDS["field"] | {
    "condition": "Réemploi",
    "serial": "N° de série",
    "specification": "Configuration",
}
# The state of an action wants the gender of an action.
ACTIONS = {"to_start": "À lancer", "running": "En cours", "done": "Terminées"}
