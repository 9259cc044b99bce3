-- One live session a person (U5), whatever staff record they sign in with; and how each of the others ended.
ALTER TABLE session ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN ended_by TEXT
    CONSTRAINT session_ended_by_is_known CHECK (ended_by IN ('sign_out', 'sign_in', 'admin', 'idle', 'age'));
-- from where it began, for its owner to look at
ALTER TABLE session ADD COLUMN address TEXT;
ALTER TABLE session ADD COLUMN device TEXT;
UPDATE session SET person = (SELECT person FROM staff WHERE staff.id = session.staff);
-- Of several live sessions none is the right one: whoever is there signs in anew.
UPDATE session SET ended_at = seen_at WHERE ended_at IS NULL;
UPDATE session SET ended_by = 'sign_out';

CREATE UNIQUE INDEX session_is_one_a_person ON session (person) WHERE ended_at IS NULL;
CREATE INDEX session_by_person ON session (person, started_at);
CREATE TRIGGER session_ends_for_a_reason BEFORE UPDATE OF ended_at ON session
WHEN NEW.ended_by IS NULL
BEGIN SELECT RAISE(ABORT, 'session_ends_for_a_reason'); END;
CREATE TRIGGER session_ends_once BEFORE UPDATE OF ended_at ON session
WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'session_ends_once'); END;
