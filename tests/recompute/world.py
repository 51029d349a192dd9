"""The house's tables, read and put together."""

import tomllib
from collections import defaultdict
from datetime import date
from pathlib import Path

from exits import match_exits
from fleet import gather_assets, settle
from house import House
from purchases import year_date
from table import PASSED_OVER, read_date, read_source


def settings_of(place):
    path = Path(place)
    if path.is_dir():
        path = path / "quickstart.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")), path.parent


class World:
    """Everything that the files tell, by whatever day it is asked of."""

    def __init__(self, place, first_seen):
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
            line.setdefault("condition", "unknown")
            line.setdefault("mode", "gift" if line["condition"] == "donated" else "purchase")
            if line["day"] is None:
                rejects[line["source"]].append(f"line {line['line']}: {year_of}_date: missing, and no date")
            else:
                purchases.append(line)

        assets, collides = gather_assets(rows["assets"], rows["decisions"])
        for a in assets:
            settle(a, house, recorded_since, first_seen)
        lone_exits = match_exits(rows["disposals"], assets, house)
        self.house, self.rows, self.rejects = house, rows, rejects
        self.purchases, self.assets, self.collides, self.lone_exits = purchases, assets, collides, lone_exits
