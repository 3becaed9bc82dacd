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
