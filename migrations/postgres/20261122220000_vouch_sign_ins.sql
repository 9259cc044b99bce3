-- A sign-in whose first factor was an identity provider's word (U9).
ALTER TABLE sign_in_try ADD COLUMN sso BIGINT NOT NULL DEFAULT 0
    CONSTRAINT sign_in_try_sso_is_yes_or_no CHECK (sso IN (0, 1));

-- Answers of the provider that have served, each once, for as long as its browser's cookie would be believed.
-- Only what the provider signed comes here, so nobody fills it but those it lets in.
CREATE TABLE sso_answer (
    answer     BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL,
    CONSTRAINT sso_answer_is_32_bytes CHECK (length(answer) = 32)
);
CREATE INDEX sso_answer_by_expiry ON sso_answer (expires_at);

GRANT SELECT ON sso_answer TO grille_app, grille_desk;
GRANT INSERT, DELETE ON sso_answer TO grille_app;
