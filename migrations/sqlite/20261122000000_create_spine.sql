-- The spine: staff and sessions, cases, customers in three tables with three owners, the log.
-- Time is UTC milliseconds. Ids are 16 bytes (UUIDv7), so that nothing can be walked.

CREATE TABLE staff (
    id             BLOB    NOT NULL PRIMARY KEY,
    staff_no       TEXT    NOT NULL CONSTRAINT staff_no_is_unique UNIQUE,
    person         TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    role           TEXT    NOT NULL
        CONSTRAINT staff_role_is_known CHECK (role IN ('operator', 'approver', 'supervisor', 'admin', 'auditor')),
    unit           TEXT    NOT NULL,
    password_hash  TEXT    NOT NULL,
    totp_sealed    BLOB    NOT NULL,
    -- the last TOTP step that was accepted, at sign-in or step-up: it only grows (RFC 6238 5.2)
    totp_step      INTEGER NOT NULL DEFAULT 0,
    state          TEXT    NOT NULL DEFAULT 'active'
        CONSTRAINT staff_state_is_known CHECK (state IN ('active', 'suspended')),
    -- grows with each change of rights; what was read for a permission must still hold in the act
    version        INTEGER NOT NULL DEFAULT 1,
    failures       INTEGER NOT NULL DEFAULT 0,
    failures_since INTEGER NOT NULL DEFAULT 0,
    locked_until   INTEGER NOT NULL DEFAULT 0,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TRIGGER staff_totp_step_only_grows BEFORE UPDATE OF totp_step ON staff
WHEN NEW.totp_step < OLD.totp_step
BEGIN SELECT RAISE(ABORT, 'staff_totp_step_only_grows'); END;

-- A password was tried; the second factor has yet to come. staff is NULL for a number nobody has.
CREATE TABLE sign_in_try (
    token_hash  BLOB    NOT NULL PRIMARY KEY,
    staff       BLOB,
    password_ok INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_try_by_expiry ON sign_in_try (expires_at);

CREATE TABLE session (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    lineage    BLOB    NOT NULL CONSTRAINT session_lineage_is_unique UNIQUE,
    staff      BLOB    NOT NULL REFERENCES staff (id),
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;
CREATE INDEX session_by_staff ON session (staff);

-- Refusals alike in one minute. The first `free` of them are events of their own; the rest become one
-- counting event, made from `template` when the minute is over, so that a flood is not a million (A10).
CREATE TABLE refusal_count (
    source   TEXT    NOT NULL,
    minute   INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    free     INTEGER NOT NULL,
    template BLOB    NOT NULL,
    PRIMARY KEY (source, minute)
) STRICT;

CREATE TABLE note (
    id         BLOB    NOT NULL PRIMARY KEY,
    person     TEXT    NOT NULL,
    work_case  BLOB    NOT NULL,
    salt       BLOB    NOT NULL,
    body       TEXT    NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;
CREATE INDEX note_by_person ON note (person, written_at);

CREATE TABLE work_case (
    id         BLOB    NOT NULL PRIMARY KEY,
    staff      BLOB    NOT NULL REFERENCES staff (id),
    purpose    TEXT    NOT NULL,
    ticket     TEXT    NOT NULL,
    identified TEXT    NOT NULL,
    note       BLOB    NOT NULL REFERENCES note (id),
    opened_at  INTEGER NOT NULL,
    closed_at  INTEGER,
    customer   BLOB,
    handle     BLOB,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX work_case_open_by_staff ON work_case (staff, closed_at);

CREATE TRIGGER work_case_is_bound_once BEFORE UPDATE OF customer ON work_case
WHEN OLD.customer IS NOT NULL AND NEW.customer IS NOT OLD.customer
BEGIN SELECT RAISE(ABORT, 'work_case_is_bound_once'); END;

-- A customer's name outside the server: good for one case and person (Q8).
CREATE TABLE handle (
    handle    BLOB    NOT NULL PRIMARY KEY,
    work_case BLOB    NOT NULL REFERENCES work_case (id),
    customer  BLOB    NOT NULL,
    minted_at INTEGER NOT NULL,
    CONSTRAINT handle_is_one_a_customer UNIQUE (work_case, customer)
) STRICT;

-- What a plain-form search found, handles only, for a page to show after its redirect.
CREATE TABLE search_result (
    id         BLOB    NOT NULL PRIMARY KEY,
    work_case  BLOB    NOT NULL,
    lineage    BLOB    NOT NULL,
    outcome    TEXT    NOT NULL,
    handles    BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX search_result_by_expiry ON search_result (expires_at);

-- Challenges: each commits to the digest of one act (V2).
CREATE TABLE step_up (
    challenge   BLOB    NOT NULL PRIMARY KEY,
    digest      BLOB    NOT NULL,
    staff       BLOB    NOT NULL,
    lineage     BLOB    NOT NULL,
    work_case   BLOB    NOT NULL,
    customer    BLOB    NOT NULL,
    expires_at  INTEGER NOT NULL,
    wrong       INTEGER NOT NULL DEFAULT 0,
    answered_at INTEGER,
    spent_at    INTEGER
) STRICT;
CREATE INDEX step_up_by_lineage ON step_up (lineage, work_case, customer, answered_at);

CREATE TABLE policy_state (
    id   INTEGER NOT NULL PRIMARY KEY CONSTRAINT policy_state_is_one_row CHECK (id = 1),
    hash BLOB    NOT NULL
) STRICT;

-- Customers. Who there is; what may be seen; what is sealed; what can be found: four tables, so that
-- what shows masks can be denied the rest (JR/T 0171 6.1.3 f).
CREATE TABLE customer (
    id          BLOB    NOT NULL PRIMARY KEY,
    branch      TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    source_tag  BLOB    NOT NULL CONSTRAINT customer_source_tag_is_unique UNIQUE,
    content_tag BLOB    NOT NULL,
    batch       BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    hidden      INTEGER NOT NULL DEFAULT 0,
    flagged     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_mask (
    customer BLOB NOT NULL PRIMARY KEY,
    masks    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE vault_customer (
    customer    BLOB    NOT NULL PRIMARY KEY,
    key_version INTEGER NOT NULL,
    wrapped_dek BLOB    NOT NULL,
    sealed      BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE vault_index (
    field    TEXT NOT NULL,
    digest   BLOB NOT NULL,
    customer BLOB NOT NULL,
    PRIMARY KEY (field, digest, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX vault_index_by_customer ON vault_index (customer);

-- The log. Rows are written once; the columns beside the bytes are for filters and are verified
-- against the bytes.
CREATE TABLE log_entry (
    seq       INTEGER NOT NULL PRIMARY KEY,
    leaf_hash BLOB    NOT NULL,
    bytes     BLOB    NOT NULL,
    time      INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    decision  TEXT    NOT NULL,
    code      TEXT,
    staff_no  TEXT,
    customer  BLOB,
    work_case BLOB,
    purpose   TEXT,
    field     TEXT
) STRICT;

-- Full tiles only (C2SP tlog-tiles); a partial one is computed from what it would hold. root is the
-- tile's own hash, one entry of the level above.
CREATE TABLE log_tile (
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB    NOT NULL,
    root   BLOB    NOT NULL,
    PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;

-- The head: moved by compare-and-swap on size, in the transaction that holds the entries. latest is
-- the newest time any event has borne: time never moves back behind it (A6).
CREATE TABLE log_head (
    id     INTEGER NOT NULL PRIMARY KEY CONSTRAINT log_head_is_one_row CHECK (id = 1),
    size   INTEGER NOT NULL,
    root   BLOB    NOT NULL,
    latest INTEGER NOT NULL,
    note   TEXT    NOT NULL
) STRICT;

CREATE TRIGGER log_entry_is_never_changed BEFORE UPDATE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry_is_never_changed'); END;
CREATE TRIGGER log_entry_is_never_deleted BEFORE DELETE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry_is_never_deleted'); END;
CREATE TRIGGER log_entry_has_no_gap BEFORE INSERT ON log_entry
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq) + 1, 0) FROM log_entry)
BEGIN SELECT RAISE(ABORT, 'log_entry_has_no_gap'); END;
CREATE TRIGGER log_tile_is_never_changed BEFORE UPDATE ON log_tile
BEGIN SELECT RAISE(ABORT, 'log_tile_is_never_changed'); END;
CREATE TRIGGER log_tile_is_never_deleted BEFORE DELETE ON log_tile
BEGIN SELECT RAISE(ABORT, 'log_tile_is_never_deleted'); END;
CREATE TRIGGER log_head_only_grows BEFORE UPDATE ON log_head
WHEN NEW.size < OLD.size OR NEW.latest < OLD.latest
BEGIN SELECT RAISE(ABORT, 'log_head_only_grows'); END;
CREATE TRIGGER log_head_is_never_deleted BEFORE DELETE ON log_head
BEGIN SELECT RAISE(ABORT, 'log_head_is_never_deleted'); END;
