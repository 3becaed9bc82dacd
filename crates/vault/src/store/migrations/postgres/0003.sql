-- What the code says that an environment needs: the manifest that somebody uploaded last.
CREATE TABLE manifests (
    environment BIGINT PRIMARY KEY REFERENCES environments (id) ON DELETE CASCADE,
    -- Nonce and ciphertext, under the key of the environment.
    sealed BYTEA NOT NULL,
    author TEXT NOT NULL,
    stored_at BIGINT NOT NULL
);
