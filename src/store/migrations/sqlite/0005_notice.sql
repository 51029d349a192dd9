-- What somebody was told of, and was not yet told to be over: a restart tells nothing twice.

CREATE TABLE notice (
    -- The `[[notify]]` by name.
    notifier TEXT NOT NULL,
    -- What it is about, for programs.
    concern TEXT NOT NULL,
    -- In words, as it was told.
    what TEXT NOT NULL,
    -- Told at, in seconds since 1970.
    told INTEGER NOT NULL,
    PRIMARY KEY (notifier, concern)
) STRICT, WITHOUT ROWID;
