"""What the daemon tells, beside what is computed here."""

import json
import math
import urllib.parse
import urllib.request
from collections import Counter, defaultdict

from effects import effects_of
from readings import readings

def fetch(url, route, query, token):
    request = urllib.request.Request(f"{url.rstrip('/')}/api/v1/{route}?{urllib.parse.urlencode(query)}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def fetch_readings(url, at, token):
    """Every reading that the daemon gives at that date."""
    items, cursor = [], None
    while True:
        body = fetch(url, "indicators", {"at": at.isoformat()} | ({"cursor": cursor} if cursor else {}), token)
        items += body["items"]
        cursor = body.get("next")
        if not cursor:
            return items


def add_up(items, labels):
    """Readings by the wanted labels; slices add up to the whole, and a sum that lacks a part is not known.

    A footprint is "at least" what is known of it: of a kind without a factor of its own only some models have one.
    """
    found = {}
    for item in items:
        if item["value"] is None and item.get("name", "").startswith("footprint_"):
            continue
        key = tuple(str(item["slice"].get(label)) for label in labels)
        if key not in found:
            found[key] = item["value"]
        elif found[key] is not None:
            found[key] = None if item["value"] is None else found[key] + item["value"]
    return found


def agree(name, ours, theirs):
    if ours is None or theirs is None:
        return ours is theirs
    # Euros that are told to the cent; what was spared is a mean of many.
    if name.endswith("_euros") and name != "avoided_euros":
        return abs(ours - theirs) < 0.00501
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


def compare_family(name, ours, theirs, labels):
    """Prints every difference; returns how many values were compared and how many differ."""
    exact = [i for i in theirs if set(i["slice"]) == set(labels)]
    finer = [i for i in theirs if set(i["slice"]) > set(labels)]
    if not exact and finer:
        # The family is published with more labels than we computed: the finest common grain is its sum.
        least = min(len(i["slice"]) for i in finer)
        exact = [i for i in finer if len(i["slice"]) == least]
    mine, told = add_up(ours, labels), add_up(exact, labels)
    compared = differing = 0
    for key in sorted(set(mine) | set(told)):
        if key not in mine and not told[key] or key not in told and not mine[key]:
            # Nothing said, and nothing or zero said: they agree.
            continue
        compared += 1
        if key in mine and key in told and agree(name, mine[key], told[key]):
            continue
        differing += 1
        shown = ", ".join(f"{label}={value}" for label, value in zip(labels, key))
        print(f"DIFFERS {name}{{{shown}}}: recomputed {mine.get(key, 'nothing')}, told {told.get(key, 'nothing')}")
    return compared, differing


def compare(url, world, at, token):
    """Prints every difference; returns how many values were compared and how many differ."""
    ours, house = readings(world, at), world.house
    theirs = defaultdict(list)
    for item in fetch_readings(url, at, token):
        if item["slice"].get("category") == "none":
            continue
        if "entity" in item["slice"]:
            known = house.entity_of(item["slice"]["entity"], "")
            item["slice"]["entity"] = known or item["slice"]["entity"]
        theirs[item["name"]].append(item)
    compared = differing = 0
    for name, found in ours.items():
        if name.startswith("("):
            continue
        if name not in theirs:
            print(f"ABSENT  {name}: the daemon tells nothing of it")
            differing += 1
            continue
        labels = sorted(found[0]["slice"])
        told = theirs[name]
        if name == "doubts":
            told = [i for i in told if i["slice"].get("reason") == "collides"]
        grains = [labels]
        if "entity" in labels and len(labels) > 1:
            # Small entities are folded together in what is published: then only the sum over entities compares.
            folded = any(i["slice"].get("entity") not in house.entities for i in told if "entity" in i["slice"])
            grains = [[l for l in labels if l != "entity"]] + ([] if folded else [labels])
            if folded:
                print(f"NOTE    {name}: entities are folded or unknown, compared without them")
        for grain in grains:
            n, bad = compare_family(name, found, told, grain)
            compared, differing = compared + n, differing + bad
        known = Counter(i["slice"]["year"] for i in found if "year" in labels and i["value"] is not None)
        if known:
            print(f"KNOWN   {name}: " + " ".join(f"{year}:{known[year]}" for year in sorted(known)))
    return compared, differing


def compare_effects(url, world, first, second, token):
    """The same of the difference of two days, effect by effect: to a milligram, since totals are told to the 65 536th of a
    gram."""
    told = fetch(url, "compare", {"from": first.isoformat(), "to": second.isoformat()}, token)
    before, after, effects = effects_of(world, first, second)
    pairs = {item["effect"]: (effects.get(item["effect"]), item["value"]) for item in told["items"]}
    pairs |= {name: (grams, None) for name, grams in effects.items() if name not in pairs}
    pairs |= {"(first day)": (before, told["from"]["value"]), "(second day)": (after, told["to"]["value"])}
    differing = 0
    for name, (mine, theirs) in pairs.items():
        if mine is None or theirs is None or not math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-3):
            differing += 1
            print(f"DIFFERS {name} from {first} to {second}: recomputed {mine}, told {theirs}")
    moved = sum(1 for grams in effects.values() if abs(grams) > 1)
    print(f"EFFECTS {first} to {second}: {moved} of {len(effects)} are not zero")
    return len(pairs), differing
