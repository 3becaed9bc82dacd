-- When an environment is past its time, in milliseconds since 1970; NULL if it has none. It decides what is proposed for deletion and
-- nothing else, so it is not part of the seal.
ALTER TABLE environments ADD COLUMN expires_at INTEGER;
