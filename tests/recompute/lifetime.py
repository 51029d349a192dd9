"""How long things last (§2)."""

from collections import defaultdict
from fractions import Fraction

from fleet import left_on, reform_is_only_seen

def kaplan_meier_median(lives):
    """`lives`: (entry, end, exited) in days. The first time at which the curve is at one half or below, else None."""
    survival = Fraction(1)
    for time in sorted({end for _, end, exited in lives if exited}):
        exits = sum(1 for _, end, exited in lives if exited and end == time)
        at_risk = sum(1 for entry, end, _ in lives if entry < time <= end)
        survival *= Fraction(at_risk - exits, at_risk)
        if survival <= Fraction(1, 2):
            return time
    return None


def lives_of(assets, at):
    by_kind = defaultdict(list)
    for a in assets:
        start, out = a["start"], left_on(a)
        if start is None or start > at:
            continue
        # An exit without a date is outside, from the day on which it was first seen so; a reform that was only seen ends a
        # life on no known day, though the departure after it is told.
        undated = a["status"] in ("retired", "disposed") and (out is None or reform_is_only_seen(a)) or a["status"] == "lost"
        if undated and a["first_seen"] <= at or a["status"] == "ordered":
            continue
        exited = a["status"] in ("retired", "disposed") and out is not None and out <= at
        end = out if exited else at
        since = a["recorded_since"]
        entry = max(0, (since - start).days) if since else 0
        if (end - start).days < entry or end < start or (exited and (end - start).days == entry and entry):
            continue
        by_kind[a["kind"]].append((entry if entry else -1, (end - start).days, exited))
    return by_kind
