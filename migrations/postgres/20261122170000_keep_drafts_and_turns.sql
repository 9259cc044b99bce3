-- Words that someone typed and has not sent: sealed for the writer, forgotten after half an hour.
CREATE TABLE draft (
    person     TEXT COLLATE "C" NOT NULL,
    place      TEXT COLLATE "C" NOT NULL,
    sealed     BYTEA            NOT NULL,
    expires_at BIGINT           NOT NULL,
    PRIMARY KEY (person, place)
);
CREATE INDEX draft_by_expiry ON draft (expires_at);

-- A drawn form that was sent, so that sending it again does nothing again. led_to is where its answer
-- led: ids and handles, nothing of a customer. Without it the first is still being done.
CREATE TABLE form_turn (
    lineage    BYTEA            NOT NULL,
    form       BYTEA            NOT NULL,
    led_to     TEXT COLLATE "C",
    expires_at BIGINT           NOT NULL,
    PRIMARY KEY (lineage, form)
);
CREATE INDEX form_turn_by_expiry ON form_turn (expires_at);

GRANT SELECT ON draft, form_turn TO grille_app, grille_desk;
GRANT INSERT, UPDATE, DELETE ON draft, form_turn TO grille_app;
