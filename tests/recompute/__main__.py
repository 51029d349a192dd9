#!/usr/bin/env python3
"""Computes the main indicators a second time, straight from the CSV files, without any of ecoparc's code.

    python3 tests/recompute config --at 2026-11-24              prints {"name": [{"slice", "value"}, …]} as JSON
    python3 tests/recompute --compare http://127.0.0.1:9899 --config config --at 2026-11-24 [--from 2025-12-31]
                                                                compares with the daemon; exit 1 on any difference

It understands `type = "csv"` sources, rules, entities and the definitions of the indicators, each named where it is
applied: §0 fleet and time, §1 footprint, §2 lifetime, §3 purchases, §4 exits, §5 people
and gains. Money is whole cents, dates
are days, and nothing is clever: it is meant to be read beside the definitions. Standard library only.
"""

import argparse
import json
import sys
from datetime import date

from effects import effects_of
from readings import readings
from told import compare, compare_effects
from world import World


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", nargs="?", help="folder of quickstart.toml, or a configuration file")
    parser.add_argument("--config", help="the same, by name")
    parser.add_argument("--at", type=date.fromisoformat, required=True, help="the day, YYYY-MM-DD")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, help="the difference from this day to the day asked for, too")
    parser.add_argument("--first-seen", type=date.fromisoformat, help="the day of the first collection; default: the day asked for")
    parser.add_argument("--compare", metavar="URL", help="compare with a running daemon")
    parser.add_argument("--token", help="API token of the daemon")
    parser.add_argument("--rejects", action="store_true", help="print the rejects on stderr")
    options = parser.parse_args()
    place = options.config or options.folder
    if not place:
        parser.error("a configuration folder is needed")
    world = World(place, options.first_seen or options.at)
    if options.rejects:
        for name, found in world.rejects.items():
            for reject in found:
                print(f"{name}: {reject}", file=sys.stderr)
    if options.compare:
        compared, differing = compare(options.compare, world, options.at, options.token)
        if options.first:
            more, differ = compare_effects(options.compare, world, options.first, options.at, options.token)
            compared, differing = compared + more, differing + differ
        print(f"{compared} values compared, {differing} differ")
        sys.exit(1 if differing or not compared else 0)
    answer = readings(world, options.at)
    if options.first:
        answer["(effects)"] = effects_of(world, options.first, options.at)[2]
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
