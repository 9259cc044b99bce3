-- Budgets (Q4): how often each was done lately, by a person, in a branch, for a purpose. A meter is a
-- few counts by time, and each customer's last view stands beside it, so that they are counted once.
CREATE TABLE budget_meter (
    scope      TEXT COLLATE "C" NOT NULL
        CONSTRAINT budget_meter_scope_is_known CHECK (scope IN ('person', 'branch', 'purpose')),
    name       TEXT COLLATE "C" NOT NULL,
    counter    TEXT COLLATE "C" NOT NULL,
    meter      BYTEA            NOT NULL,
    counted_at BIGINT           NOT NULL,
    PRIMARY KEY (scope, name, counter)
);

CREATE TABLE budget_customer (
    scope    TEXT COLLATE "C" NOT NULL
        CONSTRAINT budget_customer_scope_is_known CHECK (scope IN ('person', 'branch', 'purpose')),
    name     TEXT COLLATE "C" NOT NULL,
    customer BYTEA            NOT NULL,
    seen_at  BIGINT           NOT NULL,
    PRIMARY KEY (scope, name, customer)
);
CREATE INDEX budget_customer_by_time ON budget_customer (seen_at);

-- Whether the search that minted the handle was of every branch: then its customer may be seen from any
-- branch in that case (DESIGN 1).
ALTER TABLE handle ADD COLUMN bank_wide BIGINT NOT NULL DEFAULT 0;

GRANT SELECT ON budget_meter, budget_customer TO grille_app, grille_desk;
GRANT INSERT, UPDATE, DELETE ON budget_meter, budget_customer TO grille_app;
