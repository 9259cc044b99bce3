-- What was done with a value that is or was on a screen, by the number of its event: as long again, a copy,
-- a rating are each done once; a blocked attempt is told a few times. Written only when one of them happens,
-- so that the reveal itself writes no more than its event.
CREATE TABLE reveal_use (
    seq   BIGINT           NOT NULL,
    used  TEXT COLLATE "C" NOT NULL
        CONSTRAINT reveal_use_is_known CHECK (used IN (
            'more', 'copied', 'rated', 'copy', 'cut', 'select', 'print', 'drag', 'context_menu', 'screenshot_key')),
    count BIGINT           NOT NULL,
    at    BIGINT           NOT NULL,
    PRIMARY KEY (seq, used)
);

GRANT SELECT ON reveal_use TO grille_app, grille_desk;
GRANT INSERT, UPDATE ON reveal_use TO grille_app;
