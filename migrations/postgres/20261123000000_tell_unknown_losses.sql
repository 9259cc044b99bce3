-- How many entries the newest checkpoint had that the backup was compared with; NULL if none was known, and then how
-- many are lost is not known either (O3).
ALTER TABLE restored_backup ADD COLUMN known BIGINT;
UPDATE restored_backup SET known = size + lost;
