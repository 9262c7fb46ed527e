-- What was checked about a version before it was published, as JSON; empty for versions of earlier programs.
ALTER TABLE lessons ADD COLUMN checks TEXT NOT NULL DEFAULT '';

-- A run can show parts of its result before it has ended: events of the kind 'shown', with the parts as JSON.
CREATE TABLE run_events_with_payload (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('progress', 'shown', 'published', 'failed')),
    percent INTEGER NOT NULL,
    message TEXT NOT NULL,
    code TEXT,
    result_id INTEGER,
    payload TEXT,
    happened_at TEXT NOT NULL,
    PRIMARY KEY (run_id, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO run_events_with_payload (run_id, sequence, kind, percent, message, code, result_id, happened_at)
    SELECT run_id, sequence, kind, percent, message, code, result_id, happened_at FROM run_events;
DROP TABLE run_events;
ALTER TABLE run_events_with_payload RENAME TO run_events;
