"""Agents (§5)."""



def agents_of(rows, house, at):
    """Newest headcount per entity and department; a row without department is the total and wins over the sum."""
    newest = {}
    for r in rows:
        if r["date"] <= at:
            key = (house.entity_of(r.get("entity", ""), r["source"]), r.get("department", ""))
            if key not in newest or r["date"] > newest[key]["date"]:
                newest[key] = r
    totals = {}
    for entity in {e for e, _ in newest}:
        if (entity, "") in newest:
            totals[entity] = newest[(entity, "")]["agents"]
        else:
            totals[entity] = sum(r["agents"] for (e, _), r in newest.items() if e == entity)
    return totals
