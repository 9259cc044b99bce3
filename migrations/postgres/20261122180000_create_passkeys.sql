-- Passkeys (U2): several a person, whatever staff record they sign in with. What the authenticator gave is
-- sealed under the staff key; its tag, keyed, keeps one credential from standing under two people.
CREATE TABLE passkey (
    id             BYTEA            NOT NULL PRIMARY KEY,
    person         TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    sealed         BYTEA            NOT NULL,
    credential_tag BYTEA            NOT NULL CONSTRAINT passkey_credential_is_unique UNIQUE,
    -- the last signature count that was accepted; 0 for authenticators that do not count
    sign_count     BIGINT           NOT NULL,
    state          TEXT COLLATE "C" NOT NULL DEFAULT 'active'
        CONSTRAINT passkey_state_is_known CHECK (state IN ('active', 'suspended', 'revoked')),
    enrolled_at    BIGINT           NOT NULL,
    used_at        BIGINT
);
CREATE INDEX passkey_by_person ON passkey (person, state);

CREATE TRIGGER passkey_sign_count_only_grows BEFORE UPDATE OF sign_count ON passkey
FOR EACH ROW WHEN (NEW.sign_count < OLD.sign_count)
EXECUTE FUNCTION refuse();
-- A copied key stays copied, and what was revoked was lost: neither serves again.
CREATE TRIGGER passkey_never_serves_again BEFORE UPDATE OF state ON passkey
FOR EACH ROW WHEN (OLD.state = 'revoked' OR (OLD.state = 'suspended' AND NEW.state = 'active'))
EXECUTE FUNCTION refuse();

-- Server randomness that an assertion for this challenge signs besides the act, and which factor answered it.
-- An act of one's own, such as enrolling a passkey, has neither case nor customer: both are empty.
ALTER TABLE step_up ADD COLUMN nonce BYTEA NOT NULL DEFAULT '';
ALTER TABLE step_up ADD COLUMN factor TEXT COLLATE "C"
    CONSTRAINT step_up_factor_is_known CHECK (factor IN ('totp', 'passkey'));

-- Keyed digest of the number that was typed: invented credentials are made of it, alike at each try.
ALTER TABLE sign_in_try ADD COLUMN decoy BYTEA;

GRANT SELECT ON passkey TO grille_app, grille_desk;
GRANT INSERT, UPDATE ON passkey TO grille_app;
