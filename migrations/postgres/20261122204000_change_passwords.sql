-- When a password was last set by its owner; 0 with the record.
ALTER TABLE staff ADD COLUMN password_set_at BIGINT NOT NULL DEFAULT 0;
-- How many tries failed in a row before this session's sign-in, and since when: its owner is told (ASVS 6.3.5).
ALTER TABLE session ADD COLUMN failures_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN failing_since BIGINT NOT NULL DEFAULT 0;
