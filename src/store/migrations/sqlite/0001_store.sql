-- What the sources said, the journal of how they were asked, and what was told of it.
-- Times are seconds since 1970 (UTC), days are ISO texts, money is in cents.

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- End of its last complete harvest; none before the first.
    harvested INTEGER,
    -- Hash of all its lines.
    lines_hash INTEGER
) STRICT;

-- The last word of each source on each asset. A row stays when its source no longer lists it.
CREATE TABLE observation (
    source INTEGER NOT NULL REFERENCES source (id),
    native TEXT NOT NULL,
    -- Hash of what it says.
    hash INTEGER NOT NULL,
    -- Hash of its status, entity and holder alone.
    standing INTEGER NOT NULL,
    anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)),
    -- An earlier complete harvest lacked it.
    arrived INTEGER NOT NULL CHECK (arrived IN (0, 1)),
    first_seen TEXT NOT NULL,
    -- The first complete harvest that no longer listed it; none while it is listed.
    unlisted_since INTEGER,
    -- JSON object of the fields that are known.
    body TEXT NOT NULL,
    PRIMARY KEY (source, native)
) STRICT, WITHOUT ROWID;

-- Stretches during which status, entity and holder of an asset did not change.
CREATE TABLE spell (
    source INTEGER NOT NULL REFERENCES source (id),
    native TEXT NOT NULL,
    since TEXT NOT NULL,
    status TEXT NOT NULL,
    entity TEXT,
    -- The holder's pseudonym.
    holder TEXT,
    PRIMARY KEY (source, native, since)
) STRICT, WITHOUT ROWID;

-- What sources say beside assets: purchases, disposals, counts, headcounts, decisions.
CREATE TABLE line (
    source INTEGER NOT NULL REFERENCES source (id),
    contents TEXT NOT NULL,
    place INTEGER NOT NULL,
    native TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (source, contents, place)
) STRICT, WITHOUT ROWID;

-- The journal: every attempt at a harvest.
CREATE TABLE harvest (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id),
    started INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'failed', 'refused')),
    class TEXT,
    message TEXT,
    observations INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    rejects INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX harvest_outcome ON harvest (source, outcome, id);

-- Rows of the last complete harvest that could not be read.
CREATE TABLE reject (
    source INTEGER NOT NULL REFERENCES source (id),
    number INTEGER NOT NULL,
    place TEXT NOT NULL,
    "column" TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (source, number)
) STRICT, WITHOUT ROWID;

-- The assets as last published, for people who write SQL. Nothing in ecoparc reads it.
CREATE TABLE asset (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT,
    manufacturer TEXT,
    model TEXT,
    serial TEXT,
    asset_tag TEXT,
    entity TEXT NOT NULL,
    siret TEXT,
    location TEXT,
    department TEXT,
    status TEXT,
    condition TEXT,
    mode TEXT,
    first_seen TEXT NOT NULL,
    start TEXT,
    retired TEXT,
    gone TEXT,
    unlisted TEXT,
    disposal TEXT,
    price_cents INTEGER,
    supplier TEXT,
    order_number TEXT,
    -- Names of the sources that know it, the most believed first.
    sources TEXT NOT NULL,
    -- The day on which this row last changed.
    updated TEXT NOT NULL,
    hash INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last readings of each day.
CREATE TABLE reading (
    name TEXT NOT NULL,
    day TEXT NOT NULL,
    -- JSON object of the labels, sorted.
    slice TEXT NOT NULL,
    value REAL,
    low REAL,
    high REAL,
    target REAL,
    coverage REAL NOT NULL,
    PRIMARY KEY (name, day, slice)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_day ON reading (day);
