-- Facts about the store itself, such as the value that tells whether a master key fits.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- One row per environment of a project. Without its key nothing in it can be read again.
CREATE TABLE environments (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The data key, wrapped by the master key.
    wrapped_key BLOB NOT NULL,
    -- Counts the changes of the environment.
    revision INTEGER NOT NULL,
    -- Authenticates the current version of every value, and the revision.
    seal BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (project, name)
) STRICT;

-- Every version of every value. The greatest version of a name is the current one; one without a value says that it was unset.
CREATE TABLE versions (
    environment INTEGER NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    -- Nonce and ciphertext.
    sealed BLOB,
    -- Equal values of one project have equal fingerprints.
    fingerprint BLOB,
    -- How the value came to be: `set`, `import`, `generate`, ...
    origin TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (environment, name, version)
) STRICT, WITHOUT ROWID;
