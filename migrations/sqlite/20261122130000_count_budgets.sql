-- Budgets (Q4): how often each was done lately, by a person, in a branch, for a purpose. A meter is a
-- few counts by time, and each customer's last view stands beside it, so that they are counted once.
CREATE TABLE budget_meter (
    scope      TEXT    NOT NULL
        CONSTRAINT budget_meter_scope_is_known CHECK (scope IN ('person', 'branch', 'purpose')),
    name       TEXT    NOT NULL,
    counter    TEXT    NOT NULL,
    meter      BLOB    NOT NULL,
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (scope, name, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE budget_customer (
    scope    TEXT    NOT NULL
        CONSTRAINT budget_customer_scope_is_known CHECK (scope IN ('person', 'branch', 'purpose')),
    name     TEXT    NOT NULL,
    customer BLOB    NOT NULL,
    seen_at  INTEGER NOT NULL,
    PRIMARY KEY (scope, name, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_customer_by_time ON budget_customer (seen_at);

-- Whether the search that minted the handle was of every branch: then its customer may be seen from any
-- branch in that case (DESIGN 1).
ALTER TABLE handle ADD COLUMN bank_wide INTEGER NOT NULL DEFAULT 0;
