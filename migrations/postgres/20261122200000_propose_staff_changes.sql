-- Changes to one member of staff that two administrators make (issue 4, U4): what was proposed, what was
-- decided, and the one-time link that some of them give. The first two are written once.
CREATE TABLE staff_change (
    id            BYTEA            NOT NULL PRIMARY KEY,
    change        TEXT COLLATE "C" NOT NULL
        CONSTRAINT staff_change_is_known CHECK (change IN (
            'invite', 'reinstate', 'move', 'reset_factor', 'reset_password')),
    staff_no      TEXT COLLATE "C" NOT NULL,
    -- as the record would be afterwards
    person        TEXT COLLATE "C" NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    role          TEXT COLLATE "C" NOT NULL
        CONSTRAINT staff_change_role_is_known CHECK (role IN (
            'operator', 'approver', 'supervisor', 'admin', 'auditor')),
    unit          TEXT COLLATE "C" NOT NULL,
    -- version of the record that the proposer saw; 0 where there is none
    version       BIGINT           NOT NULL,
    -- and what it said then
    role_before   TEXT COLLATE "C",
    unit_before   TEXT COLLATE "C",
    proposed_by   BYTEA            NOT NULL REFERENCES staff (id),
    -- the person, not the login: four eyes belong to two people
    by_person     TEXT COLLATE "C" NOT NULL,
    -- the proposer's own record then: whatever changes it, a suspension too, ends what they proposed
    by_version    BIGINT           NOT NULL,
    proposed_at   BIGINT           NOT NULL,
    expires_at    BIGINT           NOT NULL
);
CREATE INDEX staff_change_by_number ON staff_change (staff_no, proposed_at);
CREATE INDEX staff_change_by_time ON staff_change (proposed_at);
CREATE INDEX staff_change_by_proposer ON staff_change (by_person, proposed_at);
CREATE INDEX staff_change_by_person ON staff_change (person, proposed_at);

CREATE TABLE staff_decision (
    change     BYTEA            NOT NULL PRIMARY KEY REFERENCES staff_change (id),
    confirmed  BIGINT           NOT NULL,
    note       TEXT COLLATE "C" NOT NULL,
    salt       BYTEA            NOT NULL,
    decided_by BYTEA            NOT NULL REFERENCES staff (id),
    by_person  TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT           NOT NULL
);

CREATE FUNCTION staff_decision_takes_two_people() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.by_person IN (SELECT by_person FROM public.staff_change WHERE id = NEW.change
                           UNION SELECT person FROM public.staff_change WHERE id = NEW.change) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_decision_takes_two_people BEFORE INSERT ON staff_decision
FOR EACH ROW EXECUTE FUNCTION staff_decision_takes_two_people();
CREATE TRIGGER staff_change_is_never_changed BEFORE UPDATE ON staff_change
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER staff_change_is_never_deleted BEFORE DELETE OR TRUNCATE ON staff_change
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER staff_decision_is_never_changed BEFORE UPDATE ON staff_decision
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER staff_decision_is_never_deleted BEFORE DELETE OR TRUNCATE ON staff_decision
FOR EACH STATEMENT EXECUTE FUNCTION refuse();

-- A link that a confirmed change gives. Made when it is confirmed; its secret is made when the proposer takes
-- it, and only the hash of that is kept.
CREATE TABLE enrol_link (
    change      BYTEA  NOT NULL PRIMARY KEY REFERENCES staff_decision (change),
    token_hash  BYTEA  CONSTRAINT enrol_link_token_is_unique UNIQUE,
    expires_at  BIGINT NOT NULL,
    -- answers that were not those of whoever it is for
    tries       BIGINT NOT NULL DEFAULT 0,
    used_at     BIGINT
);
CREATE TRIGGER enrol_link_is_taken_once BEFORE UPDATE OF token_hash ON enrol_link
FOR EACH ROW WHEN (OLD.token_hash IS NOT NULL)
EXECUTE FUNCTION refuse();
CREATE TRIGGER enrol_link_is_used_once BEFORE UPDATE OF used_at ON enrol_link
FOR EACH ROW WHEN (OLD.used_at IS NOT NULL)
EXECUTE FUNCTION refuse();

-- A person is known by this number in one spelling: two would be two people to each other.
CREATE FUNCTION staff_person_has_one_spelling() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM public.staff WHERE lower(person) = lower(NEW.person) AND person <> NEW.person) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_person_has_one_spelling BEFORE INSERT ON staff
FOR EACH ROW EXECUTE FUNCTION staff_person_has_one_spelling();

-- After a factor reset the person reveals nothing for a day (U4).
ALTER TABLE staff ADD COLUMN reveal_frozen_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX staff_by_person ON staff (person);

GRANT SELECT ON staff_change, staff_decision, enrol_link TO grille_app, grille_desk;
GRANT INSERT ON staff_change, staff_decision, enrol_link TO grille_app;
GRANT UPDATE ON enrol_link TO grille_app;
