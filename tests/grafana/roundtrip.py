"""What is lost when the SDK reads a dashboard and writes it again."""

import json
import sys

from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

plugins.register_default_plugins()


def lost(before, after, path):
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key not in after:
                yield f"{path}/{key}"
            else:
                yield from lost(value, after[key], f"{path}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (one, other) in enumerate(zip(before, after)):
            yield from lost(one, other, f"{path}/{at}")
    elif before != after:
        yield f"{path}: {before!r} became {after!r}"


gone = []
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        before = json.load(file)
    after = json.loads(json.dumps(Dashboard.from_json(before), cls=JSONEncoder))
    gone += [f"{name.rsplit('/', 1)[-1]}: {path}" for path in lost(before, after, "")]
for line in gone:
    print(line)
sys.exit(1 if gone else 0)
