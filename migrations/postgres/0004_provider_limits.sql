-- What each provider was asked for in each minute, over all processes on this database. Minutes are counted from 1970.
CREATE TABLE provider_minutes (
    provider TEXT NOT NULL,
    minute BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    PRIMARY KEY (provider, minute)
);
