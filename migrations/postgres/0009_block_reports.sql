-- What readers say is wrong with a block of a version: one open report for each person, version and block. To withdraw it is to
-- delete it. Versions never change, so a report never outlives what it is about: the next version begins with none.
CREATE TABLE block_reports (
    lesson_id BIGINT NOT NULL REFERENCES lessons (id) ON DELETE CASCADE,
    person_id BIGINT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    block_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('wrong', 'unclear', 'outdated', 'broken')),
    comment TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (lesson_id, person_id, block_id)
);
