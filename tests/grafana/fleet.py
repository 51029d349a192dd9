#!/usr/bin/env python3
"""A house for the dashboards: the sample fleet, and what it lacks for every panel to have something to show.

    fleet.py make FOLDER LISTEN     writes the configuration FOLDER/ecoparc.toml and its files
    fleet.py feed FOLDER            has the measuring points of the room go on telling their power, until it is killed
"""

import datetime
import math
import pathlib
import shutil
import sys
import time

QUICKSTART = pathlib.Path(__file__).resolve().parent.parent.parent / "config"

# A measured room, virtual machines, counters of printed pages, systems, repairability; a source that fails.
MORE = """
[[room]]
name = "Salle A"
locations = ["Salle serveurs*"]
it = ["pdu-a1", "pdu-a2"]
total = ["tgbt-a"]

[[source]]
name = "complement"
type = "csv"
contents = "assets"
path = "complement.csv"
every = "1h"
entity = "mairie"

[[source]]
name = "mesures"
type = "csv"
contents = "power"
path = "mesures.csv"
every = "10s"

[[source]]
name = "en-panne"
type = "csv"
contents = "assets"
path = "nowhere/*.csv"
every = "20s"
"""

COMPLEMENT = """\
id;kind;serial;entity;location;virtual_machine;printed_pages;operating_system;operating_system_version;in_service_date;\
repairability_class;repairability_index
v1;;;dsi;;oui;;;;;;
v2;;;dsi;;oui;;;;;;
v3;;;dsi;;oui;;;;;;
s1;server;SRVA0001;dsi;Salle serveurs;;;;;2023-03-01;;
s2;server;SRVA0002;dsi;Salle serveurs;;;;;2024-03-01;;
i1;multifunction;MFPA0001;education;;;184230;;;2021-09-01;;
i2;multifunction;MFPA0002;culture;;;90512;;;2022-09-01;;
p1;laptop;LAPA0001;education;;;;Microsoft Windows 10 Professionnel;10.0 (19045);2019-01-10;;6.8
p2;laptop;LAPA0002;education;;;;Microsoft Windows 10 Professionnel;10.0 (19045);2019-02-10;;6.8
p3;laptop;LAPA0003;education;;;;Microsoft Windows 10 Professionnel;10.0 (19045);2019-03-10;;7.2
t1;smartphone;TELA0001;education;;;;;;2025-09-01;B;
t2;smartphone;TELA0002;education;;;;;;2025-09-02;C;
"""


def make(folder, listen):
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(QUICKSTART / "quickstart", folder / "quickstart", dirs_exist_ok=True)
    config = (QUICKSTART / "quickstart.toml").read_text(encoding="utf-8")
    config, changed = config.replace('listen = "127.0.0.1:9899"', f'listen = "{listen}"'), "127.0.0.1:9899\"" in config
    assert changed, "config/quickstart.toml listens elsewhere now"
    (folder / "ecoparc.toml").write_text(config + MORE, encoding="utf-8")
    (folder / "complement.csv").write_text(COMPLEMENT, encoding="utf-8")
    samples = ["time;device;watts"]
    now = datetime.datetime.now(datetime.timezone.utc)
    for quarter in reversed(range(4 * 24 * 30)):
        samples += shown(now - datetime.timedelta(minutes=15 * quarter, seconds=5))
    (folder / "mesures.csv").write_text("\n".join(samples) + "\n", encoding="utf-8")


def shown(moment):
    """What the points show at a moment: servers that work by day, and what cools them."""
    busy = 1 + 0.25 * math.sin((moment.hour - 8) * math.pi / 12) + 0.02 * math.sin(moment.timestamp() / 7)
    time = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return [f"{time};pdu-a1;{1400 * busy:.0f}", f"{time};pdu-a2;{900 * busy:.0f}", f"{time};tgbt-a;{2300 * busy * 1.45:.0f}"]


def feed(folder):
    while True:
        with open(folder / "mesures.csv", "a", encoding="utf-8") as table:
            table.write("\n".join(shown(datetime.datetime.now(datetime.timezone.utc))) + "\n")
        time.sleep(5)


if __name__ == "__main__":
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    make(folder, sys.argv[3]) if command == "make" else feed(folder)
