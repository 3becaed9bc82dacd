-- What authenticates the rows of people: a seal for each user with all that is theirs, for each project with all that is its, and for the
-- programs and browsers that are on their way in; and one over all of them, whose scope is empty.
CREATE TABLE seals (
    scope TEXT COLLATE "C" PRIMARY KEY,
    -- Counts the changes.
    revision BIGINT NOT NULL,
    seal BYTEA NOT NULL
);
CREATE INDEX invitations_of_inviter ON invitations (inviter);
CREATE INDEX trusts_of_user ON trusts (user_id);

-- Who made what lets somebody in, and with which token: NULL where that is not known, or where it was no token. What somebody made ends
-- with their right to make it.
ALTER TABLE tokens ADD COLUMN made_by BIGINT;
ALTER TABLE tokens ADD COLUMN made_with BIGINT;
ALTER TABLE invitations ADD COLUMN made_with BIGINT;
ALTER TABLE trusts ADD COLUMN made_by BIGINT;
ALTER TABLE trusts ADD COLUMN made_with BIGINT;
CREATE INDEX tokens_made_by ON tokens (made_by);
CREATE INDEX tokens_made_with ON tokens (made_with);
CREATE INDEX invitations_made_with ON invitations (made_with);
CREATE INDEX trusts_made_by ON trusts (made_by);
CREATE INDEX trusts_made_with ON trusts (made_with);

-- The project that a service account belongs to; NULL for a person.
ALTER TABLE users ADD COLUMN project TEXT COLLATE "C" REFERENCES projects (name) ON DELETE CASCADE;
UPDATE users SET project = (SELECT trusts.project FROM trusts WHERE trusts.user_id = users.id LIMIT 1);

-- Environments that are not production, as a JSON list: what is in neither list is, unless its name says otherwise.
ALTER TABLE projects ADD COLUMN not_production TEXT NOT NULL DEFAULT '[]';

-- What the token could do with which something was done, as JSON; NULL in rows from before, and where it was no token.
ALTER TABLE audit ADD COLUMN bounds TEXT;
