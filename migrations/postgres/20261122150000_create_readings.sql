-- Readings of the log that are not closed yet (A7): what was seen so far, and the closing event but for
-- its numbers, so that it is told even if the process ends first.
CREATE TABLE log_reading (
    id       BYTEA  NOT NULL PRIMARY KEY,
    lineage  BYTEA  NOT NULL,
    filters  BYTEA  NOT NULL,
    live     BIGINT NOT NULL,
    lowest   BIGINT,
    highest  BIGINT,
    pages    BIGINT NOT NULL,
    entries  BIGINT NOT NULL,
    seen_at  BIGINT NOT NULL,
    template BYTEA  NOT NULL
);
CREATE INDEX log_reading_by_lineage ON log_reading (lineage);
CREATE INDEX log_reading_by_seen_at ON log_reading (seen_at);

-- What verifications of the whole log came to (A4, S7); each is an event too.
CREATE TABLE log_verification (
    id       BYTEA            NOT NULL PRIMARY KEY,
    at       BIGINT           NOT NULL,
    size     BIGINT           NOT NULL,
    verdict  TEXT COLLATE "C" NOT NULL
        CONSTRAINT log_verification_verdict_is_known CHECK (verdict IN ('whole', 'not_whole')),
    findings BIGINT           NOT NULL,
    first    BIGINT,
    took_ms  BIGINT           NOT NULL
);
CREATE INDEX log_verification_by_time ON log_verification (at);

-- One index for each filter of a supervisor's, so that a rare value is found in a million entries. Those
-- of few rows hold just these rows; their terms stand in the queries word for word.
CREATE INDEX log_entry_by_kind ON log_entry (kind, seq);
CREATE INDEX log_entry_by_purpose ON log_entry (purpose, seq) WHERE purpose IS NOT NULL;
CREATE INDEX log_entry_by_field ON log_entry (field, seq) WHERE field IS NOT NULL;
CREATE INDEX log_entry_by_case ON log_entry (work_case, seq) WHERE work_case IS NOT NULL;
CREATE INDEX log_entry_refused ON log_entry (seq) WHERE decision = 'refused';
CREATE INDEX log_entry_alerted ON log_entry (seq) WHERE alert IS NOT NULL;
CREATE INDEX log_entry_missed ON log_entry (seq)
    WHERE kind = 'customer_searched' AND POSITION('"outcome":"none"'::bytea IN bytes) > 0;

GRANT SELECT ON log_reading, log_verification TO grille_app, grille_desk;
GRANT INSERT ON log_reading, log_verification TO grille_app;
GRANT UPDATE, DELETE ON log_reading TO grille_app;
