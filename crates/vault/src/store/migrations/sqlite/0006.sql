-- The token with which somebody let a program in: the program's may do no more.
ALTER TABLE device_logins ADD COLUMN token INTEGER REFERENCES tokens (id) ON DELETE CASCADE;

-- Invitations, of which only the SHA-256 is kept: to a role in a project, or for a user that has no password yet.
CREATE TABLE invitations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    project TEXT REFERENCES projects (name) ON DELETE CASCADE,
    role TEXT NOT NULL,
    -- Whose password it sets; NULL for whoever comes.
    user INTEGER REFERENCES users (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    inviter INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitations_of_project ON invitations (project);

-- Who a user is elsewhere: a subject of an issuer (OpenID Connect).
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_of_user ON identities (user);

-- Browsers that are away to sign in elsewhere.
CREATE TABLE sign_ins (
    -- SHA-256 of what comes back with them, and of their cookie.
    state_hash BLOB PRIMARY KEY,
    browser_hash BLOB NOT NULL,
    next TEXT NOT NULL,
    -- The hash of the invitation that they had, and the user who they are already.
    invitation BLOB,
    user INTEGER REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_ins_by_end ON sign_ins (expires_at);

-- Programs that come in with a token of somebody else, such as that of a CI job. Each has a user of its own.
CREATE TABLE trusts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL REFERENCES projects (name) ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    -- A JSON object: what each claim must be.
    claims TEXT NOT NULL,
    role TEXT NOT NULL,
    -- A JSON list.
    environments TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX trusts_of_project ON trusts (project);
CREATE INDEX trusts_of_issuer ON trusts (issuer);
