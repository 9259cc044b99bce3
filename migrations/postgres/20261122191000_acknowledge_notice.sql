-- Which words of secrecy were acknowledged in the session: their SHA-256; none before.
ALTER TABLE session ADD COLUMN notice BYTEA;
