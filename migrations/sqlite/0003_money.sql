-- A call belongs to a claim, counts for a day, and holds what was reserved for it until it is settled or lost. The table is
-- made anew, for SQLite cannot change a check.
CREATE TABLE model_calls_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    token INTEGER NOT NULL,
    -- The caller's own number, so that a call whose reservation was answered to nobody is not written down twice.
    attempt INTEGER UNIQUE,
    step TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    cached_input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    usage_exact INTEGER NOT NULL DEFAULT 0,
    cost_nano_dollars INTEGER,
    -- Set aside while the call is 'started'; kept afterwards to be looked at.
    reserved_nano_dollars INTEGER NOT NULL,
    latency_ms INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT 'started' CHECK (outcome IN ('started', 'answered', 'failed', 'lost')),
    started_at TEXT NOT NULL,
    -- The day in UTC whose budget pays, such as 2026-11-22.
    day TEXT NOT NULL
) STRICT;

-- What earlier versions left unfinished nobody will settle any more.
INSERT INTO model_calls_new (id, run_id, token, step, provider, model, input_tokens, cached_input_tokens, output_tokens,
        reasoning_tokens, usage_exact, cost_nano_dollars, reserved_nano_dollars, latency_ms, outcome, started_at, day)
    SELECT id, run_id, 0, step, provider, model, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens,
        usage_exact, cost_nano_dollars, 0, latency_ms, CASE outcome WHEN 'started' THEN 'lost' ELSE outcome END, started_at,
        substr(started_at, 1, 10)
    FROM model_calls;
DROP TABLE model_calls;
ALTER TABLE model_calls_new RENAME TO model_calls;
CREATE INDEX model_calls_of_run ON model_calls (run_id);
CREATE INDEX model_calls_under_way ON model_calls (run_id) WHERE outcome = 'started';

-- What was spent in a day ('day:2026-11-22') or a month ('month:2026-11') in UTC, and what is reserved for calls under way.
-- Always the sums over model_calls: of the costs of calls that have ended, and of the reservations of those that have not.
CREATE TABLE spending (
    period TEXT PRIMARY KEY,
    spent INTEGER NOT NULL,
    reserved INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO spending (period, spent, reserved)
    SELECT 'day:' || day, COALESCE(SUM(cost_nano_dollars), 0), 0 FROM model_calls GROUP BY day;
INSERT INTO spending (period, spent, reserved)
    SELECT 'month:' || substr(day, 1, 7), COALESCE(SUM(cost_nano_dollars), 0), 0 FROM model_calls GROUP BY substr(day, 1, 7);
