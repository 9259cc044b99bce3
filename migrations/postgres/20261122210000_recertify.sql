-- Rights last until a date (issue 4, U7): before it somebody answerable certifies that the person still needs
-- exactly this role and branch, after it the record lapses.
ALTER TABLE staff ADD COLUMN certified_until BIGINT NOT NULL DEFAULT 0;
-- set when the record lapsed, which suspends it; none where an administrator suspended
ALTER TABLE staff ADD COLUMN lapsed_at BIGINT;
CREATE INDEX staff_by_certified_until ON staff (certified_until);

-- Who looked at whom, and what there was to see. Written once.
CREATE TABLE staff_certification (
    staff           BYTEA            NOT NULL REFERENCES staff (id),
    role            TEXT COLLATE "C" NOT NULL
        CONSTRAINT staff_certification_role_is_known CHECK (role IN (
            'operator', 'approver', 'supervisor', 'admin', 'auditor')),
    unit            TEXT COLLATE "C" NOT NULL,
    -- version of the record that was certified
    version         BIGINT           NOT NULL,
    -- none for the command line of the machine itself
    certified_by    BYTEA            REFERENCES staff (id),
    -- the person, not the login: nobody certifies themselves
    by_person       TEXT COLLATE "C",
    certified_at    BIGINT           NOT NULL,
    certified_until BIGINT           NOT NULL
        CONSTRAINT staff_certification_is_for_later CHECK (certified_until > certified_at),
    CONSTRAINT staff_certification_is_of_somebody CHECK ((certified_by IS NULL) = (by_person IS NULL))
);
CREATE INDEX staff_certification_by_staff ON staff_certification (staff, certified_until);

CREATE FUNCTION staff_certification_takes_another_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT person FROM public.staff WHERE id = NEW.staff)
        IN (NEW.by_person, (SELECT person FROM public.staff WHERE id = NEW.certified_by)) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_certification_takes_another_person BEFORE INSERT ON staff_certification
FOR EACH ROW EXECUTE FUNCTION staff_certification_takes_another_person();
CREATE TRIGGER staff_certification_is_never_changed BEFORE UPDATE ON staff_certification
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TRIGGER staff_certification_is_never_deleted BEFORE DELETE OR TRUNCATE ON staff_certification
FOR EACH STATEMENT EXECUTE FUNCTION refuse();
-- And the date of a record does not move without one.
CREATE FUNCTION staff_certified_until_moves_with_a_certification() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.certified_until <> OLD.certified_until AND NOT EXISTS (
        SELECT 1 FROM public.staff_certification WHERE staff = NEW.id AND certified_until = NEW.certified_until) THEN
        RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_certified_until_moves_with_a_certification BEFORE UPDATE OF certified_until ON staff
FOR EACH ROW EXECUTE FUNCTION staff_certified_until_moves_with_a_certification();

GRANT SELECT ON staff_certification TO grille_app, grille_desk;
GRANT INSERT ON staff_certification TO grille_app;
