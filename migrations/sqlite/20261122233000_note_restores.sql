-- That this database came out of a backup (O3). The first program that opens it takes the row away, ends what must
-- not live on, and records both.
CREATE TABLE restored_backup (
    id      INTEGER NOT NULL PRIMARY KEY CONSTRAINT restored_backup_is_one_row CHECK (id = 1),
    -- SHA-256 of the file
    digest  BLOB    NOT NULL,
    -- entries of the log that came with it, and known ones that did not
    size    INTEGER NOT NULL,
    lost    INTEGER NOT NULL,
    os_user TEXT
) STRICT;
