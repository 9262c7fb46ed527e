-- Runs that survive their process. A lease says who works on a run and until when; the token grows with each claim, so that
-- what an earlier holder writes late is refused. Lease times are milliseconds since 1970 by the database's own clock.
ALTER TABLE runs ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN owner TEXT;
ALTER TABLE runs ADD COLUMN token BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN lease_until_ms BIGINT NOT NULL DEFAULT 0;
-- After a failure: how many of this subject failed in a row, and when it may be tried again.
ALTER TABLE runs ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN retry_at TIMESTAMPTZ;
-- Whether a later run for the same may take the finished steps over, and whose steps this run took over.
ALTER TABLE runs ADD COLUMN steps_reusable BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE runs ADD COLUMN continues BIGINT REFERENCES runs (id);

-- Nobody works any more on what earlier versions of the program left behind.
UPDATE runs SET state = 'failed', failure_code = 'INTERRUPTED', finished_at = created_at,
    failure_message = 'The server stopped while the lesson was being written. Ask for it again.'
    WHERE state = 'running';

-- At most one run at work for one subject, whoever asks and wherever.
CREATE UNIQUE INDEX runs_open ON runs (kind, subject) WHERE state = 'running';
CREATE INDEX runs_to_claim ON runs (priority DESC, id) WHERE state = 'running';

-- What happened in a run, numbered from 1 without gaps; never changed, only added to.
CREATE TABLE run_events (
    run_id BIGINT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('progress', 'published', 'failed')),
    percent BIGINT NOT NULL,
    message TEXT NOT NULL,
    code TEXT,
    result_id BIGINT,
    happened_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (run_id, sequence)
);

-- Whoever asks for an earlier run hears how it ended.
INSERT INTO run_events (run_id, sequence, kind, percent, message, code, result_id, happened_at)
    SELECT id, 1, state, 100, COALESCE(failure_message, 'Your lesson is ready.'), failure_code, result_id,
        COALESCE(finished_at, created_at)
    FROM runs;
