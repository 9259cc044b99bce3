-- Exports that two people answer for (issue 5, E1-E6). What was asked, frozen, voted and confirmed is written
-- once; the one row that moves is the run's, and it moves forward only.

-- To whom files may go. A changed key is a new recipient; what is known of one is never rewritten.
CREATE TABLE recipient (
    id             BYTEA            NOT NULL PRIMARY KEY,
    name           TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL
        CONSTRAINT recipient_kind_is_known CHECK (kind IN ('internal', 'group', 'third_party', 'authority')),
    contact        TEXT COLLATE "C" NOT NULL,
    -- the public key that files are sealed to (age, X25519)
    sealing_key    TEXT COLLATE "C" NOT NULL,
    -- of the recipient's own security (JR/T 0171 6.1.4.2 b), and until when it is good
    assessment     TEXT COLLATE "C" NOT NULL,
    assessed_until BIGINT           NOT NULL,
    -- what the recipient committed to: number of the contract or undertaking
    commitment     TEXT COLLATE "C" NOT NULL,
    proposed_by    BYTEA            NOT NULL REFERENCES staff (id),
    by_person      TEXT COLLATE "C" NOT NULL,
    by_unit        TEXT COLLATE "C" NOT NULL,
    by_version     BIGINT           NOT NULL,
    proposed_at    BIGINT           NOT NULL,
    expires_at     BIGINT           NOT NULL
);
CREATE INDEX recipient_by_time ON recipient (proposed_at);

CREATE TABLE recipient_decision (
    recipient  BYTEA            NOT NULL PRIMARY KEY REFERENCES recipient (id),
    confirmed  BIGINT           NOT NULL,
    -- by which the key's fingerprint was compared: a call, a meeting, a letter
    channel    TEXT COLLATE "C" NOT NULL,
    note       TEXT COLLATE "C" NOT NULL,
    salt       BYTEA            NOT NULL,
    decided_by BYTEA            NOT NULL REFERENCES staff (id),
    by_person  TEXT COLLATE "C" NOT NULL,
    by_unit    TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT           NOT NULL
);

-- Taking a right away takes one person.
CREATE TABLE recipient_end (
    recipient BYTEA  NOT NULL PRIMARY KEY REFERENCES recipient_decision (recipient),
    ended_by  BYTEA  NOT NULL REFERENCES staff (id),
    ended_at  BIGINT NOT NULL
);

CREATE FUNCTION recipient_decision_takes_two_people() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.by_person = (SELECT by_person FROM public.recipient WHERE id = NEW.recipient) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recipient_decision_takes_two_people BEFORE INSERT ON recipient_decision
FOR EACH ROW EXECUTE FUNCTION recipient_decision_takes_two_people();
CREATE FUNCTION recipient_decision_takes_two_units() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.by_unit = (SELECT by_unit FROM public.recipient WHERE id = NEW.recipient) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recipient_decision_takes_two_units BEFORE INSERT ON recipient_decision
FOR EACH ROW EXECUTE FUNCTION recipient_decision_takes_two_units();
CREATE TRIGGER recipient_is_never_changed BEFORE UPDATE ON recipient
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER recipient_is_never_deleted BEFORE DELETE OR TRUNCATE ON recipient
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER recipient_decision_is_never_changed BEFORE UPDATE ON recipient_decision
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER recipient_decision_is_never_deleted BEFORE DELETE OR TRUNCATE ON recipient_decision
FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- A request, frozen when it is drawn up: whoever wants anything else draws up another.
CREATE TABLE export (
    id           BYTEA            NOT NULL PRIMARY KEY,
    requester    BYTEA            NOT NULL REFERENCES staff (id),
    -- the person, not the login: duties belong to people
    by_person    TEXT COLLATE "C" NOT NULL,
    by_unit      TEXT COLLATE "C" NOT NULL,
    by_version   BIGINT           NOT NULL,
    recipient    BYTEA            NOT NULL REFERENCES recipient (id),
    -- canonical bytes, stored as they are hashed
    frozen       BYTEA            NOT NULL,
    digest       BYTEA            NOT NULL,
    row_count    BIGINT           NOT NULL CONSTRAINT export_has_rows CHECK (row_count > 0),
    votes_needed BIGINT           NOT NULL CONSTRAINT export_takes_one_or_two CHECK (votes_needed IN (1, 2)),
    created_at   BIGINT           NOT NULL,
    expires_at   BIGINT           NOT NULL
);
CREATE INDEX export_by_person ON export (by_person, created_at);
CREATE INDEX export_by_time ON export (created_at);

-- Requests that are being drawn up, and those that were: what never came to be is swept away.
CREATE TABLE export_staging (
    export   BYTEA  NOT NULL PRIMARY KEY,
    begun_at BIGINT NOT NULL
);
CREATE INDEX export_staging_by_time ON export_staging (begun_at);

-- Whose rows. Written before the request is, and never after.
CREATE TABLE export_row (
    export   BYTEA  NOT NULL,
    customer BYTEA  NOT NULL,
    PRIMARY KEY (export, customer)
);

CREATE TABLE export_submission (
    export       BYTEA            NOT NULL PRIMARY KEY REFERENCES export (id),
    factor       TEXT COLLATE "C" NOT NULL
        CONSTRAINT export_submission_factor_is_known CHECK (factor IN ('totp', 'passkey')),
    submitted_at BIGINT           NOT NULL,
    expires_at   BIGINT           NOT NULL
);

-- Since when somebody who might decide has it before them: think-time counts from here.
CREATE TABLE export_reading (
    export  BYTEA            NOT NULL REFERENCES export (id),
    person  TEXT COLLATE "C" NOT NULL,
    read_at BIGINT           NOT NULL,
    PRIMARY KEY (export, person)
);

CREATE TABLE export_vote (
    export     BYTEA            NOT NULL REFERENCES export_submission (export),
    staff      BYTEA            NOT NULL REFERENCES staff (id),
    person     TEXT COLLATE "C" NOT NULL,
    unit       TEXT COLLATE "C" NOT NULL,
    by_version BIGINT           NOT NULL,
    approved   BIGINT           NOT NULL,
    -- of the request that was decided
    digest     BYTEA            NOT NULL,
    note       TEXT COLLATE "C" NOT NULL,
    salt       BYTEA            NOT NULL,
    factor     TEXT COLLATE "C" NOT NULL
        CONSTRAINT export_vote_factor_is_known CHECK (factor IN ('totp', 'passkey')),
    think_ms   BIGINT,
    voted_at   BIGINT           NOT NULL,
    PRIMARY KEY (export, person)
);
CREATE INDEX export_vote_by_person ON export_vote (person, voted_at);

-- The requester takes it back; at any time before the file is fetched.
CREATE TABLE export_withdrawal (
    export       BYTEA  NOT NULL PRIMARY KEY REFERENCES export (id),
    withdrawn_at BIGINT NOT NULL
);

-- Making the file. Begun anew from the start after a crash: nothing of a first try is kept.
CREATE TABLE export_run (
    export        BYTEA            NOT NULL PRIMARY KEY REFERENCES export_submission (export),
    state         TEXT COLLATE "C" NOT NULL
        CONSTRAINT export_run_state_is_known
        CHECK (state IN ('queued', 'running', 'failed', 'generated', 'downloaded', 'destroyed')),
    asked_at      BIGINT           NOT NULL,
    attempts      BIGINT           NOT NULL DEFAULT 0,
    heartbeat     BIGINT           NOT NULL,
    rows_done     BIGINT           NOT NULL DEFAULT 0,
    -- why it failed
    code          TEXT COLLATE "C",
    bytes         BIGINT,
    sha256        BYTEA,
    generated_at  BIGINT,
    expires_at    BIGINT,
    download_factor TEXT COLLATE "C",
    downloaded_at BIGINT,
    destroyed_at  BIGINT
);
CREATE INDEX export_run_by_state ON export_run (state);

CREATE FUNCTION export_row_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.export WHERE id = NEW.export) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_row_is_frozen BEFORE INSERT ON export_row
FOR EACH ROW EXECUTE FUNCTION export_row_is_frozen();
CREATE TRIGGER export_row_is_never_changed BEFORE UPDATE ON export_row
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
-- rows of a request that nobody submitted are swept away
CREATE FUNCTION export_row_is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.export_submission WHERE export = OLD.export) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER export_row_is_never_deleted BEFORE DELETE ON export_row
FOR EACH ROW EXECUTE FUNCTION export_row_is_never_deleted();
CREATE TRIGGER export_row_is_never_emptied BEFORE TRUNCATE ON export_row
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER export_is_never_changed BEFORE UPDATE ON export
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER export_is_never_deleted BEFORE DELETE OR TRUNCATE ON export
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER export_submission_is_never_changed BEFORE UPDATE ON export_submission
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER export_submission_is_never_deleted BEFORE DELETE OR TRUNCATE ON export_submission
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE FUNCTION export_vote_takes_another_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.person = (SELECT by_person FROM public.export WHERE id = NEW.export) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_vote_takes_another_person BEFORE INSERT ON export_vote
FOR EACH ROW EXECUTE FUNCTION export_vote_takes_another_person();
CREATE FUNCTION export_vote_takes_another_unit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.unit = (SELECT by_unit FROM public.export WHERE id = NEW.export)
        OR NEW.unit IN (SELECT unit FROM public.export_vote WHERE export = NEW.export) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_vote_takes_another_unit BEFORE INSERT ON export_vote
FOR EACH ROW EXECUTE FUNCTION export_vote_takes_another_unit();
CREATE FUNCTION export_vote_is_for_what_was_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.digest <> (SELECT digest FROM public.export WHERE id = NEW.export) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_vote_is_for_what_was_frozen BEFORE INSERT ON export_vote
FOR EACH ROW EXECUTE FUNCTION export_vote_is_for_what_was_frozen();
CREATE FUNCTION export_vote_ends_with_a_rejection() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.export_vote WHERE export = NEW.export AND approved = 0)
        OR EXISTS (SELECT 1 FROM public.export_withdrawal WHERE export = NEW.export) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_vote_ends_with_a_rejection BEFORE INSERT ON export_vote
FOR EACH ROW EXECUTE FUNCTION export_vote_ends_with_a_rejection();
CREATE TRIGGER export_vote_is_never_changed BEFORE UPDATE ON export_vote
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER export_vote_is_never_deleted BEFORE DELETE OR TRUNCATE ON export_vote
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE FUNCTION export_run_takes_its_votes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state <> 'queued'
        OR (SELECT COUNT(*) FROM public.export_vote WHERE export = NEW.export AND approved = 1)
            < (SELECT votes_needed FROM public.export WHERE id = NEW.export)
        OR EXISTS (SELECT 1 FROM public.export_vote WHERE export = NEW.export AND approved = 0)
        OR EXISTS (SELECT 1 FROM public.export_withdrawal WHERE export = NEW.export) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_run_takes_its_votes BEFORE INSERT ON export_run
FOR EACH ROW EXECUTE FUNCTION export_run_takes_its_votes();
CREATE TRIGGER export_run_goes_forward BEFORE UPDATE OF state ON export_run
FOR EACH ROW WHEN (NOT ((OLD.state IN ('queued', 'running') AND NEW.state IN ('running', 'failed', 'generated'))
    OR (OLD.state = 'generated' AND NEW.state IN ('downloaded', 'destroyed'))
    OR (OLD.state IN ('downloaded', 'failed') AND NEW.state = 'destroyed')))
EXECUTE FUNCTION refuse();
-- JR/T 0171 6.1.4.2 f: the operator is identified by two techniques
CREATE FUNCTION export_run_takes_two_kinds_of_factor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.state = 'downloaded' AND (NEW.download_factor IS NULL
        OR NEW.download_factor = (SELECT factor FROM public.export_submission WHERE export = NEW.export)) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_run_takes_two_kinds_of_factor BEFORE UPDATE OF state ON export_run
FOR EACH ROW EXECUTE FUNCTION export_run_takes_two_kinds_of_factor();
CREATE TRIGGER export_run_is_never_deleted BEFORE DELETE OR TRUNCATE ON export_run
FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- Who answers for something is who is signed in, not a name beside their number.
CREATE FUNCTION export_is_of_its_staff() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.staff WHERE id = NEW.requester AND person = NEW.by_person AND unit = NEW.by_unit) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_is_of_its_staff BEFORE INSERT ON export
FOR EACH ROW EXECUTE FUNCTION export_is_of_its_staff();
CREATE FUNCTION export_vote_is_of_its_staff() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.staff WHERE id = NEW.staff AND person = NEW.person AND unit = NEW.unit) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_vote_is_of_its_staff BEFORE INSERT ON export_vote
FOR EACH ROW EXECUTE FUNCTION export_vote_is_of_its_staff();
CREATE FUNCTION recipient_decision_is_of_its_staff() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.staff WHERE id = NEW.decided_by AND person = NEW.by_person AND unit = NEW.by_unit) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recipient_decision_is_of_its_staff BEFORE INSERT ON recipient_decision
FOR EACH ROW EXECUTE FUNCTION recipient_decision_is_of_its_staff();

-- What is there is left as it is: by an error, or without one where a second try is an answer.
CREATE FUNCTION export_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.export WHERE id = NEW.id) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_is_written_once BEFORE INSERT ON export
FOR EACH ROW EXECUTE FUNCTION export_is_written_once();
CREATE FUNCTION recipient_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.recipient WHERE id = NEW.id) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recipient_is_written_once BEFORE INSERT ON recipient
FOR EACH ROW EXECUTE FUNCTION recipient_is_written_once();
CREATE FUNCTION recipient_decision_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.recipient_decision WHERE recipient = NEW.recipient) THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recipient_decision_is_written_once BEFORE INSERT ON recipient_decision
FOR EACH ROW EXECUTE FUNCTION recipient_decision_is_written_once();
CREATE FUNCTION recipient_end_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.recipient_end WHERE recipient = NEW.recipient) THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recipient_end_is_written_once BEFORE INSERT ON recipient_end
FOR EACH ROW EXECUTE FUNCTION recipient_end_is_written_once();
CREATE FUNCTION export_submission_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.export_submission WHERE export = NEW.export) THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_submission_is_written_once BEFORE INSERT ON export_submission
FOR EACH ROW EXECUTE FUNCTION export_submission_is_written_once();
CREATE FUNCTION export_vote_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.export_vote WHERE export = NEW.export AND person = NEW.person) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_vote_is_written_once BEFORE INSERT ON export_vote
FOR EACH ROW EXECUTE FUNCTION export_vote_is_written_once();
CREATE FUNCTION export_withdrawal_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.export_withdrawal WHERE export = NEW.export) THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_withdrawal_is_written_once BEFORE INSERT ON export_withdrawal
FOR EACH ROW EXECUTE FUNCTION export_withdrawal_is_written_once();
CREATE FUNCTION export_run_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.export_run WHERE export = NEW.export) THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER export_run_is_written_once BEFORE INSERT ON export_run
FOR EACH ROW EXECUTE FUNCTION export_run_is_written_once();
CREATE TRIGGER export_withdrawal_is_never_changed BEFORE UPDATE ON export_withdrawal
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER export_withdrawal_is_never_deleted BEFORE DELETE OR TRUNCATE ON export_withdrawal
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER recipient_end_is_never_changed BEFORE UPDATE ON recipient_end
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER recipient_end_is_never_deleted BEFORE DELETE OR TRUNCATE ON recipient_end
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER export_run_says_its_size_once BEFORE UPDATE ON export_run
FOR EACH ROW WHEN (OLD.state NOT IN ('queued', 'running') AND (
    (NEW.bytes, NEW.sha256, NEW.generated_at, NEW.expires_at, NEW.rows_done)
        IS DISTINCT FROM (OLD.bytes, OLD.sha256, OLD.generated_at, OLD.expires_at, OLD.rows_done)
    OR (OLD.downloaded_at IS NOT NULL AND NEW.downloaded_at IS DISTINCT FROM OLD.downloaded_at)))
EXECUTE FUNCTION refuse();

-- What stands for a value outside (E4). Of the token itself only a keyed digest is kept.
CREATE TABLE vault.vault_token (
    digest   BYTEA            NOT NULL PRIMARY KEY,
    export   BYTEA            NOT NULL,
    customer BYTEA            NOT NULL,
    field    TEXT COLLATE "C" NOT NULL,
    item     BIGINT           NOT NULL
);

CREATE TRIGGER vault_token_is_never_changed BEFORE UPDATE ON vault.vault_token
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
GRANT SELECT, INSERT, DELETE ON vault.vault_token TO grille_app;
GRANT SELECT ON vault.vault_token TO grille_vault;

-- Checks of the ways by which data may leave (JR/T 0171 6.1.4.2 g).
CREATE TABLE channel_check (
    id         BYTEA            NOT NULL PRIMARY KEY,
    channel    TEXT COLLATE "C" NOT NULL
        CONSTRAINT channel_is_known CHECK (channel IN ('export', 'log_bundle', 'backup', 'browser')),
    sound      BIGINT           NOT NULL,
    note       TEXT COLLATE "C" NOT NULL,
    salt       BYTEA            NOT NULL,
    checked_by BYTEA            NOT NULL REFERENCES staff (id),
    checked_at BIGINT           NOT NULL,
    due_at     BIGINT           NOT NULL
);
CREATE TRIGGER channel_check_is_never_changed BEFORE UPDATE ON channel_check
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER channel_check_is_never_deleted BEFORE DELETE OR TRUNCATE ON channel_check
FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- What a bounded export may filter by: the opening day and the product, both C1 and visible (E1). Empty until the
-- customer is imported again or `grille remask` passes.
ALTER TABLE customer ADD COLUMN opened_on TEXT COLLATE "C";
ALTER TABLE customer ADD COLUMN product TEXT COLLATE "C";
CREATE INDEX customer_by_opening ON customer (branch, opened_on);

GRANT SELECT ON recipient, recipient_decision, recipient_end, export, export_staging, export_row, export_submission,
    export_reading, export_vote, export_withdrawal, export_run, channel_check TO grille_app, grille_desk;
GRANT INSERT ON recipient, recipient_decision, recipient_end, export, export_staging, export_row, export_submission,
    export_reading, export_vote, export_withdrawal, export_run, channel_check TO grille_app;
GRANT UPDATE ON export_run TO grille_app;
GRANT DELETE ON export_staging, export_row TO grille_app;
GRANT SELECT ON export_row TO grille_vault;
