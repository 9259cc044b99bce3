-- That this database came out of a backup (O3). The first program that opens it takes the row away, ends what must
-- not live on, and records both.
CREATE TABLE restored_backup (
    id      BIGINT           NOT NULL PRIMARY KEY CONSTRAINT restored_backup_is_one_row CHECK (id = 1),
    -- SHA-256 of the file
    digest  BYTEA            NOT NULL,
    -- entries of the log that came with it, and known ones that did not
    size    BIGINT           NOT NULL,
    lost    BIGINT           NOT NULL,
    os_user TEXT COLLATE "C"
);

GRANT SELECT ON restored_backup TO grille_app, grille_desk;
GRANT DELETE ON restored_backup TO grille_app;
