-- What was checked about a version before it was published, as JSON; empty for versions of earlier programs.
ALTER TABLE lessons ADD COLUMN checks TEXT NOT NULL DEFAULT '';

-- A run can show parts of its result before it has ended: events of the kind 'shown', with the parts as JSON.
ALTER TABLE run_events ADD COLUMN payload TEXT;
ALTER TABLE run_events DROP CONSTRAINT run_events_kind_check;
ALTER TABLE run_events ADD CONSTRAINT run_events_kind_check CHECK (kind IN ('progress', 'shown', 'published', 'failed'));
