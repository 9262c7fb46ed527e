-- What each provider was asked for in each minute, over all processes on this database. Minutes are counted from 1970.
CREATE TABLE provider_minutes (
    provider TEXT NOT NULL,
    minute INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (provider, minute)
) STRICT, WITHOUT ROWID;
