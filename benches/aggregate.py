"""The aggregations of `refresh.rs` in DuckDB: `python benches/aggregate.py FLEET.csv`.

Reads the columns that the bench wrote, holds them in memory with dictionaries for its texts, and prints the seconds of
six aggregations on two threads, the middle one of fifteen runs each.
"""

import statistics
import sys
import time

import duckdb

ACTIVE = "status IN ('in_use', 'in_stock', 'in_repair')"
FIELDS = ", ".join(f"sum((known >> {at}) & 1)" for at in range(10))
QUERIES = [
    "SELECT entity, kind, status, count(*) FROM fleet GROUP BY ALL",
    f"SELECT entity, kind, condition, count(*) FROM fleet WHERE {ACTIVE} GROUP BY ALL",
    f"SELECT kind, least(date_sub('year', start, today), 10), count(*) FROM fleet WHERE {ACTIVE} GROUP BY ALL",
    f"SELECT entity, kind, sum(today - start), count(start), count(*) FROM fleet WHERE {ACTIVE} GROUP BY ALL",
    f"SELECT kind, count(*) FILTER (condition = 'refurbished'), count(*) FROM fleet WHERE {ACTIVE} GROUP BY ALL",
    f"SELECT kind, {FIELDS}, count(*) FROM fleet WHERE {ACTIVE} GROUP BY ALL",
]
RUNS = 15

db = duckdb.connect()
db.execute("SET threads = 2")
db.execute("CREATE TABLE told AS FROM read_csv(?, header = true)", [sys.argv[1]])
for column in ["entity", "kind", "status", "condition"]:
    db.execute(f"CREATE TYPE {column}_word AS ENUM (SELECT DISTINCT {column} FROM told)")
db.execute(
    "CREATE TABLE fleet AS SELECT entity::entity_word AS entity, kind::kind_word AS kind, status::status_word AS status,"
    " condition::condition_word AS condition, start, today, known::SMALLINT AS known FROM told"
)
total = 0.0
for query in QUERIES:
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        rows = db.execute(query).fetchall()
        seconds.append(time.perf_counter() - began)
    assert rows
    total += statistics.median(seconds)
print(f"{total:.6f}")
