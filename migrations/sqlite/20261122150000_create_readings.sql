-- Readings of the log that are not closed yet (A7): what was seen so far, and the closing event but for
-- its numbers, so that it is told even if the process ends first.
CREATE TABLE log_reading (
    id       BLOB    NOT NULL PRIMARY KEY,
    lineage  BLOB    NOT NULL,
    filters  BLOB    NOT NULL,
    live     INTEGER NOT NULL,
    lowest   INTEGER,
    highest  INTEGER,
    pages    INTEGER NOT NULL,
    entries  INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL,
    template BLOB    NOT NULL
) STRICT;
CREATE INDEX log_reading_by_lineage ON log_reading (lineage);
CREATE INDEX log_reading_by_seen_at ON log_reading (seen_at);

-- What verifications of the whole log came to (A4, S7); each is an event too.
CREATE TABLE log_verification (
    id       BLOB    NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    verdict  TEXT    NOT NULL
        CONSTRAINT log_verification_verdict_is_known CHECK (verdict IN ('whole', 'not_whole')),
    findings INTEGER NOT NULL,
    first    INTEGER,
    took_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX log_verification_by_time ON log_verification (at);

-- One index for each filter of a supervisor's, so that a rare value is found in a million entries. Those
-- of few rows hold just these rows; their terms stand in the queries word for word.
CREATE INDEX log_entry_by_kind ON log_entry (kind);
CREATE INDEX log_entry_by_purpose ON log_entry (purpose) WHERE purpose IS NOT NULL;
CREATE INDEX log_entry_by_field ON log_entry (field) WHERE field IS NOT NULL;
CREATE INDEX log_entry_by_case ON log_entry (work_case) WHERE work_case IS NOT NULL;
CREATE INDEX log_entry_refused ON log_entry (decision) WHERE decision = 'refused';
CREATE INDEX log_entry_alerted ON log_entry (alert IS NOT NULL) WHERE alert IS NOT NULL;
CREATE INDEX log_entry_missed ON log_entry (kind)
    WHERE kind = 'customer_searched' AND instr(bytes, CAST('"outcome":"none"' AS BLOB)) > 0;
