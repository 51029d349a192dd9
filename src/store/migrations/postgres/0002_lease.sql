-- Which replica does what. Times are the database's, so that no clock but one counts.

-- One row a source, for who collects it; and the row `*`, for what one replica does for all.
CREATE TABLE lease (
    name TEXT COLLATE "C" PRIMARY KEY,
    -- Who holds it; none where nobody does.
    holder TEXT COLLATE "C",
    -- Grows each time that it is taken: what an earlier holder would still write is refused.
    token BIGINT NOT NULL DEFAULT 0,
    expires TIMESTAMPTZ NOT NULL DEFAULT '-infinity',
    -- When the last collection began, and whether it is under way.
    begun TIMESTAMPTZ,
    collecting BIGINT NOT NULL DEFAULT 0,
    -- How often somebody asked for a collection, and of how many the last one knew when it began.
    asked BIGINT NOT NULL DEFAULT 0,
    answered BIGINT NOT NULL DEFAULT 0,
    -- How often the testimony was replaced, and how often anything was written of the source.
    recorded BIGINT NOT NULL DEFAULT 0,
    told BIGINT NOT NULL DEFAULT 0
);

-- Replicas that live: leases are spread evenly over them.
CREATE TABLE replica (
    name TEXT COLLATE "C" PRIMARY KEY,
    expires TIMESTAMPTZ NOT NULL
);

-- A release that knows no leases would collect beside them: it must not go on.
