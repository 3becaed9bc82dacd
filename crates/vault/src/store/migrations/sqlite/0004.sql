-- People who are signed in with a browser.
CREATE TABLE sessions (
    -- SHA-256 of what the browser sends.
    hash BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The token that they signed in with; NULL for a password.
    token INTEGER REFERENCES tokens (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (user);
CREATE INDEX sessions_by_end ON sessions (expires_at);
