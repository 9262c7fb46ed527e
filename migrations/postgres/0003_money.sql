-- A call belongs to a claim, counts for a day, and holds what was reserved for it until it is settled or lost.
ALTER TABLE model_calls ADD COLUMN token BIGINT NOT NULL DEFAULT 0;
ALTER TABLE model_calls ALTER COLUMN token DROP DEFAULT;
-- The caller's own number, so that a call whose reservation was answered to nobody is not written down twice.
ALTER TABLE model_calls ADD COLUMN attempt BIGINT UNIQUE;
-- Set aside while the call is 'started'; kept afterwards to be looked at.
ALTER TABLE model_calls ADD COLUMN reserved_nano_dollars BIGINT NOT NULL DEFAULT 0;
ALTER TABLE model_calls ALTER COLUMN reserved_nano_dollars DROP DEFAULT;
-- The day in UTC whose budget pays, such as 2026-11-22.
ALTER TABLE model_calls ADD COLUMN day TEXT;
UPDATE model_calls SET day = to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD');
ALTER TABLE model_calls ALTER COLUMN day SET NOT NULL;

-- What earlier versions left unfinished nobody will settle any more.
ALTER TABLE model_calls DROP CONSTRAINT model_calls_outcome_check;
ALTER TABLE model_calls ADD CONSTRAINT model_calls_outcome_check
    CHECK (outcome IN ('started', 'answered', 'failed', 'lost'));
UPDATE model_calls SET outcome = 'lost' WHERE outcome = 'started';
CREATE INDEX model_calls_under_way ON model_calls (run_id) WHERE outcome = 'started';

-- What was spent in a day ('day:2026-11-22') or a month ('month:2026-11') in UTC, and what is reserved for calls under way.
-- Always the sums over model_calls: of the costs of calls that have ended, and of the reservations of those that have not.
CREATE TABLE spending (
    period TEXT PRIMARY KEY,
    spent BIGINT NOT NULL,
    reserved BIGINT NOT NULL
);
INSERT INTO spending (period, spent, reserved)
    SELECT 'day:' || day, COALESCE(SUM(cost_nano_dollars), 0), 0 FROM model_calls GROUP BY day;
INSERT INTO spending (period, spent, reserved)
    SELECT 'month:' || substr(day, 1, 7), COALESCE(SUM(cost_nano_dollars), 0), 0 FROM model_calls GROUP BY substr(day, 1, 7);
