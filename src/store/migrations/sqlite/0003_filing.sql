-- Declarations as they were handed in, file by file: never changed by what becomes known later.

CREATE TABLE filing (
    siret TEXT NOT NULL,
    year INTEGER NOT NULL,
    -- Handed in on.
    day TEXT NOT NULL,
    -- The file's rows of this buyer, as they were written.
    file TEXT NOT NULL,
    PRIMARY KEY (siret, year)
) STRICT, WITHOUT ROWID;
