#!/usr/bin/env python3
"""Writes dashboards/*.json, the same bytes each time. Plain Python: nothing to install.

    python3 deploy/grafana/generate.py [FOLDER]

`panels.py` knows Grafana's JSON, `words.py` the French words, this file what is asked and where it stands.
"""

import json
import pathlib
import sys

# Nothing but the dashboards is written.
sys.dont_write_bytecode = True

from panels import (ABOVE, ALL_WELL, NOTHING, REACHED, bars, column, dashboard, mapped, matrix, override, row, series,
                    stat, table)
from words import ACTIONS, FIELDS, WORDS

YEAR = 31557600  # seconds of a year of 365.25 days
KWH = 3600000  # joules

TONNES = "suffix:t CO₂e"
KILOGRAMS = "suffix:kg CO₂e"
YEARS = "suffix:ans"
EUROS = "currency:financial:€:suffix"

# What a selector may hold beside the instance; `year` is one value, the others may be several.
CHOSEN = {label: f'{label}=~"${label}"' for label in ("entity", "kind", "siret", "room", "source")} | {
    "year": 'year="$year"',
    "active": 'status=~"in_use|in_stock|in_repair"',
    "reused": 'condition=~"refurbished|second_hand|remanufactured"',
    "network": 'kind=~"switch|router|firewall|access_point|modem|ups|pdu"',
    "machines": 'kind=~"server|blade_chassis|storage_array"',
}


def of(family, *chosen, also=""):
    """The series of a family of ecoparc, of the chosen instance."""
    told = ['instance="$instance"', *(CHOSEN[name] for name in chosen), *([also] if also else [])]
    return f"{family if family.startswith('process_') else 'ecoparc_' + family}{{{','.join(told)}}}"


def total(expr, *by):
    return f"sum by ({', '.join(by)}) ({expr})" if by else f"sum({expr})"


def rate(expr):
    """What a counter counts a second."""
    return f"rate({expr}[$__rate_interval])"


def one(expr, *by):
    """A ratio as it is told, with these labels alone: there is one series of each, so nothing is averaged."""
    return f"max by ({', '.join(by)}) ({expr})"


# The year's target beside each buyer and category that has one.
RATIO = of("reuse_spend_ratio", "siret", "year")
TARGET = of("reuse_spend_target_ratio", "year")
BESIDE = "on (instance, category, year) group_left"
TARGET_OF_EACH = f"({RATIO} * 0) + {BESIDE} {TARGET}"
EXITS = of("disposal_reuse_ratio", "siret", "year")
EXIT_TARGET = of("disposal_reuse_target_ratio", "year")
BY_YEAR = "on (instance, year) group_left"

AGE = f"{total(of('assets_age_seconds', 'entity', 'kind'))} / {total(of('assets_age_known', 'entity', 'kind'))} / {YEAR}"
FOOTPRINT = of("footprint_annual_co2e_grams", "entity", "kind")
ACTIVE = of("assets", "active", "entity", "kind")
ACQUIRED = of("assets_acquired", "entity", "kind")
PAST = of("assets_past_lifetime", "entity", "kind")
RANGE = [
    (f"{of('footprint_fleet_annual_co2e_high_grams')} / 1e6", "Borne haute"),
    (f"{of('footprint_fleet_annual_co2e_grams')} / 1e6", "Empreinte"),
    (f"{of('footprint_fleet_annual_co2e_low_grams')} / 1e6", "Borne basse"),
]


# A gain.
GREEN = {"color": {"mode": "fixed", "fixedColor": "green"}}
# A stat with room for its trend.
TALL = (4, 5)


def bounded(title, size=(12, 8)):
    """The fleet's footprint between its bounds."""
    edge = {"custom__lineWidth": 0, "custom__fillOpacity": 0, "color": {"mode": "fixed", "fixedColor": "blue"}}
    return series(
        title,
        "Empreinte annuelle de tout le parc actif, entre ses bornes à 95 %. Elle ne suit pas le choix d'une entité ou "
        "d'un type : des bornes ne s'additionnent pas.",
        RANGE, TONNES, size, decimals=1,
        overrides=[
            override("Borne haute", **edge | {"custom__fillBelowTo": "Borne basse", "custom__fillOpacity": 15}),
            override("Borne basse", **edge),
            override("Empreinte", color={"mode": "fixed", "fixedColor": "blue"}, custom__fillOpacity=0),
        ],
    )


def overview():
    share = f"{RATIO} / {BESIDE} {TARGET}"
    exits = f"{EXITS} / {BY_YEAR} {EXIT_TARGET}"
    agents = of("agents", "entity")
    return dashboard("ecoparc-overview", "ecoparc / Vue d'ensemble",
        "Le parc numérique en une page : taille, climat, âge, réemploi.", ["entity", "kind", "siret", "year"], [
        stat("Parc actif", "Matériels en service, en stock ou en réparation, de l'entité et du type choisis.",
             total(ACTIVE), "locale", TALL, trend=True, links=[("Liste des matériels", "$ecoparc/fleet")]),
        stat("Empreinte annuelle", "Ce que le parc actif coûte au climat en un an : fabrication répartie sur la durée de "
             "vie, transport, électricité, fin de vie. « Au moins » là où un type n'a aucun facteur publié.",
             f"{total(FOOTPRINT)} / 1e6", TONNES, TALL, trend=True, decimals=1,
             links=[("D'où vient ce chiffre", "$ecoparc/api/v1/footprint/explanation")]),
        stat("Empreinte par agent", "Empreinte annuelle de tout le parc, divisée par l'effectif ; sans le choix d'une "
             "entité ou d'un type.",
             f"{total(of('footprint_fleet_annual_co2e_grams'))} / {total(of('agents'))} / 1e3", KILOGRAMS, TALL,
             decimals=0, trend=True),
        stat("Âge moyen", "Somme des âges connus divisée par le nombre de matériels dont l'âge est connu.",
             AGE, YEARS, TALL, decimals=1, trend=True),
        stat("Achats : part de l'objectif atteinte", "Taux de réemploi de l'année (loi AGEC, article 58) divisé par "
             "l'objectif légal, par acheteur et par catégorie qui a un objectif. 100 % : objectif atteint.",
             one(share, "siret", "category"), "percentunit", (8, 5), rule=REACHED, by=("siret", "category"), decimals=0,
             links=[("Achats de l'année", "$ecoparc/procurement#purchases")]),
        bounded("Empreinte annuelle et sa marge d'erreur"),
        series("Parc par état", "Matériels de l'entité et du type choisis, par état.",
               [(total(of("assets", "entity", "kind"), "status"), "{{status}}")], "locale", words="status", stacked=True,
               least=0),
        bars("Matériels par type", "Parc actif, les douze types les plus nombreux.",
             f"topk(12, {total(ACTIVE, 'kind')})", "locale", ("kind",), (8, 10)),
        bars("Empreinte par type", "Empreinte annuelle, les douze types qui pèsent le plus.",
             f"topk(12, {total(FOOTPRINT, 'kind')} / 1e6)", TONNES, ("kind",), (8, 10), decimals=2),
        bars("Sorties : part de l'objectif atteinte", "Matériels réformés réemployés dans l'année (loi REEN, article 16) "
             "en proportion de l'objectif. 100 % : objectif atteint.",
             one(exits, "siret"), "percentunit", ("siret",), (8, 4), rule=REACHED, ends=1, decimals=0,
             links=[("Sorties de l'année", "$ecoparc/exits#exits")]),
        bars("Objectifs de la stratégie", "Chemin fait depuis le point de départ ; 100 % : objectif atteint, négatif : "
             "on s'en éloigne.", one(of("objective_ratio"), "objective"), "percentunit", ("objective",), (8, 6),
             rule=REACHED, ends=1, decimals=0, absent="aucun objectif configuré",
             links=[("Objectifs", "$ecoparc/strategy#objectives")]),
        table("Entités", "Une entité par ligne. Une entité où un type compte très peu de matériels y est regroupée avec "
              "d'autres. L'empreinte par agent compte tous les types. Prolongés : "
              "matériels au-delà de la durée de "
              "référence de leur type.", {"entity": "Entité"}, [
              column("Matériels", total(ACTIVE, "entity"), "locale"),
              column("Agents", total(agents, "entity"), "locale"),
              column("Empreinte", f"{total(FOOTPRINT, 'entity')} / 1e6", TONNES, decimals=1),
              column("Par agent", f"{one(of('footprint_per_agent_co2e_grams', 'entity'), 'entity')} / 1e3",
                     KILOGRAMS, decimals=0),
              column("Âge moyen", f"{total(of('assets_age_seconds', 'entity', 'kind'), 'entity')} / "
                     f"{total(of('assets_age_known', 'entity', 'kind'), 'entity')} / {YEAR}", YEARS, decimals=1),
              column("Prolongés", total(PAST, "entity"), "locale"),
              ], (15, 10)),
        matrix("Plan d'action", "Actions de la stratégie par thème et par avancement.",
               total(of("actions"), "theme", "status"), "locale", "theme", "Thème", "status", (9, 10), words=ACTIONS,
               absent="aucune action", links=[("Plan d'action", "$ecoparc/strategy#actions")]),
    ])


def procurement():
    gap = f"{RATIO} - {BESIDE} {TARGET}"
    pair = ("siret", "category")
    keys = {"siret": "Acheteur (SIRET)", "category": "Catégorie"}
    every = of("reuse_spend_ratio", "siret")
    every_target = of("reuse_spend_target_ratio")
    exit_every, exit_aim = of("disposal_reuse_ratio", "siret"), of("disposal_reuse_target_ratio")
    spent = of("purchases_euros", "siret", "year")
    wide = (6, 5)
    return dashboard("ecoparc-procurement", "ecoparc / Achats et sorties",
        "Réemploi dans les achats (loi AGEC, article 58) et dans les sorties (loi REEN, article 16).", ["siret", "year"], [
        row("Achats issus du réemploi (AGEC, article 58)"),
        stat("Taux de réemploi", "Part des euros hors taxes de l'année dépensés en réemploi, dons reçus compris : le taux "
             "légal, par acheteur, des catégories qui ont un objectif.",
             one(f"{RATIO} and on (instance, category, year) {TARGET}", *pair), "percentunit", wide, by=pair, decimals=1,
             links=[("Chaque ligne comptée", "$ecoparc/api/v1/procurement/${year}/lines")]),
        stat("Part de l'objectif atteinte", "Taux de réemploi divisé par l'objectif légal de l'année. 100 % : atteint.",
             one(f"{RATIO} / {BESIDE} {TARGET}", *pair), "percentunit", wide, rule=REACHED, by=pair, decimals=0),
        stat("Reste à acheter en réemploi", "Euros de réemploi qui manquent pour l'objectif, à montant total constant.",
             one(of("reuse_spend_missing_euros", "siret", "year"), *pair), EUROS, wide, rule=NOTHING, by=pair, decimals=0,
             links=[("En nombre de matériels", "$ecoparc/api/v1/procurement/${year}/missing")]),
        stat("Projection au 31 décembre", "Part de l'objectif où l'année finira si ce qui reste ressemble aux douze "
             "derniers mois. Vide pour une année close.",
             one(f"{of('reuse_spend_projected_ratio', 'siret', 'year')} / {BESIDE} {TARGET}", *pair), "percentunit", wide,
             rule=REACHED, by=pair, decimals=0, absent="année close",
             links=[("Trajectoire", "$ecoparc/procurement#trajectory")]),
        series("Taux de réemploi de l'année et objectif", "Le taux de l'année choisie, tel qu'il a évolué ; l'objectif en "
               "tirets.", [(one(f"{RATIO} and on (instance, category, year) {TARGET}", *pair), "{{siret}} · {{category}}"),
                           (one(TARGET, "category"), "Objectif · {{category}}")], "percentunit", (12, 8), words="category",
               decimals=1, least=0, overrides=[{"matcher": {"id": "byRegexp", "options": "/^Objectif/"}, "properties": [
                   {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 10]}},
                   {"id": "custom.fillOpacity", "value": 0},
                   {"id": "color", "value": {"mode": "fixed", "fixedColor": "green"}}]}]),
        bars("Dépenses de l'année par état", "Achats hors taxes de l'année, selon l'état du matériel à l'achat ; dons et "
             "locations à part.", f"{total(spent, 'condition')} > 0", EUROS, ("condition",), (12, 8), decimals=0),
        table("Par acheteur et catégorie", "Une ligne par acheteur et catégorie pour l'année choisie. Les locations ne comptent pas "
              "dans le taux. Sans objectif : le "
              "chiffre de la loi n'est pas établi pour cette catégorie.", keys, [
              column("Achats HT", total(spent, *pair), EUROS, decimals=0),
              column("Dons reçus", total(of("gifts_euros", "siret", "year"), *pair), EUROS, decimals=0),
              column("Dérogations", total(of("derogated_euros", "siret", "year"), *pair), EUROS, decimals=0),
              column("Locations", total(of("rentals_euros", "siret", "year"), *pair), EUROS, decimals=0),
              column("Taux", one(RATIO, *pair), "percentunit", decimals=1),
              column("Sans les dons", one(of("reuse_spend_without_gifts_ratio", "siret", "year"), *pair),
                     "percentunit", decimals=1),
              column("Objectif", one(TARGET_OF_EACH, *pair), "percentunit", decimals=0),
              column("Écart", one(gap, *pair), "percentunit", rule=ABOVE, decimals=1),
              column("Part connue", one(of("reuse_spend_coverage_ratio", "siret", "year"), *pair), "percentunit",
                     decimals=1),
              ], (24, 7)),
        table("Historique des taux", "Toutes les années connues, catégorie par catégorie.", keys | {"year": "Année"}, [
              column("Taux", one(every, *pair, "year"), "percentunit", decimals=1),
              column("Objectif", one(f"({every} * 0) + {BESIDE} {every_target}", *pair, "year"), "percentunit", decimals=0),
              column("Écart", one(f"{every} - {BESIDE} {every_target}", *pair, "year"), "percentunit", rule=ABOVE,
                     decimals=1),
              ], (11, 9), order="Année"),
        table("Part du réemploi en nombre de matériels", "En unités achetées et non en euros : une information, pas le taux "
              "de la loi.", {"category": "Catégorie", "year": "Année"}, [
              column("Part", one(of("reuse_units_ratio"), "category", "year"), "percentunit", decimals=1),
              ], (6, 9), order="Année"),
        table("Déclarations et indice de réparabilité", "Déclaration annuelle (due le 30 juin de l'année suivante) ; part "
              "des achats neufs où l'indice de réparabilité a compté (REEN, article 15).",
              {"siret": "Acheteur (SIRET)", "year": "Année"}, [
              column("Déclaration", one(of("declaration_filed", "siret"), "siret", "year"), "none", rule=REACHED,
                     mappings=mapped({"0": "à déposer", "1": "déposée"})),
              column("Indice", one(of("index_considered_ratio", "siret"), "siret", "year"), "percentunit", decimals=0),
              ], (7, 9), order="Année"),
        row("Sorties vers le réemploi (REEN, article 16)"),
        stat("Taux de réemploi des sorties", "Matériels réformés dirigés vers le réemploi dans l'année, divisés par le stock "
             "de réformés au 1er janvier. Peut dépasser 100 %.", one(EXITS, "siret"), "percentunit", wide, by=("siret",),
             decimals=0, absent="stock au 1er janvier inconnu",
             links=[("Chaque sortie", "$ecoparc/api/v1/disposals/${year}/lines")]),
        stat("Part de l'objectif de sortie atteinte", "Taux de l'année divisé par l'objectif du décret. 100 % : atteint.",
             one(f"{EXITS} / {BY_YEAR} {EXIT_TARGET}", "siret"), "percentunit", wide, rule=REACHED, by=("siret",),
             decimals=0),
        stat("Réemployés dans l'année", "Numérateur du taux (A).", total(of("disposals_to_reuse", "siret", "year"), "siret"),
             "locale", wide, by=("siret",)),
        stat("Réformés en stock au 1er janvier", "Dénominateur du taux (B).",
             total(of("reformed_stock", "siret", "year"), "siret"), "locale", wide, by=("siret",), absent="inconnu"),
        bars("Ce qui est sorti dans l'année, par filière", "Tous les matériels sortis, qu'ils comptent dans le taux ou non.",
             total(of("disposals", "year"), "disposal"), "locale", ("disposal",), (12, 8), absent="aucune sortie"),
        table("Historique des sorties", "Réemployés (A), stock de réformés (B), taux et objectif, par année.",
              {"siret": "Acheteur (SIRET)", "year": "Année"}, [
              column("Réemployés", total(of("disposals_to_reuse", "siret"), "siret", "year"), "locale"),
              column("En stock", total(of("reformed_stock", "siret"), "siret", "year"), "locale"),
              column("Taux", one(exit_every, "siret", "year"), "percentunit", decimals=0),
              column("Écart", one(f"{exit_every} - {BY_YEAR} {exit_aim}", "siret", "year"), "percentunit", rule=ABOVE,
                     decimals=0),
              ], (12, 8), order="Année"),
        matrix("Déchets électriques remis", "Poids remis à un éco-organisme agréé ou à une autre filière.",
               f"{total(of('weee_grams', 'siret'), 'year', 'approved')} / 1e3", "suffix:kg", "year", "Année", "approved",
               (12, 8), decimals=0, absent="aucun poids connu"),
        matrix("Part des achats écolabellisés", "Achats qui portent un écolabel de type I, en unités et en euros.",
               one(of("ecolabelled_purchases_ratio"), "year", "basis"), "percentunit", "year", "Année", "basis", (12, 8),
               decimals=1, words={"units": "En unités", "euros": "En euros"}),
    ])


def lifetime():
    known = f"{total(of('assets_age_known', 'entity', 'kind'))} / {total(ACQUIRED)}"
    # A label to sort by, since « 10y+ » comes before « 2-3y » in the alphabet.
    bands = total(of("assets_by_age", "kind"), "age_band")
    bands = f'label_replace({bands}, "rank", "0$1", "age_band", "([0-9])-.*")'
    bands = f'label_replace({bands}, "rank", "10", "age_band", "10y.*")'
    return dashboard("ecoparc-lifetime", "ecoparc / Âge et durée de vie",
        "Combien de temps le matériel dure, et ce qui sert encore au-delà de l'âge habituel.", ["entity", "kind", "year"], [
        stat("Âge moyen", "Somme des âges connus divisée par le nombre de matériels dont l'âge est connu.", AGE, YEARS, (6, 5),
             trend=True, decimals=1),
        stat("Âges connus", "Part du parc actif dont la date de mise en service est connue.", known, "percentunit", (6, 5),
             decimals=0),
        stat("Au-delà de la durée de référence", "Matériels plus vieux que la durée de vie de référence de leur type : des "
             "vies prolongées, un gain.", total(PAST), "locale", (6, 5), trend=True),
        stat("Part du parc issue du réemploi", "Reconditionné, occasion ou remanufacturé à l'acquisition, en nombre de "
             "matériels ; une information, pas le taux de la loi.",
             f"{total(of('assets_acquired', 'reused', 'entity', 'kind'))} / {total(ACQUIRED)}", "percentunit", (6, 5),
             trend=True, decimals=1),
        bars("Parc par âge", "Parc actif des types choisis, toutes entités.", bands, "locale", ("age_band",), (8, 10),
             order="rank", descending=False, hidden=("rank",)),
        table("Durées de vie par type", "Médiane : la moitié dure plus longtemps ; ce qui est encore en service compte "
              "comme tel. Vide tant que plus de la moitié sert encore. Âge à la sortie : de ce qui est sorti dans l'année "
              "choisie. Prolongés : encore en service au-delà de la référence.", {"kind": "Type de matériel"}, [
              column("Médiane", f"{one(of('lifetime_median_seconds', 'kind'), 'kind')} / {YEAR}", YEARS, decimals=1),
              column("Référence", f"{one(of('lifetime_reference_seconds', 'kind'), 'kind')} / {YEAR}", YEARS, decimals=1),
              column("Écart", f"({one(of('lifetime_median_seconds', 'kind'), 'kind')} - on (kind) "
                     f"{one(of('lifetime_reference_seconds', 'kind'), 'kind')}) / {YEAR}", YEARS, rule=ABOVE, decimals=1),
              column("Âge à la sortie",
                     f"{one(of('lifetime_mean_at_exit_seconds', 'kind', 'year'), 'kind')} / {YEAR}", YEARS, decimals=1),
              column("Âge moyen", f"{total(of('assets_age_seconds', 'entity', 'kind'), 'kind')} / "
                     f"{total(of('assets_age_known', 'entity', 'kind'), 'kind')} / {YEAR}", YEARS, decimals=1),
              column("Prolongés", total(PAST, "kind"), "locale"),
              ], (16, 10)),
        series("Âge moyen par type", "Les six types les plus nombreux parmi ceux qui sont choisis.",
               [(f"{total(of('assets_age_seconds', 'entity', 'kind'), 'kind')} / "
                 f"{total(of('assets_age_known', 'entity', 'kind'), 'kind')} / {YEAR} "
                 f"and on (kind) topk(6, {total(ACTIVE, 'kind')})", "{{kind}}")], YEARS, (12, 8), words="kind", decimals=1),
        series("Parc par état à l'acquisition", "Neuf, réemploi, don : le parc actif selon ce qui a été acquis.",
               [(f"{total(ACQUIRED, 'condition')} > 0", "{{condition}}")], "locale", (12, 8), words="condition", stacked=True,
               least=0),
        matrix("Âge moyen à la sortie, par année", "Âge moyen, en années, de ce qui est sorti dans l'année civile ; une "
               "information, faussée quand le parc grandit.",
               f"{one(of('lifetime_mean_at_exit_seconds', 'kind'), 'kind', 'year')} / {YEAR}", YEARS, "kind",
               "Type de matériel", "year", (24, 9), decimals=1),
        bars("Au-delà de la durée de référence, par entité", "Matériels prolongés, du type choisi.",
             f"{total(PAST, 'entity')} > 0", "locale", ("entity",), (8, 9)),
        bars("Renouvellements évitables", "Machines actives dont le Windows n'est plus maintenu : un autre système les "
             "garderait en service.", f"{total(of('early_renewal_risk_assets', 'kind'), 'system')} > 0", "locale",
             ("system",), (8, 9), absent="aucune machine concernée, ou systèmes inconnus"),
        bars("Téléphones et tablettes par classe de réparabilité", "Classe européenne, de A à E.",
             total(of("repairability_classes", "kind", also='class!="unknown"'), "class"), "locale", ("class",), (8, 9), order="class",
             descending=False, absent="aucune classe connue"),
    ])


def footprint():
    adpe = of("footprint_annual_adpe_grams", "kind")
    energy = of("footprint_annual_primary_energy_joules", "kind")
    electricity = of("electricity_annual_joules", "entity", "kind")
    return dashboard("ecoparc-footprint", "ecoparc / Empreinte environnementale",
        "Ce que le parc coûte au climat et aux ressources, et d'où cela vient.", ["entity", "kind", "year"], [
        stat("Empreinte annuelle", "Parc actif de l'entité et du type choisis, toutes étapes du cycle de vie.",
             f"{total(FOOTPRINT)} / 1e6", TONNES, (6, 4), trend=True, decimals=1,
             links=[("D'où vient ce chiffre", "$ecoparc/api/v1/footprint/explanation")]),
        stat("Carbone incorporé", "Fabrication, transport et fin de vie de tout le parc actif, sans répartition dans le "
             "temps. Ne s'ajoute jamais à l'empreinte annuelle.",
             f"{total(of('footprint_embodied_co2e_grams', 'entity', 'kind'))} / 1e6", TONNES, (6, 4), decimals=0),
        stat("Électricité par an", "Consommation annuelle du parc actif, surcoût des salles serveurs compris.",
             f"{total(electricity)} / {KWH}", "kwatth", (6, 4), decimals=1),
        stat("Épargné cette année", "Vies prolongées, achats reconditionnés, sorties vers le réemploi, par rapport à ce qui "
             "aurait été. Ne se soustrait jamais de l'empreinte.",
             f"{total(of('avoided_co2e_grams', 'year'))} / 1e6", TONNES, (6, 4), rule=GREEN,
             decimals=1, absent="année en cours seulement",
             links=[("Hypothèses", "$ecoparc/footprint#gains")]),
        bounded("Empreinte annuelle du parc et sa marge d'erreur"),
        series("Empreinte annuelle par étape", "Fabrication, transport, usage, fin de vie de l'entité et du type choisis.",
               [(f"{total(FOOTPRINT, 'phase')} / 1e6", "{{phase}}")], TONNES, (12, 8), words="phase", stacked=True,
               decimals=1, least=0),
        bars("Par type", "Empreinte annuelle, les quinze types qui pèsent le plus.",
             f"topk(15, {total(FOOTPRINT, 'kind')} / 1e6)", TONNES, ("kind",), (12, 10), decimals=2),
        bars("Par entité", "Empreinte annuelle par entité.", f"{total(FOOTPRINT, 'entity')} / 1e6", TONNES, ("entity",),
             (12, 10), decimals=2),
        bars("Acquis dans l'année", "Carbone incorporé de ce qui a été acquis chaque année (bilan d'émissions, biens "
             "immobilisés).", f"{total(of('footprint_acquired_co2e_grams', 'kind'), 'year')} / 1e6", TONNES, ("year",),
             (8, 12), order="year", decimals=1),
        bars("Épargné, par raison", "Épargne de l'année choisie, par rapport à ce qui aurait été.",
             f"{total(of('avoided_co2e_grams', 'year'), 'by')} / 1e6", TONNES, ("by",), (8, 4), rule=GREEN, decimals=1,
             absent="année en cours seulement"),
        table("Autres impacts par type", "Épuisement des minéraux (équivalent antimoine) et énergie primaire, là où un "
              "facteur les dit.", {"kind": "Type de matériel"}, [
              column("Minéraux, Sb", total(adpe, "kind"), "massg", decimals=0),
              column("Énergie", f"{total(energy, 'kind')} / {KWH}", "kwatth", decimals=1),
              ], (8, 12)),
        bars("Euros épargnés, par raison", "Hors taxes, pour l'année choisie.", total(of("avoided_euros", "year"), "by"),
             EUROS, ("by",), (8, 4), rule=GREEN, decimals=0, absent="année en cours seulement"),
        bars("D'où vient la consommation électrique", "Mesurée, déclarée par le fabricant, ou valeur usuelle du type.",
             f"{total(electricity, 'basis')} / {KWH}", "kwatth", ("basis",), (8, 4), decimals=1),
        matrix("Services déclarés par leurs fournisseurs", "Hébergement, nuage, prestations, par année : déclarés par "
               "d'autres, jamais ajoutés à l'empreinte du parc.",
               f"{total(of('footprint_declared_co2e_grams', 'entity'), 'scope', 'year')} / 1e6", TONNES, "scope", "Service",
               "year", (9, 9), decimals=2, absent="rien n'est déclaré"),
        matrix("Précision des facteurs d'émission", "Part du parc actif de chaque type selon l'origine de son facteur.",
               one(of("factor_coverage_ratio", "kind"), "kind", "tier"), "percentunit", "kind", "Type de matériel", "tier",
               (15, 9), decimals=0),
    ])


def rooms():
    watts = of("power_watts", "room")
    energy = of("room_energy_joules_total", "room")
    it, whole = of("power_watts", "room", also='role="it"'), of("power_watts", "room", also='role="total"')
    day = f"increase({energy}[1d])"
    network, machines = (of("assets", "active", "entity", kinds) for kinds in ("network", "machines"))
    return dashboard("ecoparc-rooms", "ecoparc / Salles et réseau",
        "Électricité mesurée des salles, serveurs, réseau, impression.", ["room", "entity"], [
        row("Salles"),
        stat("PUE", "Électricité de la salle divisée par celle de l'informatique, sur les jours où les deux sont mesurées "
             "(365 au plus). Plus près de 1 : mieux.", one(of("room_pue_ratio", "room"), "room"), "none", (8, 5),
             by=("room",), decimals=2, absent="pas de salle mesurée"),
        stat("Puissance", "Dernière puissance mesurée, par salle et par rôle.", total(watts, "room", "role"), "watt", (8, 5),
             by=("room", "role"), absent="pas de mesure"),
        stat("Électricité des 24 dernières heures", "Énergie mesurée depuis un jour, par salle et par rôle.",
             f"{total(day, 'room', 'role')} / {KWH}", "kwatth", (8, 5), by=("room", "role"),
             decimals=1, absent="pas de mesure"),
        series("Puissance mesurée", "Puissance que montrent les points de mesure.",
               [(total(watts, "room", "role"), "{{room}} · {{role}}")], "watt", (12, 8), words="role", least=0, absent="pas de mesure"),
        series("Puissance moyenne d'après les compteurs", "Énergie comptée par seconde, sans les creux entre deux mesures.",
               [(total(rate(energy), "room", "role"), "{{room}} · {{role}}")], "watt", (12, 8),
               words="role", least=0, absent="pas de mesure"),
        series("PUE instantané", "Puissance de la salle divisée par celle de l'informatique, au même moment.",
               [(f"{total(whole, 'room')} / {total(it, 'room')}", "{{room}}")], "none", (12, 8), decimals=2,
               least=1, absent="pas de mesure"),
        table("Serveurs et stockage", "Nombre, électricité et empreinte par an ; une mesure de salle remplace les valeurs "
              "usuelles.", {"kind": "Type de matériel"}, [
              column("Matériels", total(machines, "kind"), "locale"),
              column("Électricité par an",
                     f"{total(of('electricity_annual_joules', 'machines', 'entity'), 'kind')} / {KWH}", "kwatth", decimals=1),
              column("Empreinte annuelle",
                     f"{total(of('footprint_annual_co2e_grams', 'machines', 'entity'), 'kind')} / 1e6", TONNES, decimals=2),
              ], (12, 8)),
        row("Réseau"),
        bars("Matériels de réseau et d'alimentation", "Parc actif, par type.", total(network, "kind"), "locale", ("kind",),
             (8, 8)),
        matrix("Réseau par entité", "Parc actif, par entité et par type.", total(network, "entity", "kind"), "locale",
               "entity", "Entité", "kind", (16, 8), words=WORDS["kind"] | {"switch": "Commutateurs"}),
        row("Machines virtuelles et impression"),
        stat("Machines virtuelles", "Comptées à part : elles n'ont ni âge ni empreinte propre.",
             total(of("virtual_machines", "entity")), "locale", (6, 6), absent="aucune connue"),
        stat("Pages imprimées", "Sur la période affichée, d'après les compteurs des imprimantes.",
             total(f"increase({of('printed_pages_total', 'entity')}[$__range])"), "locale", (6, 6), decimals=0,
             absent="aucun compteur lu"),
        series("Pages imprimées par jour", "D'après les compteurs des imprimantes, par entité.",
               [(f"{total(rate(of('printed_pages_total', 'entity')), 'entity')} * 86400",
                 "{{entity}}")], "locale", (12, 6), decimals=0, least=0, absent="aucun compteur lu"),
    ], since="now-7d")


def health():
    up = of("source_up", "source")
    return dashboard("ecoparc-health", "ecoparc / Santé d'ecoparc",
        "Ce qu'ecoparc lit, quand il l'a lu, ce qu'il n'a pas compris.", ["source", "kind"], [
        stat("Sources qui répondent", "Part des sources dont la dernière lecture a réussi. Une source en panne garde sa "
             "dernière parole.", f"{total(up)} / count({up})", "percentunit", (4, 4), rule=ALL_WELL, decimals=0,
             links=[("Sources", "$ecoparc/sources#sources")]),
        stat("Lecture la plus ancienne", "Temps écoulé depuis la dernière lecture complète de la source la plus en retard.",
             f"time() - min({of('source_last_success_timestamp_seconds', 'source')})", "dthms", (4, 4)),
        stat("Chiffres calculés il y a", "Les chiffres sont recalculés à chaque lecture, et au moins toutes les heures.",
             f"time() - max({of('edition_timestamp_seconds')})", "dthms", (4, 4)),
        stat("Durée du calcul", "Temps pris par le dernier calcul de tous les indicateurs.",
             one(of("refresh_duration_seconds"), "instance"), "s", (4, 4), trend=True, decimals=2),
        stat("Configuration", "La dernière relecture du fichier de configuration.",
             one(of("config_last_reload_successful"), "instance"), "none", (4, 4), rule=ALL_WELL,
             mappings=mapped({"0": "refusée", "1": "acceptée"})),
        stat("Séries regroupées", "Séries au-delà de max_series, dites ensemble sous « other ».",
             total(of("series_folded")), "locale", (4, 4), rule=NOTHING),
        table("Sources", "État de chaque source à sa dernière lecture.", {"source": "Source", "connector": "Type"}, [
              column("Répond", total(up, "source", "connector"), "none", rule=ALL_WELL,
                     mappings=mapped({"0": "en panne", "1": "oui"})),
              column("Lue il y a", beside(f"time() - {of('source_last_success_timestamp_seconds', 'source')}", up),
                     "dthms"),
              column("Durée", beside(of("source_duration_seconds", "source"), up), "s", decimals=2),
              column("Lues", beside(of("source_observations", "source"), up), "locale"),
              column("Refusées", beside(of("source_rejects", "source"), up), "locale", rule=NOTHING),
              ], (13, 9), order="Répond", descending=False),
        table("Doutes à lever", "Ce qu'ecoparc n'a pas pu trancher seul, par raison.", {"reason": "Doute"}, [
              column("Nombre", f"{total(of('doubts'), 'reason')} > 0", "locale"),
              ], (11, 9), links=[("Chaque doute", "$ecoparc/api/v1/doubts")]),
        series("Échecs de lecture par heure", "Lectures échouées, par source et par raison.",
               [(f"{total(rate(of('source_failures_total', 'source')), 'source', 'class')} * 3600",
                 "{{source}} · {{class}}")], "none", (12, 8), words="class", least=0, absent="aucun échec"),
        series("Durée de lecture", "Temps pris par la dernière lecture de chaque source.",
               [(of("source_duration_seconds", "source"), "{{source}}")], "s", (12, 8), least=0),
        table("Règles qui ne reconnaissent rien", "Une règle de la configuration qui ne s'applique à aucune ligne : mot qui a "
              "changé, ou faute de frappe.", {"source": "Source", "rule": "Règle"}, [
              column("Lignes reconnues", f"{total(of('rule_matches', 'source'), 'source', 'rule')} == 0", "locale"),
              ], (12, 8), absent="chaque règle sert"),
        bars("Matériels à retrouver", "Sans contact, détenteur parti, ou dans aucun inventaire ; les raisons se recoupent.",
             total(of("unseen_assets", "kind"), "reason"), "locale", ("reason",), (12, 8), absent="aucun",
             links=[("Liste", "$ecoparc/quality#unseen")]),
        matrix("Ce qui est connu du parc", "Part du parc actif de chaque type dont l'information est connue.",
               one(of("field_known_ratio", "kind"), "kind", "field"), "percentunit", "kind", "Type de matériel", "field",
               (24, 10), decimals=0, words=FIELDS),
        table("Version", "Le programme qui tourne.", {"version": "Version", "commit": "Révision"}, [
              column("Instances", total(of("build_info"), "version", "commit"), "none"),
              ], (8, 6)),
        table("Facteurs d'émission", "Jeux de facteurs publiés en usage.", {"publisher": "Éditeur", "edition": "Édition"}, [
              column("En usage", total(of("factor_set_info"), "publisher", "edition"), "none", mappings=mapped({"1": "oui"})),
              ], (16, 6), order="Éditeur", descending=False),
        series("Mémoire", "Mémoire résidente du démon.", [(of("process_resident_memory_bytes"), "Mémoire")], "bytes", (12, 7),
               least=0),
        series("Processeur", "Cœurs occupés par le démon.",
               [(rate(of("process_cpu_seconds_total")), "Processeur")], "percentunit", (12, 7),
               least=0),
    ], since="now-24h")


def beside(expr, up):
    """With the connector of the source, which only its state tells."""
    return f"{total(f'({expr}) + on (instance, source) group_left (connector) (0 * {up})', 'source', 'connector')}"


ALL = {
    "overview": overview,
    "procurement": procurement,
    "lifetime": lifetime,
    "footprint": footprint,
    "rooms": rooms,
    "health": health,
}


def main():
    here = pathlib.Path(__file__).resolve().parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "dashboards"
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in ALL.items():
        text = json.dumps(made(), ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
