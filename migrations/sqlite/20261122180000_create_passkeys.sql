-- Passkeys (U2): several a person, whatever staff record they sign in with. What the authenticator gave is
-- sealed under the staff key; its tag, keyed, keeps one credential from standing under two people.
CREATE TABLE passkey (
    id             BLOB    NOT NULL PRIMARY KEY,
    person         TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    sealed         BLOB    NOT NULL,
    credential_tag BLOB    NOT NULL CONSTRAINT passkey_credential_is_unique UNIQUE,
    -- the last signature count that was accepted; 0 for authenticators that do not count
    sign_count     INTEGER NOT NULL,
    state          TEXT    NOT NULL DEFAULT 'active'
        CONSTRAINT passkey_state_is_known CHECK (state IN ('active', 'suspended', 'revoked')),
    enrolled_at    INTEGER NOT NULL,
    used_at        INTEGER
) STRICT;
CREATE INDEX passkey_by_person ON passkey (person, state);

CREATE TRIGGER passkey_sign_count_only_grows BEFORE UPDATE OF sign_count ON passkey
WHEN NEW.sign_count < OLD.sign_count
BEGIN SELECT RAISE(ABORT, 'passkey_sign_count_only_grows'); END;
-- A copied key stays copied, and what was revoked was lost: neither serves again.
CREATE TRIGGER passkey_never_serves_again BEFORE UPDATE OF state ON passkey
WHEN OLD.state = 'revoked' OR (OLD.state = 'suspended' AND NEW.state = 'active')
BEGIN SELECT RAISE(ABORT, 'passkey_never_serves_again'); END;

-- Server randomness that an assertion for this challenge signs besides the act, and which factor answered it.
-- An act of one's own, such as enrolling a passkey, has neither case nor customer: both are empty.
ALTER TABLE step_up ADD COLUMN nonce BLOB NOT NULL DEFAULT x'';
ALTER TABLE step_up ADD COLUMN factor TEXT
    CONSTRAINT step_up_factor_is_known CHECK (factor IN ('totp', 'passkey'));

-- Keyed digest of the number that was typed: invented credentials are made of it, alike at each try.
ALTER TABLE sign_in_try ADD COLUMN decoy BLOB;
