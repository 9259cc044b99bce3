-- Exports that two people answer for (issue 5, E1-E6). What was asked, frozen, voted and confirmed is written
-- once; the one row that moves is the run's, and it moves forward only.

-- To whom files may go. A changed key is a new recipient; what is known of one is never rewritten.
CREATE TABLE recipient (
    id             BLOB    NOT NULL PRIMARY KEY,
    name           TEXT    NOT NULL,
    kind           TEXT    NOT NULL
        CONSTRAINT recipient_kind_is_known CHECK (kind IN ('internal', 'group', 'third_party', 'authority')),
    contact        TEXT    NOT NULL,
    -- the public key that files are sealed to (age, X25519)
    sealing_key    TEXT    NOT NULL,
    -- of the recipient's own security (JR/T 0171 6.1.4.2 b), and until when it is good
    assessment     TEXT    NOT NULL,
    assessed_until INTEGER NOT NULL,
    -- what the recipient committed to: number of the contract or undertaking
    commitment     TEXT    NOT NULL,
    proposed_by    BLOB    NOT NULL REFERENCES staff (id),
    by_person      TEXT    NOT NULL,
    by_unit        TEXT    NOT NULL,
    by_version     INTEGER NOT NULL,
    proposed_at    INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX recipient_by_time ON recipient (proposed_at);

CREATE TABLE recipient_decision (
    recipient  BLOB    NOT NULL PRIMARY KEY REFERENCES recipient (id),
    confirmed  INTEGER NOT NULL,
    -- by which the key's fingerprint was compared: a call, a meeting, a letter
    channel    TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    salt       BLOB    NOT NULL,
    decided_by BLOB    NOT NULL REFERENCES staff (id),
    by_person  TEXT    NOT NULL,
    by_unit    TEXT    NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;

-- Taking a right away takes one person.
CREATE TABLE recipient_end (
    recipient BLOB    NOT NULL PRIMARY KEY REFERENCES recipient_decision (recipient),
    ended_by  BLOB    NOT NULL REFERENCES staff (id),
    ended_at  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER recipient_decision_takes_two_people BEFORE INSERT ON recipient_decision
WHEN NEW.by_person = (SELECT by_person FROM recipient WHERE id = NEW.recipient)
BEGIN SELECT RAISE(ABORT, 'recipient_decision_takes_two_people'); END;
CREATE TRIGGER recipient_decision_takes_two_units BEFORE INSERT ON recipient_decision
WHEN NEW.by_unit = (SELECT by_unit FROM recipient WHERE id = NEW.recipient)
BEGIN SELECT RAISE(ABORT, 'recipient_decision_takes_two_units'); END;
CREATE TRIGGER recipient_is_never_changed BEFORE UPDATE ON recipient
BEGIN SELECT RAISE(ABORT, 'recipient_is_never_changed'); END;
CREATE TRIGGER recipient_is_never_deleted BEFORE DELETE ON recipient
BEGIN SELECT RAISE(ABORT, 'recipient_is_never_deleted'); END;
CREATE TRIGGER recipient_decision_is_never_changed BEFORE UPDATE ON recipient_decision
BEGIN SELECT RAISE(ABORT, 'recipient_decision_is_never_changed'); END;
CREATE TRIGGER recipient_decision_is_never_deleted BEFORE DELETE ON recipient_decision
BEGIN SELECT RAISE(ABORT, 'recipient_decision_is_never_deleted'); END;

-- A request, frozen when it is drawn up: whoever wants anything else draws up another.
CREATE TABLE export (
    id           BLOB    NOT NULL PRIMARY KEY,
    requester    BLOB    NOT NULL REFERENCES staff (id),
    -- the person, not the login: duties belong to people
    by_person    TEXT    NOT NULL,
    by_unit      TEXT    NOT NULL,
    by_version   INTEGER NOT NULL,
    recipient    BLOB    NOT NULL REFERENCES recipient (id),
    -- canonical bytes, stored as they are hashed
    frozen       BLOB    NOT NULL,
    digest       BLOB    NOT NULL,
    row_count    INTEGER NOT NULL CONSTRAINT export_has_rows CHECK (row_count > 0),
    votes_needed INTEGER NOT NULL CONSTRAINT export_takes_one_or_two CHECK (votes_needed IN (1, 2)),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX export_by_person ON export (by_person, created_at);
CREATE INDEX export_by_time ON export (created_at);

-- Requests that are being drawn up, and those that were: what never came to be is swept away.
CREATE TABLE export_staging (
    export   BLOB    NOT NULL PRIMARY KEY,
    begun_at INTEGER NOT NULL
) STRICT;
CREATE INDEX export_staging_by_time ON export_staging (begun_at);

-- Whose rows. Written before the request is, and never after.
CREATE TABLE export_row (
    export   BLOB NOT NULL,
    customer BLOB NOT NULL,
    PRIMARY KEY (export, customer)
) STRICT, WITHOUT ROWID;

CREATE TABLE export_submission (
    export       BLOB    NOT NULL PRIMARY KEY REFERENCES export (id),
    factor       TEXT    NOT NULL
        CONSTRAINT export_submission_factor_is_known CHECK (factor IN ('totp', 'passkey')),
    submitted_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;

-- Since when somebody who might decide has it before them: think-time counts from here.
CREATE TABLE export_reading (
    export  BLOB    NOT NULL REFERENCES export (id),
    person  TEXT    NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (export, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE export_vote (
    export     BLOB    NOT NULL REFERENCES export_submission (export),
    staff      BLOB    NOT NULL REFERENCES staff (id),
    person     TEXT    NOT NULL,
    unit       TEXT    NOT NULL,
    by_version INTEGER NOT NULL,
    approved   INTEGER NOT NULL,
    -- of the request that was decided
    digest     BLOB    NOT NULL,
    note       TEXT    NOT NULL,
    salt       BLOB    NOT NULL,
    factor     TEXT    NOT NULL
        CONSTRAINT export_vote_factor_is_known CHECK (factor IN ('totp', 'passkey')),
    think_ms   INTEGER,
    voted_at   INTEGER NOT NULL,
    PRIMARY KEY (export, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX export_vote_by_person ON export_vote (person, voted_at);

-- The requester takes it back; at any time before the file is fetched.
CREATE TABLE export_withdrawal (
    export       BLOB    NOT NULL PRIMARY KEY REFERENCES export (id),
    withdrawn_at INTEGER NOT NULL
) STRICT;

-- Making the file. Begun anew from the start after a crash: nothing of a first try is kept.
CREATE TABLE export_run (
    export        BLOB    NOT NULL PRIMARY KEY REFERENCES export_submission (export),
    state         TEXT    NOT NULL
        CONSTRAINT export_run_state_is_known
        CHECK (state IN ('queued', 'running', 'failed', 'generated', 'downloaded', 'destroyed')),
    asked_at      INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    heartbeat     INTEGER NOT NULL,
    rows_done     INTEGER NOT NULL DEFAULT 0,
    -- why it failed
    code          TEXT,
    bytes         INTEGER,
    sha256        BLOB,
    generated_at  INTEGER,
    expires_at    INTEGER,
    download_factor TEXT,
    downloaded_at INTEGER,
    destroyed_at  INTEGER
) STRICT;
CREATE INDEX export_run_by_state ON export_run (state);

CREATE TRIGGER export_row_is_frozen BEFORE INSERT ON export_row
WHEN EXISTS (SELECT 1 FROM export WHERE id = NEW.export)
BEGIN SELECT RAISE(ABORT, 'export_row_is_frozen'); END;
CREATE TRIGGER export_row_is_never_changed BEFORE UPDATE ON export_row
BEGIN SELECT RAISE(ABORT, 'export_row_is_never_changed'); END;
-- rows of a request that nobody submitted are swept away
CREATE TRIGGER export_row_is_never_deleted BEFORE DELETE ON export_row
WHEN EXISTS (SELECT 1 FROM export_submission WHERE export = OLD.export)
BEGIN SELECT RAISE(ABORT, 'export_row_is_never_deleted'); END;
CREATE TRIGGER export_is_never_changed BEFORE UPDATE ON export
BEGIN SELECT RAISE(ABORT, 'export_is_never_changed'); END;
CREATE TRIGGER export_is_never_deleted BEFORE DELETE ON export
BEGIN SELECT RAISE(ABORT, 'export_is_never_deleted'); END;
CREATE TRIGGER export_submission_is_never_changed BEFORE UPDATE ON export_submission
BEGIN SELECT RAISE(ABORT, 'export_submission_is_never_changed'); END;
CREATE TRIGGER export_submission_is_never_deleted BEFORE DELETE ON export_submission
BEGIN SELECT RAISE(ABORT, 'export_submission_is_never_deleted'); END;
CREATE TRIGGER export_vote_takes_another_person BEFORE INSERT ON export_vote
WHEN NEW.person = (SELECT by_person FROM export WHERE id = NEW.export)
BEGIN SELECT RAISE(ABORT, 'export_vote_takes_another_person'); END;
CREATE TRIGGER export_vote_takes_another_unit BEFORE INSERT ON export_vote
WHEN NEW.unit = (SELECT by_unit FROM export WHERE id = NEW.export)
    OR NEW.unit IN (SELECT unit FROM export_vote WHERE export = NEW.export)
BEGIN SELECT RAISE(ABORT, 'export_vote_takes_another_unit'); END;
CREATE TRIGGER export_vote_is_for_what_was_frozen BEFORE INSERT ON export_vote
WHEN NEW.digest <> (SELECT digest FROM export WHERE id = NEW.export)
BEGIN SELECT RAISE(ABORT, 'export_vote_is_for_what_was_frozen'); END;
CREATE TRIGGER export_vote_ends_with_a_rejection BEFORE INSERT ON export_vote
WHEN EXISTS (SELECT 1 FROM export_vote WHERE export = NEW.export AND approved = 0)
    OR EXISTS (SELECT 1 FROM export_withdrawal WHERE export = NEW.export)
BEGIN SELECT RAISE(ABORT, 'export_vote_ends_with_a_rejection'); END;
CREATE TRIGGER export_vote_is_never_changed BEFORE UPDATE ON export_vote
BEGIN SELECT RAISE(ABORT, 'export_vote_is_never_changed'); END;
CREATE TRIGGER export_vote_is_never_deleted BEFORE DELETE ON export_vote
BEGIN SELECT RAISE(ABORT, 'export_vote_is_never_deleted'); END;
CREATE TRIGGER export_run_takes_its_votes BEFORE INSERT ON export_run
WHEN NEW.state <> 'queued'
    OR (SELECT COUNT(*) FROM export_vote WHERE export = NEW.export AND approved = 1)
        < (SELECT votes_needed FROM export WHERE id = NEW.export)
    OR EXISTS (SELECT 1 FROM export_vote WHERE export = NEW.export AND approved = 0)
    OR EXISTS (SELECT 1 FROM export_withdrawal WHERE export = NEW.export)
BEGIN SELECT RAISE(ABORT, 'export_run_takes_its_votes'); END;
CREATE TRIGGER export_run_goes_forward BEFORE UPDATE OF state ON export_run
WHEN NOT ((OLD.state IN ('queued', 'running') AND NEW.state IN ('running', 'failed', 'generated'))
    OR (OLD.state = 'generated' AND NEW.state IN ('downloaded', 'destroyed'))
    OR (OLD.state IN ('downloaded', 'failed') AND NEW.state = 'destroyed'))
BEGIN SELECT RAISE(ABORT, 'export_run_goes_forward'); END;
-- JR/T 0171 6.1.4.2 f: the operator is identified by two techniques
CREATE TRIGGER export_run_takes_two_kinds_of_factor BEFORE UPDATE OF state ON export_run
WHEN NEW.state = 'downloaded' AND (NEW.download_factor IS NULL
    OR NEW.download_factor = (SELECT factor FROM export_submission WHERE export = NEW.export))
BEGIN SELECT RAISE(ABORT, 'export_run_takes_two_kinds_of_factor'); END;
CREATE TRIGGER export_run_is_never_deleted BEFORE DELETE ON export_run
BEGIN SELECT RAISE(ABORT, 'export_run_is_never_deleted'); END;

-- Who answers for something is who is signed in, not a name beside their number.
CREATE TRIGGER export_is_of_its_staff BEFORE INSERT ON export
WHEN NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.requester AND person = NEW.by_person AND unit = NEW.by_unit)
BEGIN SELECT RAISE(ABORT, 'export_is_of_its_staff'); END;
CREATE TRIGGER export_vote_is_of_its_staff BEFORE INSERT ON export_vote
WHEN NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.staff AND person = NEW.person AND unit = NEW.unit)
BEGIN SELECT RAISE(ABORT, 'export_vote_is_of_its_staff'); END;
CREATE TRIGGER recipient_decision_is_of_its_staff BEFORE INSERT ON recipient_decision
WHEN NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.decided_by AND person = NEW.by_person AND unit = NEW.by_unit)
BEGIN SELECT RAISE(ABORT, 'recipient_decision_is_of_its_staff'); END;

-- REPLACE takes a row away without a word to the triggers above: what is there is left as it is.
CREATE TRIGGER export_is_written_once BEFORE INSERT ON export
WHEN EXISTS (SELECT 1 FROM export WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'export_is_written_once'); END;
CREATE TRIGGER recipient_is_written_once BEFORE INSERT ON recipient
WHEN EXISTS (SELECT 1 FROM recipient WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'recipient_is_written_once'); END;
CREATE TRIGGER recipient_decision_is_written_once BEFORE INSERT ON recipient_decision
WHEN EXISTS (SELECT 1 FROM recipient_decision WHERE recipient = NEW.recipient) BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER recipient_end_is_written_once BEFORE INSERT ON recipient_end
WHEN EXISTS (SELECT 1 FROM recipient_end WHERE recipient = NEW.recipient) BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER export_submission_is_written_once BEFORE INSERT ON export_submission
WHEN EXISTS (SELECT 1 FROM export_submission WHERE export = NEW.export) BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER export_vote_is_written_once BEFORE INSERT ON export_vote
WHEN EXISTS (SELECT 1 FROM export_vote WHERE export = NEW.export AND person = NEW.person) BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER export_withdrawal_is_written_once BEFORE INSERT ON export_withdrawal
WHEN EXISTS (SELECT 1 FROM export_withdrawal WHERE export = NEW.export) BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER export_run_is_written_once BEFORE INSERT ON export_run
WHEN EXISTS (SELECT 1 FROM export_run WHERE export = NEW.export) BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER export_withdrawal_is_never_changed BEFORE UPDATE ON export_withdrawal
BEGIN SELECT RAISE(ABORT, 'export_withdrawal_is_never_changed'); END;
CREATE TRIGGER export_withdrawal_is_never_deleted BEFORE DELETE ON export_withdrawal
BEGIN SELECT RAISE(ABORT, 'export_withdrawal_is_never_deleted'); END;
CREATE TRIGGER recipient_end_is_never_changed BEFORE UPDATE ON recipient_end
BEGIN SELECT RAISE(ABORT, 'recipient_end_is_never_changed'); END;
CREATE TRIGGER recipient_end_is_never_deleted BEFORE DELETE ON recipient_end
BEGIN SELECT RAISE(ABORT, 'recipient_end_is_never_deleted'); END;
CREATE TRIGGER export_run_says_its_size_once BEFORE UPDATE ON export_run
WHEN OLD.state NOT IN ('queued', 'running') AND (NEW.bytes IS NOT OLD.bytes OR NEW.sha256 IS NOT OLD.sha256
    OR NEW.generated_at IS NOT OLD.generated_at OR NEW.expires_at IS NOT OLD.expires_at
    OR NEW.rows_done IS NOT OLD.rows_done OR (OLD.downloaded_at IS NOT NULL AND NEW.downloaded_at IS NOT OLD.downloaded_at))
BEGIN SELECT RAISE(ABORT, 'export_run_says_its_size_once'); END;

-- What stands for a value outside (E4). Of the token itself only a keyed digest is kept.
CREATE TABLE vault_token (
    digest   BLOB    NOT NULL PRIMARY KEY,
    export   BLOB    NOT NULL,
    customer BLOB    NOT NULL,
    field    TEXT    NOT NULL,
    item     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER vault_token_is_never_changed BEFORE UPDATE ON vault_token
BEGIN SELECT RAISE(ABORT, 'vault_token_is_never_changed'); END;

-- Checks of the ways by which data may leave (JR/T 0171 6.1.4.2 g).
CREATE TABLE channel_check (
    id         BLOB    NOT NULL PRIMARY KEY,
    channel    TEXT    NOT NULL
        CONSTRAINT channel_is_known CHECK (channel IN ('export', 'log_bundle', 'backup', 'browser')),
    sound      INTEGER NOT NULL,
    note       TEXT    NOT NULL,
    salt       BLOB    NOT NULL,
    checked_by BLOB    NOT NULL REFERENCES staff (id),
    checked_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL
) STRICT;
CREATE TRIGGER channel_check_is_never_changed BEFORE UPDATE ON channel_check
BEGIN SELECT RAISE(ABORT, 'channel_check_is_never_changed'); END;
CREATE TRIGGER channel_check_is_never_deleted BEFORE DELETE ON channel_check
BEGIN SELECT RAISE(ABORT, 'channel_check_is_never_deleted'); END;

-- What a bounded export may filter by: the opening day and the product, both C1 and visible (E1). Empty until the
-- customer is imported again or `grille remask` passes.
ALTER TABLE customer ADD COLUMN opened_on TEXT;
ALTER TABLE customer ADD COLUMN product TEXT;
CREATE INDEX customer_by_opening ON customer (branch, opened_on);
