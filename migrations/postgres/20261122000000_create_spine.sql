-- The spine: staff and sessions, cases, customers in three tables with three owners, the log.
-- Time is UTC milliseconds. Ids are 16 bytes (UUIDv7), so that nothing can be walked.
--
-- The same tables, names and refusals as in ../sqlite, file by file. What PostgreSQL adds: the vault is a schema
-- with an owner of its own, each right is granted by name (roles.sql says to whom), and what may not be deleted may
-- not be truncated either. Triggers see what others committed; that two writers never judge by the same state is
-- due to the head of the log, whose row each locks first.

-- Each refusal bears its trigger's name, as message and as constraint.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
END $$;

-- Nobody else makes objects among ours. Before PostgreSQL 15 everybody might.
DO $$ BEGIN
    IF (SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'public') THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
    IF (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()) THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
END $$;
CREATE SCHEMA vault;

CREATE TABLE staff (
    id             BYTEA            NOT NULL PRIMARY KEY,
    staff_no       TEXT COLLATE "C" NOT NULL CONSTRAINT staff_no_is_unique UNIQUE,
    person         TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    role           TEXT COLLATE "C" NOT NULL
        CONSTRAINT staff_role_is_known CHECK (role IN ('operator', 'approver', 'supervisor', 'admin', 'auditor')),
    unit           TEXT COLLATE "C" NOT NULL,
    password_hash  TEXT COLLATE "C" NOT NULL,
    totp_sealed    BYTEA            NOT NULL,
    -- the last TOTP step that was accepted, at sign-in or step-up: it only grows (RFC 6238 5.2)
    totp_step      BIGINT           NOT NULL DEFAULT 0,
    state          TEXT COLLATE "C" NOT NULL DEFAULT 'active'
        CONSTRAINT staff_state_is_known CHECK (state IN ('active', 'suspended')),
    -- grows with each change of rights; what was read for a permission must still hold in the act
    version        BIGINT           NOT NULL DEFAULT 1,
    failures       BIGINT           NOT NULL DEFAULT 0,
    failures_since BIGINT           NOT NULL DEFAULT 0,
    locked_until   BIGINT           NOT NULL DEFAULT 0,
    created_at     BIGINT           NOT NULL
);

CREATE TRIGGER staff_totp_step_only_grows BEFORE UPDATE OF totp_step ON staff
FOR EACH ROW WHEN (NEW.totp_step < OLD.totp_step)
EXECUTE FUNCTION refuse();

-- A password was tried; the second factor has yet to come. staff is NULL for a number nobody has.
CREATE TABLE sign_in_try (
    token_hash  BYTEA  NOT NULL PRIMARY KEY,
    staff       BYTEA,
    password_ok BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX sign_in_try_by_expiry ON sign_in_try (expires_at);

CREATE TABLE session (
    token_hash BYTEA  NOT NULL PRIMARY KEY,
    lineage    BYTEA  NOT NULL CONSTRAINT session_lineage_is_unique UNIQUE,
    staff      BYTEA  NOT NULL REFERENCES staff (id),
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX session_by_staff ON session (staff);

-- Refusals alike in one minute. The first `free` of them are events of their own; the rest become one
-- counting event, made from `template` when the minute is over, so that a flood is not a million (A10).
CREATE TABLE refusal_count (
    source   TEXT COLLATE "C" NOT NULL,
    minute   BIGINT           NOT NULL,
    count    BIGINT           NOT NULL,
    free     BIGINT           NOT NULL,
    template BYTEA            NOT NULL,
    PRIMARY KEY (source, minute)
);

CREATE TABLE note (
    id         BYTEA            NOT NULL PRIMARY KEY,
    person     TEXT COLLATE "C" NOT NULL,
    work_case  BYTEA            NOT NULL,
    salt       BYTEA            NOT NULL,
    body       TEXT COLLATE "C" NOT NULL,
    written_at BIGINT           NOT NULL
);
CREATE INDEX note_by_person ON note (person, written_at);

CREATE TABLE work_case (
    id         BYTEA            NOT NULL PRIMARY KEY,
    staff      BYTEA            NOT NULL REFERENCES staff (id),
    purpose    TEXT COLLATE "C" NOT NULL,
    ticket     TEXT COLLATE "C" NOT NULL,
    identified TEXT COLLATE "C" NOT NULL,
    note       BYTEA            NOT NULL REFERENCES note (id),
    opened_at  BIGINT           NOT NULL,
    closed_at  BIGINT,
    customer   BYTEA,
    handle     BYTEA,
    version    BIGINT           NOT NULL DEFAULT 1
);
CREATE INDEX work_case_open_by_staff ON work_case (staff, closed_at);

CREATE TRIGGER work_case_is_bound_once BEFORE UPDATE OF customer ON work_case
FOR EACH ROW WHEN (OLD.customer IS NOT NULL AND NEW.customer IS DISTINCT FROM OLD.customer)
EXECUTE FUNCTION refuse();

-- A customer's name outside the server: good for one case and person (Q8).
CREATE TABLE handle (
    handle    BYTEA  NOT NULL PRIMARY KEY,
    work_case BYTEA  NOT NULL REFERENCES work_case (id),
    customer  BYTEA  NOT NULL,
    minted_at BIGINT NOT NULL,
    CONSTRAINT handle_is_one_a_customer UNIQUE (work_case, customer)
);

-- What a plain-form search found, handles only, for a page to show after its redirect.
CREATE TABLE search_result (
    id         BYTEA            NOT NULL PRIMARY KEY,
    work_case  BYTEA            NOT NULL,
    lineage    BYTEA            NOT NULL,
    outcome    TEXT COLLATE "C" NOT NULL,
    handles    BYTEA            NOT NULL,
    expires_at BIGINT           NOT NULL
);
CREATE INDEX search_result_by_expiry ON search_result (expires_at);

-- Challenges: each commits to the digest of one act (V2).
CREATE TABLE step_up (
    challenge   BYTEA  NOT NULL PRIMARY KEY,
    digest      BYTEA  NOT NULL,
    staff       BYTEA  NOT NULL,
    lineage     BYTEA  NOT NULL,
    work_case   BYTEA  NOT NULL,
    customer    BYTEA  NOT NULL,
    expires_at  BIGINT NOT NULL,
    wrong       BIGINT NOT NULL DEFAULT 0,
    answered_at BIGINT,
    spent_at    BIGINT
);
CREATE INDEX step_up_by_lineage ON step_up (lineage, work_case, customer, answered_at);

CREATE TABLE policy_state (
    id   BIGINT NOT NULL PRIMARY KEY CONSTRAINT policy_state_is_one_row CHECK (id = 1),
    hash BYTEA  NOT NULL
);

-- Customers. Who there is; what may be seen; what is sealed; what can be found: four tables, so that
-- what shows masks can be denied the rest (JR/T 0171 6.1.3 f).
CREATE TABLE customer (
    id          BYTEA            NOT NULL PRIMARY KEY,
    branch      TEXT COLLATE "C" NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    source_tag  BYTEA            NOT NULL CONSTRAINT customer_source_tag_is_unique UNIQUE,
    content_tag BYTEA            NOT NULL,
    batch       BYTEA            NOT NULL,
    created_at  BIGINT           NOT NULL,
    updated_at  BIGINT           NOT NULL,
    hidden      BIGINT           NOT NULL DEFAULT 0,
    flagged     BIGINT           NOT NULL DEFAULT 0
);

CREATE TABLE customer_mask (
    customer BYTEA            NOT NULL PRIMARY KEY,
    masks    TEXT COLLATE "C" NOT NULL
);

-- Of this schema grille_vault reads, and nobody else's reads reach it. It owns nothing: an owner could drop or empty.
GRANT USAGE ON SCHEMA vault TO grille_app, grille_vault;

CREATE TABLE vault.vault_customer (
    customer    BYTEA  NOT NULL PRIMARY KEY,
    key_version BIGINT NOT NULL,
    wrapped_dek BYTEA  NOT NULL,
    sealed      BYTEA  NOT NULL
);

CREATE TABLE vault.vault_index (
    field    TEXT COLLATE "C" NOT NULL,
    digest   BYTEA            NOT NULL,
    customer BYTEA            NOT NULL,
    PRIMARY KEY (field, digest, customer)
);
CREATE INDEX vault_index_by_customer ON vault.vault_index (customer);

GRANT SELECT, INSERT, UPDATE ON vault.vault_customer TO grille_app;
GRANT SELECT, INSERT, DELETE ON vault.vault_index TO grille_app;
GRANT SELECT ON vault.vault_customer, vault.vault_index TO grille_vault;

-- The log. Rows are written once; the columns beside the bytes are for filters and are verified
-- against the bytes.
CREATE TABLE log_entry (
    seq       BIGINT           NOT NULL PRIMARY KEY,
    leaf_hash BYTEA            NOT NULL,
    bytes     BYTEA            NOT NULL,
    time      BIGINT           NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    decision  TEXT COLLATE "C" NOT NULL,
    code      TEXT COLLATE "C",
    staff_no  TEXT COLLATE "C",
    customer  BYTEA,
    work_case BYTEA,
    purpose   TEXT COLLATE "C",
    field     TEXT COLLATE "C"
);

-- Full tiles only (C2SP tlog-tiles); a partial one is computed from what it would hold. root is the
-- tile's own hash, one entry of the level above.
CREATE TABLE log_tile (
    level  BIGINT NOT NULL,
    idx    BIGINT NOT NULL,
    hashes BYTEA  NOT NULL,
    root   BYTEA  NOT NULL,
    PRIMARY KEY (level, idx)
);

-- The head: moved by compare-and-swap on size, in the transaction that holds the entries. latest is
-- the newest time any event has borne: time never moves back behind it (A6).
CREATE TABLE log_head (
    id     BIGINT           NOT NULL PRIMARY KEY CONSTRAINT log_head_is_one_row CHECK (id = 1),
    size   BIGINT           NOT NULL,
    root   BYTEA            NOT NULL,
    latest BIGINT           NOT NULL,
    note   TEXT COLLATE "C" NOT NULL
);

CREATE TRIGGER log_entry_is_never_changed BEFORE UPDATE ON log_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER log_entry_is_never_deleted BEFORE DELETE OR TRUNCATE ON log_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE FUNCTION log_entry_has_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.seq <> (SELECT COALESCE(MAX(seq) + 1, 0) FROM public.log_entry) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_entry_has_no_gap BEFORE INSERT ON log_entry
FOR EACH ROW EXECUTE FUNCTION log_entry_has_no_gap();
CREATE TRIGGER log_tile_is_never_changed BEFORE UPDATE ON log_tile
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER log_tile_is_never_deleted BEFORE DELETE OR TRUNCATE ON log_tile
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER log_head_only_grows BEFORE UPDATE ON log_head
FOR EACH ROW WHEN (NEW.size < OLD.size OR NEW.latest < OLD.latest)
EXECUTE FUNCTION refuse();
CREATE TRIGGER log_head_is_never_deleted BEFORE DELETE OR TRUNCATE ON log_head
FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- Rights, table by table: what is not named here is refused.
GRANT USAGE ON SCHEMA public TO grille_app, grille_desk, grille_vault;
GRANT SELECT ON _sqlx_migrations, staff, sign_in_try, session, refusal_count, note, work_case, handle, search_result,
    step_up, policy_state, customer, customer_mask, log_entry, log_tile, log_head TO grille_app, grille_desk;
GRANT INSERT ON staff, sign_in_try, session, refusal_count, note, work_case, handle, search_result, step_up,
    policy_state, customer, customer_mask, log_entry, log_tile, log_head TO grille_app;
GRANT UPDATE ON staff, session, refusal_count, work_case, handle, step_up, policy_state, customer, customer_mask,
    log_head TO grille_app;
GRANT DELETE ON sign_in_try, refusal_count, search_result TO grille_app;
-- what is joined to ciphertext where it is read
GRANT SELECT ON customer, customer_mask TO grille_vault;
