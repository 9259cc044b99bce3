-- One live session a person (U5), whatever staff record they sign in with; and how each of the others ended.
ALTER TABLE session ADD COLUMN person TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN ended_by TEXT COLLATE "C"
    CONSTRAINT session_ended_by_is_known CHECK (ended_by IN ('sign_out', 'sign_in', 'admin', 'idle', 'age'));
-- from where it began, for its owner to look at
ALTER TABLE session ADD COLUMN address TEXT COLLATE "C";
ALTER TABLE session ADD COLUMN device TEXT COLLATE "C";

CREATE UNIQUE INDEX session_is_one_a_person ON session (person) WHERE ended_at IS NULL;
CREATE INDEX session_by_person ON session (person, started_at);
CREATE TRIGGER session_ends_for_a_reason BEFORE UPDATE OF ended_at ON session
FOR EACH ROW WHEN (NEW.ended_by IS NULL)
EXECUTE FUNCTION refuse();
CREATE TRIGGER session_ends_once BEFORE UPDATE OF ended_at ON session
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL)
EXECUTE FUNCTION refuse();
