CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'learner' CHECK (role IN ('learner', 'mentor', 'admin')),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_person ON sessions (person_id);

CREATE TABLE lesson_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lookup_key BLOB NOT NULL UNIQUE,
    canonical_title TEXT NOT NULL,
    step_title TEXT NOT NULL,
    lesson_number INTEGER NOT NULL,
    learning_style TEXT NOT NULL,
    difficulty TEXT NOT NULL,
    language TEXT NOT NULL,
    research INTEGER NOT NULL,
    cache_key TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX lesson_keys_by_cache_key ON lesson_keys (cache_key);

-- Pieces of work that survive whoever asked for them. What they are about is said by kind, subject and input.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject BLOB NOT NULL,
    input TEXT NOT NULL,
    requested_by INTEGER REFERENCES people (id) ON DELETE SET NULL,
    state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'published', 'failed')),
    failure_code TEXT,
    failure_message TEXT,
    result_id INTEGER,
    created_at TEXT NOT NULL,
    finished_at TEXT
) STRICT;
CREATE INDEX runs_by_subject ON runs (subject);

CREATE TABLE run_steps (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    output TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    step TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    cached_input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    usage_exact INTEGER NOT NULL DEFAULT 0,
    cost_nano_dollars INTEGER,
    latency_ms INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT 'started' CHECK (outcome IN ('started', 'answered', 'failed')),
    started_at TEXT NOT NULL
) STRICT;
CREATE INDEX model_calls_of_run ON model_calls (run_id);

-- A published version never changes; what does change about it is in tallies.
CREATE TABLE lessons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key_id INTEGER NOT NULL REFERENCES lesson_keys (id),
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    author_model TEXT NOT NULL,
    prompt_version TEXT NOT NULL,
    reason TEXT,
    created_by INTEGER REFERENCES people (id) ON DELETE SET NULL,
    run_id INTEGER REFERENCES runs (id),
    generated_at TEXT NOT NULL,
    UNIQUE (key_id, version)
) STRICT;

CREATE TABLE tallies (
    lesson_id INTEGER PRIMARY KEY REFERENCES lessons (id) ON DELETE CASCADE,
    upvotes INTEGER NOT NULL DEFAULT 0,
    downvotes INTEGER NOT NULL DEFAULT 0,
    views INTEGER NOT NULL DEFAULT 0,
    review TEXT NOT NULL DEFAULT 'none' CHECK (review IN ('none', 'verified', 'needs_improvement', 'rejected'))
) STRICT;

CREATE TABLE votes (
    lesson_id INTEGER NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    vote TEXT NOT NULL CHECK (vote IN ('upvote', 'downvote')),
    comment TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (lesson_id, person_id)
) STRICT, WITHOUT ROWID;
