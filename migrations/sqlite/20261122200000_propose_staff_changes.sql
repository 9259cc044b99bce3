-- Changes to one member of staff that two administrators make (issue 4, U4): what was proposed, what was
-- decided, and the one-time link that some of them give. The first two are written once.
CREATE TABLE staff_change (
    id            BLOB    NOT NULL PRIMARY KEY,
    change        TEXT    NOT NULL
        CONSTRAINT staff_change_is_known CHECK (change IN ('invite', 'reinstate', 'move', 'reset_factor', 'reset_password')),
    staff_no      TEXT    NOT NULL,
    -- as the record would be afterwards
    person        TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL
        CONSTRAINT staff_change_role_is_known CHECK (role IN ('operator', 'approver', 'supervisor', 'admin', 'auditor')),
    unit          TEXT    NOT NULL,
    -- version of the record that the proposer saw; 0 where there is none
    version       INTEGER NOT NULL,
    -- and what it said then
    role_before   TEXT,
    unit_before   TEXT,
    proposed_by   BLOB    NOT NULL REFERENCES staff (id),
    -- the person, not the login: four eyes belong to two people
    by_person     TEXT    NOT NULL,
    -- the proposer's own record then: whatever changes it, a suspension too, ends what they proposed
    by_version    INTEGER NOT NULL,
    proposed_at   INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_change_by_number ON staff_change (staff_no, proposed_at);
CREATE INDEX staff_change_by_time ON staff_change (proposed_at);
CREATE INDEX staff_change_by_proposer ON staff_change (by_person, proposed_at);
CREATE INDEX staff_change_by_person ON staff_change (person, proposed_at);

CREATE TABLE staff_decision (
    change     BLOB    NOT NULL PRIMARY KEY REFERENCES staff_change (id),
    confirmed  INTEGER NOT NULL,
    note       TEXT    NOT NULL,
    salt       BLOB    NOT NULL,
    decided_by BLOB    NOT NULL REFERENCES staff (id),
    by_person  TEXT    NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER staff_decision_takes_two_people BEFORE INSERT ON staff_decision
WHEN NEW.by_person IN (SELECT by_person FROM staff_change WHERE id = NEW.change
                       UNION SELECT person FROM staff_change WHERE id = NEW.change)
BEGIN SELECT RAISE(ABORT, 'staff_decision_takes_two_people'); END;
CREATE TRIGGER staff_change_is_never_changed BEFORE UPDATE ON staff_change
BEGIN SELECT RAISE(ABORT, 'staff_change_is_never_changed'); END;
CREATE TRIGGER staff_change_is_never_deleted BEFORE DELETE ON staff_change
BEGIN SELECT RAISE(ABORT, 'staff_change_is_never_deleted'); END;
CREATE TRIGGER staff_decision_is_never_changed BEFORE UPDATE ON staff_decision
BEGIN SELECT RAISE(ABORT, 'staff_decision_is_never_changed'); END;
CREATE TRIGGER staff_decision_is_never_deleted BEFORE DELETE ON staff_decision
BEGIN SELECT RAISE(ABORT, 'staff_decision_is_never_deleted'); END;

-- A link that a confirmed change gives. Made when it is confirmed; its secret is made when the proposer takes
-- it, and only the hash of that is kept.
CREATE TABLE enrol_link (
    change      BLOB    NOT NULL PRIMARY KEY REFERENCES staff_decision (change),
    token_hash  BLOB    CONSTRAINT enrol_link_token_is_unique UNIQUE,
    expires_at  INTEGER NOT NULL,
    -- answers that were not those of whoever it is for
    tries       INTEGER NOT NULL DEFAULT 0,
    used_at     INTEGER
) STRICT;
CREATE TRIGGER enrol_link_is_taken_once BEFORE UPDATE OF token_hash ON enrol_link
WHEN OLD.token_hash IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'enrol_link_is_taken_once'); END;
CREATE TRIGGER enrol_link_is_used_once BEFORE UPDATE OF used_at ON enrol_link
WHEN OLD.used_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'enrol_link_is_used_once'); END;

-- A person is known by this number in one spelling: two would be two people to each other.
CREATE TRIGGER staff_person_has_one_spelling BEFORE INSERT ON staff
WHEN EXISTS (SELECT 1 FROM staff WHERE lower(person) = lower(NEW.person) AND person <> NEW.person)
BEGIN SELECT RAISE(ABORT, 'staff_person_has_one_spelling'); END;

-- After a factor reset the person reveals nothing for a day (U4).
ALTER TABLE staff ADD COLUMN reveal_frozen_until INTEGER NOT NULL DEFAULT 0;
CREATE INDEX staff_by_person ON staff (person);
