-- The rows of migrations/sqlite 0001 to 0003. Names are compared byte for byte, as everywhere in takk.
CREATE TABLE takk_schema (
    version BIGINT NOT NULL
);
INSERT INTO takk_schema VALUES (0);

-- Facts about the store itself, such as the value that tells whether a master key fits.
CREATE TABLE facts (
    name TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL
);

-- One row per environment of a project. Without its key nothing in it can be read again.
CREATE TABLE environments (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    wrapped_key BYTEA NOT NULL,
    revision BIGINT NOT NULL,
    seal BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    UNIQUE (project, name)
);

-- Every version of every value. The greatest version of a name is the current one; one without a value says that it was unset.
CREATE TABLE versions (
    environment BIGINT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    sealed BYTEA,
    fingerprint BYTEA,
    origin TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (environment, name, version)
);

-- People, and programs that act for them.
CREATE TABLE users (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    email TEXT,
    password TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE projects (
    name TEXT COLLATE "C" PRIMARY KEY,
    created_at BIGINT NOT NULL,
    -- A JSON list.
    production TEXT NOT NULL
);

CREATE TABLE members (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    project TEXT COLLATE "C" NOT NULL REFERENCES projects (name) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, project)
);
CREATE INDEX members_of_project ON members (project);

CREATE TABLE tokens (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- JSON lists.
    projects TEXT NOT NULL,
    environments TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX tokens_of_user ON tokens (user_id);

CREATE TABLE answers (
    caller BIGINT NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    digest BYTEA NOT NULL,
    status INTEGER NOT NULL,
    body BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX answers_by_age ON answers (created_at);

CREATE TABLE device_logins (
    code TEXT COLLATE "C" PRIMARY KEY,
    poll_hash BYTEA NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    token BIGINT,
    action TEXT NOT NULL,
    project TEXT COLLATE "C",
    environment TEXT COLLATE "C",
    -- A JSON list.
    items TEXT NOT NULL,
    request TEXT,
    link BYTEA NOT NULL
);
CREATE INDEX audit_of_project ON audit (project, number);

-- One row: whoever adds to the audit log holds it.
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number BIGINT NOT NULL,
    link BYTEA NOT NULL,
    seal BYTEA NOT NULL
);
INSERT INTO audit_head VALUES (1, 0, '', '');
