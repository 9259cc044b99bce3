-- Words that someone typed and has not sent: sealed for the writer, forgotten after half an hour.
CREATE TABLE draft (
    person     TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (person, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_by_expiry ON draft (expires_at);

-- A drawn form that was sent, so that sending it again does nothing again. led_to is where its answer
-- led: ids and handles, nothing of a customer. Without it the first is still being done.
CREATE TABLE form_turn (
    lineage    BLOB    NOT NULL,
    form       BLOB    NOT NULL,
    led_to     TEXT,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (lineage, form)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_turn_by_expiry ON form_turn (expires_at);
