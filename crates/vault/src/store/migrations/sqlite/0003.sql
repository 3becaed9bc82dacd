-- People, and programs that act for them.
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    email TEXT,
    -- What verifies a password, such as an Argon2id string; NULL where none was set.
    password TEXT,
    created_at INTEGER NOT NULL
) STRICT;

-- Projects that a team keeps. Environments name their project by its name, also where nobody but one person uses it.
CREATE TABLE projects (
    name TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    -- The environments that count as production beside `prod`, as a JSON list.
    production TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may do what in a project.
CREATE TABLE members (
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project TEXT NOT NULL REFERENCES projects (name) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (user, project)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_of_project ON members (project);

-- Tokens, of which only the SHA-256 is kept.
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- What it is for, as JSON lists; empty for everything that its owner has.
    projects TEXT NOT NULL,
    environments TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX tokens_of_user ON tokens (user);

-- Answers to requests that may come a second time.
CREATE TABLE answers (
    caller INTEGER NOT NULL,
    key TEXT NOT NULL,
    -- Of the request.
    digest BLOB NOT NULL,
    status INTEGER NOT NULL,
    -- It holds versions, and no values.
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_age ON answers (created_at);

-- Programs that wait for somebody to let them in.
CREATE TABLE device_logins (
    code TEXT PRIMARY KEY,
    -- SHA-256 of what the program polls with.
    poll_hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Who let it in.
    user INTEGER REFERENCES users (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Who did what. Each row has a link that authenticates it together with the one before.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    token INTEGER,
    action TEXT NOT NULL,
    project TEXT,
    environment TEXT,
    -- A JSON list.
    items TEXT NOT NULL,
    request TEXT,
    link BLOB NOT NULL
) STRICT;
CREATE INDEX audit_of_project ON audit (project, number);

-- The last row of the audit log, authenticated on its own: without it, nobody would miss the last rows.
CREATE TABLE audit_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL,
    link BLOB NOT NULL,
    seal BLOB NOT NULL
) STRICT;
INSERT INTO audit_head VALUES (1, 0, x'', x'');
