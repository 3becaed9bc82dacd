//! `mariadb-dump | mariadb`, or the programs of MySQL with the same options. MariaDB restores in many transactions, so a copy that
//! was interrupted leaves tables behind: the database is then dropped and created again.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Command;

use takk_model::error::{Error, Result};

use super::{Source, credential, pipe, programs};
use crate::ledger::Entry;
use crate::provisioner::Journal;

/// The programs that dump, each with the one that restores: one of MariaDB first, since it also knows MySQL.
const PROGRAMS: [(&str, &str); 2] = [("mariadb-dump", "mariadb"), ("mysqldump", "mysql")];

pub(super) fn copy(source: &Source, entry: &Entry, journal: &dyn Journal) -> Result<()> {
    let found = PROGRAMS.iter().flat_map(|(dump, restore)| programs::all(&source.search, dump, restore)).next();
    let programs = found.ok_or_else(|| {
        Error::usage(format!("{}: copying the data needs mariadb-dump and mariadb, which are not here", entry.key()))
            .hint("install mariadb-client (Debian) on the machine that runs the copy")
    })?;
    let mut dump = command(&programs.dump, &source.entry)?;
    dump.args(["--single-transaction", "--quick", "--skip-lock-tables", "--no-tablespaces", "--hex-blob"]);
    dump.args([
        "--routines",
        "--triggers",
        "--events",
        "--default-character-set=utf8mb4",
        credential(&source.entry, "database")?,
    ]);
    let mut restore = command(&programs.restore, entry)?;
    restore.args(["--default-character-set=utf8mb4", credential(entry, "database")?]);
    pipe::run(dump, restore, without_definers, entry, journal)
}

/// A program with a login. Its password is in its environment: a file of options would be left behind if takk is killed.
fn command(program: &Path, entry: &Entry) -> Result<Command> {
    let mut command = programs::command(program);
    let is_of_mariadb = program.file_name().is_some_and(|name| name.to_string_lossy().starts_with("mariadb"));
    // Of the files of options, the user's own could redirect it.
    command.arg("--no-defaults").args(["--protocol=tcp", "--host", entry.host()]);
    command.arg("--port").arg(entry.port.unwrap_or_default().to_string()).args(["--user", credential(entry, "username")?]);
    command.args(tls(entry.ssl_mode.as_deref(), is_of_mariadb)).env("MYSQL_PWD", credential(entry, "password")?);
    if let Some(roots) = &entry.ssl_roots {
        command.arg("--ssl-ca").arg(roots);
    }
    Ok(command)
}

/// The options for a TLS mode.
fn tls(mode: Option<&str>, is_of_mariadb: bool) -> Vec<String> {
    let mode = mode.unwrap_or("PREFERRED").to_ascii_uppercase();
    if !is_of_mariadb {
        return vec![format!("--ssl-mode={mode}")];
    }
    let options: &[&str] = match mode.as_str() {
        "DISABLED" => &["--skip-ssl"],
        "REQUIRED" => &["--ssl"],
        "VERIFY_CA" | "VERIFY_IDENTITY" => &["--ssl", "--ssl-verify-server-cert"],
        _ => &[],
    };
    options.iter().map(|option| (*option).to_owned()).collect()
}

/// Removes who defined views, triggers and routines: it would be a user of the other environment, and only an administrator may
/// name others. Lines with rows begin with `INSERT` or `(`, and stay as they are.
fn without_definers(input: &mut dyn Read, output: &mut dyn Write) -> std::io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        let is_definition = [&b"/*!5"[..], b"CREATE DEFINER="].iter().any(|begin| line.starts_with(begin));
        match std::str::from_utf8(&line).ok().filter(|_| is_definition).and_then(without_definer) {
            Some(shorter) => output.write_all(shorter.as_bytes())?,
            None => output.write_all(&line)?,
        }
    }
}

/// A line without ``DEFINER=`user`@`host` ``.
fn without_definer(line: &str) -> Option<String> {
    let (before, rest) = line.split_once("DEFINER=")?;
    let rest = after_quoted(rest)?;
    let rest = after_quoted(rest.strip_prefix('@')?)?;
    Some(format!("{before}{}", rest.strip_prefix(' ').unwrap_or(rest)))
}

/// What follows a name in backticks.
fn after_quoted(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('`')?;
    loop {
        rest = rest.split_once('`')?.1;
        match rest.strip_prefix('`') {
            Some(more) => rest = more,
            None => return Some(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definers_go_and_rows_stay() {
        let dump = "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`shop_dev_1`@`%` SQL SECURITY DEFINER */\n\
                    CREATE DEFINER=`a``b`@`%` PROCEDURE `p`()\n\
                    /*!50003 CREATE*/ /*!50017 DEFINER=`shop_dev_1`@`%`*/ /*!50003 TRIGGER t */;;\n\
                    INSERT INTO `a` VALUES ('DEFINER=`x`@`y`'),\n('/*!5 DEFINER=`x`@`y`');\n";
        let mut output = Vec::new();
        without_definers(&mut dump.as_bytes(), &mut output).expect("it is in memory");
        assert_eq!(
            String::from_utf8(output).expect("text"),
            "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 SQL SECURITY DEFINER */\nCREATE PROCEDURE `p`()\n\
             /*!50003 CREATE*/ /*!50017 */ /*!50003 TRIGGER t */;;\n\
             INSERT INTO `a` VALUES ('DEFINER=`x`@`y`'),\n('/*!5 DEFINER=`x`@`y`');\n"
        );
    }

    #[test]
    fn every_mode_has_options() {
        assert_eq!(tls(Some("VERIFY_IDENTITY"), true), ["--ssl", "--ssl-verify-server-cert"]);
        assert_eq!(tls(Some("verify_identity"), false), ["--ssl-mode=VERIFY_IDENTITY"]);
        assert!(tls(None, true).is_empty());
    }
}
