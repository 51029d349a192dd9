-- Measured electricity, by measuring point and day. Samples are integrated as they come and not kept.

CREATE TABLE power_point (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id),
    -- Its name, the room and the role that its source tells; empty where it tells none.
    device TEXT NOT NULL,
    room TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Joules of the days that are no longer kept.
    joules_before INTEGER NOT NULL,
    -- The newest power in watts, and when: what comes next is integrated from there.
    watts_at INTEGER,
    watts REAL,
    -- The newest index of its energy meter in kilowatt-hours, and when.
    kwh_at INTEGER,
    kwh REAL,
    UNIQUE (source, device, room, role)
) STRICT;

CREATE TABLE power_day (
    point INTEGER NOT NULL REFERENCES power_point (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    joules INTEGER NOT NULL,
    -- For how many seconds of the day that is known.
    seconds INTEGER NOT NULL,
    PRIMARY KEY (point, day)
) STRICT, WITHOUT ROWID;
