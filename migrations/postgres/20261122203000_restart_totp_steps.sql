-- A code works once (U2), so the last used step only grows; but a new seed has codes of its own, and its first one may
-- be of a step whose code was used with the old seed.
DROP TRIGGER staff_totp_step_only_grows ON staff;
CREATE TRIGGER staff_totp_step_only_grows BEFORE UPDATE OF totp_step ON staff
FOR EACH ROW WHEN (NEW.totp_step < OLD.totp_step AND NEW.totp_sealed = OLD.totp_sealed)
EXECUTE FUNCTION refuse();
