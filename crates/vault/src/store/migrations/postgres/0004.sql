-- The token with which somebody let a program in: the program's may do no more.
ALTER TABLE device_logins ADD COLUMN token BIGINT REFERENCES tokens (id) ON DELETE CASCADE;

-- Invitations, of which only the SHA-256 is kept: to a role in a project, or for a user that has no password yet.
CREATE TABLE invitations (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    project TEXT COLLATE "C" REFERENCES projects (name) ON DELETE CASCADE,
    role TEXT NOT NULL,
    -- Whose password it sets; NULL for whoever comes.
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    inviter BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_of_project ON invitations (project);

-- Who a user is elsewhere: a subject of an issuer (OpenID Connect).
CREATE TABLE identities (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_of_user ON identities (user_id);

-- Browsers that are away to sign in elsewhere.
CREATE TABLE sign_ins (
    -- SHA-256 of what comes back with them, and of their cookie.
    state_hash BYTEA PRIMARY KEY,
    browser_hash BYTEA NOT NULL,
    next TEXT NOT NULL,
    -- The hash of the invitation that they had, and the user who they are already.
    invitation BYTEA,
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_ins_by_end ON sign_ins (expires_at);

-- Programs that come in with a token of somebody else, such as that of a CI job. Each has a user of its own.
CREATE TABLE trusts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project TEXT COLLATE "C" NOT NULL REFERENCES projects (name) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer TEXT COLLATE "C" NOT NULL,
    -- A JSON object: what each claim must be.
    claims TEXT NOT NULL,
    role TEXT NOT NULL,
    -- A JSON list.
    environments TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX trusts_of_project ON trusts (project);
CREATE INDEX trusts_of_issuer ON trusts (issuer);
