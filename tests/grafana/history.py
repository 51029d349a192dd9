#!/usr/bin/env python3
"""What Prometheus would hold had it scraped ecoparc for DAYS: ecoparc computes each past day (`?at=`), nothing is invented.

    history.py ADDRESS INSTANCE DAYS     OpenMetrics with timestamps, for `promtool tsdb create-blocks-from openmetrics`
"""

import datetime
import json
import sys
import urllib.request


def escaped(value):
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def main():
    address, instance, days = sys.argv[1], sys.argv[2], int(sys.argv[3])
    # Each moment is told what was so at the last midnight. The newest has ceased to be good before the present is scraped.
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=10)
    series = {}
    for ago in range(days, 0, -1):
        moment = now - datetime.timedelta(days=ago)
        eve = (moment - datetime.timedelta(days=1)).date()
        with urllib.request.urlopen(f"{address}/api/v1/indicators?at={eve}") as answer:
            readings = json.load(answer)["items"]
        for reading in readings:
            if reading["value"] is None:
                continue
            labels = reading["slice"] | {"instance": instance, "job": "ecoparc"}
            told = ",".join(f'{label}="{escaped(value)}"' for label, value in sorted(labels.items()))
            line = f"ecoparc_{reading['name']}{{{told}}}"
            series.setdefault(line, []).append((int(moment.timestamp()), reading["value"]))
    for name, samples in series.items():
        for at, value in samples:
            print(f"{name} {value!r} {at}")
    print("# EOF")


main()
