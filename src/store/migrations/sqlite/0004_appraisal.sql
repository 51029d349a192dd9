-- What another program answered for specifications of servers. Answers are kept whether it is asked at present or not.

CREATE TABLE appraisal (
    -- SHA-256 of the specification's text, in hexadecimal.
    hash TEXT NOT NULL,
    criterion TEXT NOT NULL,
    -- The specification in words.
    specification TEXT NOT NULL,
    -- Making one such server, and the bounds that were told: grams or joules. All or none.
    value REAL,
    low REAL,
    high REAL,
    -- Why there is no value.
    reason TEXT,
    -- The version of the program.
    version TEXT NOT NULL,
    -- Asked at, in seconds since 1970.
    asked INTEGER NOT NULL,
    PRIMARY KEY (hash, criterion),
    CHECK ((value IS NULL) = (reason IS NOT NULL) AND (value IS NULL) = (low IS NULL) AND (value IS NULL) = (high IS NULL))
) STRICT, WITHOUT ROWID;
