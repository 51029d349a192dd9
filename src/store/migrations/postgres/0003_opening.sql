-- 1 where a stretch began with the first harvest that listed its observation. While it is alone, it says what the
-- observation does, and is not read back.
ALTER TABLE spell ADD COLUMN opening BIGINT NOT NULL DEFAULT 0 CHECK (opening IN (0, 1));
UPDATE spell SET opening = 1
WHERE since = (SELECT first_seen FROM observation WHERE observation.source = spell.source AND observation.native = spell.native);
CREATE INDEX spell_later ON spell (source, native) WHERE opening = 0;

-- A release that does not know them writes stretches that are read back, as before.
UPDATE schema_step SET reader = 2 WHERE version = 3;
