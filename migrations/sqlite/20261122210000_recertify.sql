-- Rights last until a date (issue 4, U7): before it somebody answerable certifies that the person still needs
-- exactly this role and branch, after it the record lapses.
ALTER TABLE staff ADD COLUMN certified_until INTEGER NOT NULL DEFAULT 0;
-- set when the record lapsed, which suspends it; none where an administrator suspended
ALTER TABLE staff ADD COLUMN lapsed_at INTEGER;
-- Nobody lapses by an upgrade: whoever is there has ninety days to be looked at.
UPDATE staff SET certified_until = (CAST(strftime('%s', 'now') AS INTEGER) + 90 * 86400) * 1000;
CREATE INDEX staff_by_certified_until ON staff (certified_until);

-- Who looked at whom, and what there was to see. Written once.
CREATE TABLE staff_certification (
    staff           BLOB    NOT NULL REFERENCES staff (id),
    role            TEXT    NOT NULL
        CONSTRAINT staff_certification_role_is_known CHECK (role IN ('operator', 'approver', 'supervisor', 'admin', 'auditor')),
    unit            TEXT    NOT NULL,
    -- version of the record that was certified
    version         INTEGER NOT NULL,
    -- none for the command line of the machine itself
    certified_by    BLOB    REFERENCES staff (id),
    -- the person, not the login: nobody certifies themselves
    by_person       TEXT,
    certified_at    INTEGER NOT NULL,
    certified_until INTEGER NOT NULL
        CONSTRAINT staff_certification_is_for_later CHECK (certified_until > certified_at),
    CONSTRAINT staff_certification_is_of_somebody CHECK ((certified_by IS NULL) = (by_person IS NULL))
) STRICT;
CREATE INDEX staff_certification_by_staff ON staff_certification (staff, certified_until);

CREATE TRIGGER staff_certification_takes_another_person BEFORE INSERT ON staff_certification
WHEN (SELECT person FROM staff WHERE id = NEW.staff)
    IN (NEW.by_person, (SELECT person FROM staff WHERE id = NEW.certified_by))
BEGIN SELECT RAISE(ABORT, 'staff_certification_takes_another_person'); END;
CREATE TRIGGER staff_certification_is_never_changed BEFORE UPDATE ON staff_certification
BEGIN SELECT RAISE(ABORT, 'staff_certification_is_never_changed'); END;
CREATE TRIGGER staff_certification_is_never_deleted BEFORE DELETE ON staff_certification
BEGIN SELECT RAISE(ABORT, 'staff_certification_is_never_deleted'); END;
-- And the date of a record does not move without one.
CREATE TRIGGER staff_certified_until_moves_with_a_certification BEFORE UPDATE OF certified_until ON staff
WHEN NEW.certified_until <> OLD.certified_until AND NOT EXISTS (
    SELECT 1 FROM staff_certification WHERE staff = NEW.id AND certified_until = NEW.certified_until)
BEGIN SELECT RAISE(ABORT, 'staff_certified_until_moves_with_a_certification'); END;
