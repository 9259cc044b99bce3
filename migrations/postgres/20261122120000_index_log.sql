-- What a supervisor filters by. The order is the sequence number, so each index ends with it, and a range of time
-- is found by halving: time never goes back.
ALTER TABLE log_entry ADD COLUMN alert TEXT COLLATE "C";

CREATE INDEX log_entry_by_staff ON log_entry (staff_no, seq) WHERE staff_no IS NOT NULL;
CREATE INDEX log_entry_by_customer ON log_entry (customer, seq) WHERE customer IS NOT NULL;
CREATE INDEX log_entry_by_alert ON log_entry (alert, seq) WHERE alert IS NOT NULL;
CREATE INDEX log_entry_by_refusal ON log_entry (code, seq) WHERE code IS NOT NULL;
