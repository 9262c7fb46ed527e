-- Requests for lessons by the hour, an hour being its number since 1970 in UTC. A hit found the lesson there, a miss had it
-- written, a coalesced request joined those who were waiting for it already.
CREATE TABLE request_hours (
    hour INTEGER NOT NULL,
    lookup_key BLOB NOT NULL,
    learning_style TEXT NOT NULL,
    hits INTEGER NOT NULL,
    misses INTEGER NOT NULL,
    coalesced INTEGER NOT NULL,
    -- What the lessons that were served without being written would have cost, and how many of them nobody knows the cost of.
    saved_nano_dollars INTEGER NOT NULL,
    saved_unknown INTEGER NOT NULL,
    PRIMARY KEY (hour, lookup_key)
) STRICT, WITHOUT ROWID;

-- How large the database was on a day in UTC, such as 2026-11-22.
CREATE TABLE database_sizes (
    day TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX model_calls_by_time ON model_calls (started_at);
CREATE INDEX run_steps_by_time ON run_steps (finished_at);
CREATE INDEX runs_by_end ON runs (finished_at);
