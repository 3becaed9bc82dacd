//! Extensions in whole projects: where they are found, and to which database they belong.

use super::is_migration;
use crate::testing::{manifest_of, manifest_with_lock};
use takk_model::Manifest;

const SETTINGS: &str = "from pydantic import PostgresDsn, RedisDsn\nfrom pydantic_settings import BaseSettings\n\n\
                        class Settings(BaseSettings):\n    database_url: PostgresDsn\n    redis_url: RedisDsn\n";
const TWO: &str = "from typing import Annotated\nfrom pydantic import PostgresDsn\nfrom pydantic_settings import BaseSettings\n\
                   from takk.models import ResourceRef, ResourceTags\n\nclass Settings(BaseSettings):\n    database_url: PostgresDsn\n\
                   \x20   warehouse_url: Annotated[PostgresDsn, ResourceRef(ResourceTags.psql_dsn, 'warehouse')]\n";

fn shown(manifest: &Manifest) -> Vec<String> {
    let of = |resource: &takk_model::Resource| {
        let name = resource.name.clone();
        let all = resource.extensions.iter().map(move |extension| {
            let doubt = if extension.ambiguous { "?" } else { "" };
            format!("{name}: {}{doubt} {} {}", extension.name, extension.evidence, extension.place)
        });
        all.collect::<Vec<_>>()
    };
    manifest.resources.iter().flat_map(of).collect()
}

fn of(files: &[(&str, &str)]) -> Vec<String> {
    shown(&manifest_of(&[&[("settings.py", SETTINGS)], files].concat()))
}

#[test]
fn imports_of_packages_that_need_one_show_it() {
    assert_eq!(
        of(&[("app/models.py", "import os\nfrom pgvector.sqlalchemy import Vector\nfrom geoalchemy2 import Geometry\n")]),
        ["default: postgis imports geoalchemy2 app/models.py:3:1", "default: vector imports pgvector app/models.py:2:1"]
    );
    assert_eq!(of(&[("tests/test_models.py", "import pgvector\n"), ("app.py", "import pgvectors, my.pgvector\n")]), [""; 0]);
    let lock = manifest_with_lock(&[("settings.py", SETTINGS)], &["pgvector", "geoalchemy2"]);
    assert_eq!(shown(&lock), [""; 0], "what only another package requires shows nothing");
}

#[test]
fn statements_in_migrations_show_it() {
    let migration = "\"\"\"CREATE EXTENSION cube\"\"\"\nfrom alembic import op\n\ndef upgrade():\n    # CREATE EXTENSION hstore\n\
                     \x20   op.execute('CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"')\n    op.execute(\"\"\"\n\
                     \x20       -- CREATE EXTENSION citext\n        create extension if not exists \\\"pg_trgm\\\" cascade;\n\
                     \x20       CREATE EXTENSION btree_gin;\n    \"\"\")\n    op.execute(f\"CREATE EXTENSION {name}\")\n\
                     \x20   op.execute(\"CREATE EXTENSION plpgsql\")\n";
    assert_eq!(
        of(&[("alembic/versions/1.py", migration), ("tests/conftest.py", "run('CREATE EXTENSION tablefunc')")]),
        [
            "default: btree_gin CREATE EXTENSION alembic/versions/1.py:10:9",
            "default: pg_trgm CREATE EXTENSION alembic/versions/1.py:9:9",
            "default: uuid-ossp CREATE EXTENSION alembic/versions/1.py:6:17",
        ]
    );
    let code = "from sqlalchemy import DDL, text\nFIRST = DDL('CREATE EXTENSION vector')\nSECOND = text('CREATE EXTENSION ' 'earthdistance')\n";
    assert_eq!(
        of(&[("db.py", code), ("models.py", "import pgvector")]),
        ["default: earthdistance CREATE EXTENSION db.py:3:16", "default: vector CREATE EXTENSION db.py:2:14"],
        "a statement comes before an import"
    );
}

#[test]
fn files_of_migrations_in_sql_show_it() {
    let sql = "-- first\nCREATE TABLE a ();\nCREATE EXTENSION IF NOT EXISTS \"hstore\";\n";
    assert_eq!(of(&[("db/migrations/1.sql", sql)]), ["default: hstore CREATE EXTENSION db/migrations/1.sql:3:1"]);
    for path in ["migrations/1.sql", "db/migrate/1.sql", "app/alembic/sql/1.sql", "sql-migrations/1.sql"] {
        assert!(is_migration(path), "{path}");
    }
    for path in ["1.sql", "dump/1.sql", "tests/migrations/1.sql", "migrations/1.txt", "migrations.sql"] {
        assert!(!is_migration(path), "{path}");
    }
}

#[test]
fn a_hostile_name_is_none() {
    let hostile = "op.execute('CREATE EXTENSION \"x\"\"; DROP DATABASE shop; --\"')\nop.execute('CREATE EXTENSION \"../../x\"')\n\
                   op.execute('CREATE EXTENSION \"x y\"')\nop.execute('CREATE EXTENSION \"a\\x00b\"')\n";
    assert_eq!(of(&[("migrations/1.py", hostile)]), [""; 0]);
}

#[test]
fn of_several_databases_the_one_that_is_named_has_it() {
    let two = |files: &[(&str, &str)]| shown(&manifest_of(&[&[("settings.py", TWO)], files].concat()));
    let statement = "op.execute('CREATE EXTENSION hstore')\n";
    assert_eq!(
        two(&[("warehouse/migrations/1.py", statement)]),
        ["warehouse: hstore CREATE EXTENSION warehouse/migrations/1.py:1:13"]
    );
    assert_eq!(
        two(&[("migrations/1.py", statement)]),
        ["default: hstore? CREATE EXTENSION migrations/1.py:1:13", "warehouse: hstore? CREATE EXTENSION migrations/1.py:1:13"]
    );
    assert_eq!(shown(&manifest_of(&[("migrations/1.py", statement)])), [""; 0], "without a database, there is none to have it");
}
