-- A copy that is made anew forgets the tokens of its first try (E4).
CREATE INDEX vault_token_by_export ON vault.vault_token (export, digest);
