"""Panels, variables and dashboards in Grafana's JSON model (schema 39: Grafana 10.1 and later)."""

from words import WORDS

SOURCE = {"type": "prometheus", "uid": "$datasource"}
TAG = "ecoparc"
# Where the page of ecoparc is. In a hidden variable, so that one `sed` changes it.
PAGE = "http://127.0.0.1:9899"

BLUE = {"color": {"mode": "fixed", "fixedColor": "blue"}}
PALETTE = {"color": {"mode": "palette-classic"}}


def steps(*pairs):
    """Thresholds: a colour, then values with the colour that begins there."""
    told = [{"color": pairs[0], "value": None}]
    told += [{"color": color, "value": value} for value, color in pairs[1:]]
    return {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": told}}


# A share of a target, which the metrics tell: no figure of the law stands here.
REACHED = steps("orange", (1, "green"))
# A difference from a target.
ABOVE = steps("orange", (0, "green"))
# What should be nothing.
NOTHING = steps("green", (0.000001, "orange"))
# 1 where all is well.
ALL_WELL = steps("red", (1, "green"))


def mapped(words):
    """Words in place of values."""
    options = {value: {"text": word, "index": at} for at, (value, word) in enumerate(words.items())}
    return [{"type": "value", "options": options}]


# What is unknown takes no colour: it is neither good nor bad.
UNKNOWN = [{"type": "special", "options": {"match": "null+nan", "result": {"text": "–", "color": "text", "index": 99}}}]


def override(name, **properties):
    """What holds for one field alone, by its name."""
    told = [{"id": key.replace("__", "."), "value": value} for key, value in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": told}


def colored(rule):
    """A rule of colours as properties of an override that colours the text of a table's cell."""
    return rule | {"custom__cellOptions": {"type": "color-text"}, "mappings": UNKNOWN}


def in_words(label, name=None, **more):
    """An override that writes the values of a label in words where it has some. A SIRET or a year is no quantity: the
    unit of the figure beside it must not reach it."""
    words = {"mappings": mapped(WORDS[label])} if label in WORDS else {}
    return [override(name or label, unit="string", **words, **more)]


def spoken(queries, label):
    """Legends in words: an override for each value, or a renaming where the value ends a longer legend."""
    words = WORDS.get(label, {})
    if all(legend == f"{{{{{label}}}}}" for _, legend in queries):
        return [override(value, displayName=word) for value, word in words.items()], []
    rename = [{"id": "renameByRegex", "options": {"regex": f"^(.* · ){value}$", "renamePattern": f"$1{word}"}}
              for value, word in words.items()]
    return [], rename


def target(expr, letter="A", *, instant=True, table=False, legend=""):
    told = {"refId": letter, "datasource": SOURCE, "editorMode": "code", "expr": expr}
    told |= {"instant": True} if instant else {"range": True}
    told |= {"format": "table"} if table else {"format": "time_series"}
    return told | ({"legendFormat": legend} if legend else {})


def panel(sort, title, description, size, targets, defaults, options, *, overrides=(), transform=(), links=()):
    """A panel; its place is found by `dashboard`."""
    told = {
        "type": sort,
        "title": title,
        "description": description,
        "gridPos": {"w": size[0], "h": size[1]},
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": defaults, "overrides": list(overrides)},
        "options": options,
    }
    if transform:
        told["transformations"] = list(transform)
    if links:
        told["links"] = [{"title": title, "url": url, "targetBlank": True} for title, url in links]
    return told


def without_time(**more):
    return {"id": "organize", "options": {"excludeByName": {"Time": True}, "indexByName": {}, "renameByName": {}} | more}


def sorted_by(field, descending=True):
    return {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": field, "desc": descending}]}}


def reduced(values):
    """The newest value of each series, or every row of a table."""
    return {"calcs": ["lastNotNull"], "fields": "", "values": values}


def stat(title, description, expr, unit, size=(4, 4), *, rule=BLUE, trend=False, by=(), decimals=None, absent="–",
         mappings=None, links=()):
    """One figure; several side by side where `by` names the labels that tell them apart."""
    defaults = {"unit": unit, "noValue": absent} | rule
    if decimals is not None:
        defaults["decimals"] = decimals
    if mappings:
        defaults["mappings"] = mappings
    options = {
        "colorMode": "value",
        "graphMode": "area" if trend else "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": reduced(bool(by)),
        "text": {"titleSize": 13} if by else {},
        "textMode": "value_and_name" if by else "value",
    }
    targets = [target(expr, instant=not trend, table=bool(by))]
    overrides = [one for label in by for one in in_words(label)]
    transform = [without_time()] if by else []
    return panel("stat", title, description, size, targets, defaults, options, overrides=overrides,
                 transform=transform, links=links)


def bars(title, description, expr, unit, by, size=(12, 8), *, rule=BLUE, order="Value", descending=True, hidden=(),
         ends=None, decimals=None, absent="–", links=()):
    """One bar for each value of the labels of `by`, sorted by the value or by a label, which may be a hidden one."""
    defaults = {"unit": unit, "noValue": absent, "min": 0} | rule
    if ends is not None:
        defaults["max"] = ends
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {
        "displayMode": "basic",
        "maxVizHeight": 30,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "left",
        "orientation": "horizontal",
        "reduceOptions": reduced(True),
        "showUnfilled": True,
        "sizing": "manual",
        "text": {"valueSize": 14},
        "valueMode": "text",
    }
    excluded = {"Time": True} | {label: True for label in hidden}
    transform = [sorted_by(order, descending), without_time(excludeByName=excluded)]
    overrides = [one for label in by for one in in_words(label)]
    return panel("bargauge", title, description, size, [target(expr, table=True)], defaults, options,
                 overrides=overrides, transform=transform, links=links)


def series(title, description, queries, unit, size=(12, 8), *, words=None, stacked=False, overrides=(), decimals=None,
           least=None, absent="–"):
    """Curves: (expr, legend) each; `words` names the label that legends hold and readers want in words."""
    custom = {
        "drawStyle": "line",
        "fillOpacity": 25 if stacked else 8,
        "lineInterpolation": "linear",
        "lineWidth": 2,
        "showPoints": "never",
        # Readings move by the day; a scrape that was missed is no gap.
        "spanNulls": True,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
    }
    defaults = {"unit": unit, "noValue": absent, "custom": custom} | PALETTE
    if decimals is not None:
        defaults["decimals"] = decimals
    if least is not None:
        defaults["min"] = least
    options = {
        "legend": {"calcs": ["lastNotNull"], "displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    targets = [target(expr, chr(65 + at), instant=False, legend=legend) for at, (expr, legend) in enumerate(queries)]
    named, renamed = spoken(queries, words)
    return panel("timeseries", title, description, size, targets, defaults, options,
                 overrides=named + list(overrides), transform=renamed)


def column(heading, expr, unit, *, rule=None, decimals=None, mappings=None):
    return heading, expr, unit, rule, decimals, mappings


# Of columns that hold words, in pixels; figures share what is left.
WIDTHS = {"siret": 140, "year": 75, "kind": 200, "category": 200, "theme": 265, "edition": 480, "rule": 260,
          "reason": 550}
CELLS = {"align": "auto", "filterable": False, "minWidth": 70}
TABLE = {"cellHeight": "sm", "footer": {"show": False, "countRows": False, "fields": "", "reducer": ["sum"]}, "showHeader": True}


def table(title, description, keys, columns, size=(24, 8), *, order=None, descending=True, absent="–", links=()):
    """Rows by labels (`keys`: label to heading), one query a column."""
    several = len(columns) > 1
    targets, renames, overrides, places = [], dict(keys), [], {}
    for label, heading in keys.items():
        places[label] = len(places)
        overrides += in_words(label, heading, custom__width=WIDTHS.get(label, 180))
    for at, (heading, expr, unit, rule, decimals, mappings) in enumerate(columns):
        letter = chr(65 + at)
        field = f"Value #{letter}" if several else "Value"
        targets.append(target(expr, letter, table=True))
        renames[field] = heading
        places[field] = len(places)
        told = {"unit": unit} | (colored(rule) if rule else {})
        told |= {"decimals": decimals} if decimals is not None else {}
        told |= {"mappings": mappings + UNKNOWN} if mappings else {}
        overrides.append(override(heading, **told))
    transform = [{"id": "merge", "options": {}}] if several else []
    transform.append(without_time(indexByName=places, renameByName=renames))
    transform.append(sorted_by(order or columns[0][0], descending))
    defaults = {"noValue": absent, "custom": CELLS | {"cellOptions": {"type": "auto"}}}
    return panel("table", title, description, size, targets, defaults, TABLE, overrides=overrides,
                 transform=transform, links=links)


def matrix(title, description, expr, unit, row, heading, across, size=(12, 8), *, decimals=None, rule=None, words=None,
           absent="–", links=()):
    """A table with a row for each value of one label and a column for each of another."""
    words = words or WORDS.get(across, {})
    defaults = {"unit": unit, "noValue": absent} | (rule or {})
    defaults["custom"] = CELLS | {"cellOptions": {"type": "color-text" if rule else "auto"}}
    if decimals is not None:
        defaults["decimals"] = decimals
    corner = f"{row}\\{across}"
    options = {"columnField": across, "rowField": row, "valueField": "Value", "emptyValue": "null"}
    transform = [
        sorted_by(across, False),
        {"id": "groupingToMatrix", "options": options},
        without_time(excludeByName={}, renameByName={corner: heading} | words),
        sorted_by(heading, False),
    ]
    return panel("table", title, description, size, [target(expr, table=True)], defaults, TABLE,
                 overrides=in_words(row, heading, custom__width=WIDTHS.get(row, 180)), transform=transform, links=links)


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"w": 24, "h": 1}}


def asked(name, label, values, description, *, several=True, order=1):
    """A variable whose values are those of a label. `order`: 1 alphabetical, 4 newest year first."""
    told = {
        "type": "query",
        "name": name,
        "label": label,
        "description": description,
        "datasource": SOURCE,
        "query": {"qryType": 1, "query": values, "refId": name},
        # When the time range changes: what exists then is what can be chosen.
        "refresh": 2,
        "sort": order,
        "regex": "",
        "hide": 0,
        "multi": several,
        "includeAll": several,
        "options": [],
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]} if several else {},
    }
    return told | ({"allValue": ".+"} if several else {})


def variables(*names):
    """The source of data, the instance of ecoparc and its page; then those of these names."""
    kinds = ", ".join(f"{word} : {kind}" for kind, word in WORDS["kind"].items())
    every = {
        "datasource": {
            "type": "datasource",
            "name": "datasource",
            "label": "Source de données",
            "description": "Le Prometheus qui relève ecoparc.",
            "query": "prometheus",
            "regex": "",
            "refresh": 1,
            "hide": 0,
            "multi": False,
            "includeAll": False,
            "options": [],
            "current": {},
        },
        # One at a time: replicas tell the same fleet, and a sum over them would count it twice.
        "instance": asked("instance", "Instance", "label_values(ecoparc_build_info, instance)",
                          "L'ecoparc que l'on regarde, un seul à la fois.", several=False),
        "entity": asked("entity", "Entité", 'label_values(ecoparc_assets{instance="$instance"}, entity)',
                        "Une entité où un type compte très peu de matériels y figure sous « other » : sa part n'est "
                        "visible que dans le total."),
        "kind": {
            "type": "custom",
            "name": "kind",
            "label": "Type de matériel",
            "description": "Un ou plusieurs types de matériel.",
            "query": kinds,
            "hide": 0,
            "multi": True,
            "includeAll": True,
            "allValue": ".+",
            "options": [],
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        },
        "siret": asked("siret", "Acheteur (SIRET)", 'label_values(ecoparc_purchases_euros{instance="$instance"}, siret)',
                       "Chaque SIRET est un acheteur : la loi compte par acheteur."),
        "year": asked("year", "Année", 'label_values(ecoparc_purchases_euros{instance="$instance"}, year)',
                      "Année civile des factures et des sorties ; la plus récente d'abord.", several=False, order=4),
        "room": asked("room", "Salle", 'label_values(ecoparc_power_watts{instance="$instance"}, room)',
                      "Les salles de la configuration d'ecoparc."),
        "source": asked("source", "Source", 'label_values(ecoparc_source_up{instance="$instance"}, source)',
                        "Les outils et fichiers que lit ecoparc."),
        "ecoparc": {
            "type": "constant",
            "name": "ecoparc",
            "label": "Adresse de la page d'ecoparc",
            "description": "Pour les liens vers la page et l'API.",
            "query": PAGE,
            "hide": 2,
            "skipUrlSync": True,
            "options": [],
            "current": {"selected": True, "text": PAGE, "value": PAGE},
        },
    }
    return [every[name] for name in ("datasource", "instance", *names, "ecoparc")]


def placed(panels):
    """Gives each panel the highest place that is free below what came before, the leftmost of those."""
    heights = [0] * 24
    for at, one in enumerate(panels):
        w, h = one["gridPos"]["w"], one["gridPos"]["h"]
        y, x = min((max(heights[x:x + w]), x) for x in range(0, 25 - w))
        heights[x:x + w] = [y + h] * w
        one["id"] = at + 1
        one["gridPos"] = {"x": x, "y": y, "w": w, "h": h}
    return panels


def dashboard(uid, title, description, names, panels, since="now-90d"):
    links = [
        {"type": "dashboards", "title": "Tableaux ecoparc", "tags": [TAG], "asDropdown": False, "icon": "dashboard",
         "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "", "url": ""},
        {"type": "link", "title": "Page d'ecoparc", "tags": [], "asDropdown": False, "icon": "external link",
         "includeVars": False, "keepTime": False, "targetBlank": True, "tooltip": "Chaque chiffre et son origine",
         "url": "$ecoparc/"},
    ]
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": [TAG],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "timezone": "browser",
        "weekStart": "monday",
        "fiscalYearStartMonth": 0,
        "liveNow": False,
        "refresh": "5m",
        "time": {"from": since, "to": "now"},
        "timepicker": {},
        "annotations": {"list": []},
        "templating": {"list": variables(*names)},
        "links": links,
        "panels": placed(panels),
    }
