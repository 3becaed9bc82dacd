//! The output of `takk store`.

use super::palette::{BAD, DIM, DOUBTFUL, GOOD, HEADING, NAME, line, paint};
use takk_model::counted::counted;
use takk_project::ops::store::audit::AuditVerification;
use takk_project::ops::store::backup::Backup;
use takk_project::ops::store::rekey::Rekeyed;
use takk_project::ops::store::restore::{Checked, Restored};
use takk_project::ops::store::status::{Contents, Status};
use takk_project::ops::store::verify::Verification;
use takk_project::ops::store::{KeyPlace, StorePlace};

/// Where a master key is, as part of a sentence.
fn place(key: &KeyPlace) -> String {
    match key {
        KeyPlace::Variable { name } => format!("the variable {name}"),
        KeyPlace::NamedFile { file } => format!("`{}`, which TAKK_MASTER_KEY_FILE names", file.display()),
        KeyPlace::Keyring => "the keyring of the operating system".to_owned(),
        KeyPlace::OwnFile { file } => format!("`{}`", file.display()),
    }
}

/// The status of the store.
pub fn status(status: &Status) -> String {
    let Some(Contents { size, schema, other_environments }) = &status.store else {
        return match &status.place {
            StorePlace::File { file } => {
                line!("Nothing is stored yet; `takk secrets set` creates the store at `{}`.", file.display())
            }
            StorePlace::Database { database } => {
                line!("Nothing is stored yet; `takk serve --database URL` creates the store in `{database}`.")
            }
        };
    };
    let mut text = line!("{}       {}", paint(HEADING, "store"), status.place);
    text.push_str(&line!("            {}", paint(DIM, &format!("{}, schema {schema}", bytes(*size)))));
    let key = match (&status.key, &status.key_trouble) {
        (Some(key), None) => format!("in {}", place(key)),
        (Some(key), Some(trouble)) => format!("in {}: {}", place(key), paint(BAD, trouble)),
        (None, Some(trouble)) => paint(BAD, trouble),
        (None, None) => "not created yet; storing the first value creates it".to_owned(),
    };
    text.push_str(&line!("{}  {key}", paint(HEADING, "master key")));
    let none = if status.environments.is_empty() { ": none" } else { "" };
    text.push_str(&line!("{}      {}{none}", paint(HEADING, "values"), status.project));
    let width = status.environments.iter().map(|environment| environment.name.len()).max().unwrap_or(0);
    for environment in &status.environments {
        let padding = " ".repeat(width - environment.name.len());
        let values = counted(environment.values, "value");
        text.push_str(&line!("              {}{padding}  {values}", paint(NAME, &environment.name)));
    }
    if *other_environments > 0 {
        let others = format!("and {} of other projects", counted(*other_environments, "environment"));
        text.push_str(&line!("            {}", paint(DIM, &others)));
    }
    text
}

/// The result of a verification.
pub fn verification(found: &Verification) -> String {
    let place = &found.place;
    if !found.exists {
        return "Nothing is stored yet.\n".to_owned();
    }
    if found.wrong.is_empty() {
        let read = format!("{} in {}", counted(found.versions, "version"), counted(found.environments, "environment"));
        return line!("{} {read}: every value in `{place}` passes authentication", paint(GOOD, "sound"));
    }
    let mut text = line!("{} `{place}`:", paint(BAD, &format!("{} in", counted(found.wrong.len(), "defect"))));
    for wrong in &found.wrong {
        text.push_str(&line!("  {wrong}"));
    }
    let restore = match place {
        StorePlace::File { .. } => "restore a backup: takk store restore BACKUP",
        StorePlace::Database { .. } => "restore a pg_dump backup; `takk store restore` explains how",
    };
    text.push_str(&line!("{} {restore}", paint(HEADING, "Next:")));
    text
}

/// The result of a verification of the audit log.
pub fn audit(found: &AuditVerification) -> String {
    let place = &found.place;
    if found.wrong.is_empty() {
        let rows = counted(found.rows, "row");
        let end = if found.rows == 0 { String::new() } else { line!("The last link, of row {}: {}", found.last, found.link) };
        return line!("{} {rows}: the audit log in `{place}` passes authentication", paint(GOOD, "sound")) + &end;
    }
    let mut text = line!("{} the audit log of `{place}`:", paint(BAD, &format!("{} in", counted(found.wrong.len(), "defect"))));
    for wrong in &found.wrong {
        text.push_str(&line!("  {wrong}"));
    }
    text
}

/// The note that a backup was created, and what it requires.
pub fn backup(backup: &Backup) -> String {
    let mut text = line!("{} {} ({})", paint(GOOD, "wrote"), backup.file.display(), bytes(backup.size));
    text.push_str("Its values are encrypted; it does not contain the master key.\n");
    text.push_str(&match &backup.key {
        Some(key) => line!("Back up the master key too, in another place: it is in {}.", place(key)),
        None => "takk cannot find that key: without it, the backup cannot be decrypted.\n".to_owned(),
    });
    text
}

/// The backup that will replace the store.
pub fn restoring(checked: &Checked) -> String {
    let held = format!("{} in {}", counted(checked.versions, "version"), counted(checked.environments, "environment"));
    line!("The backup is valid: {held}.")
}

/// The note that a backup has replaced the store.
pub fn restored(restored: &Restored) -> String {
    let mut text = line!("{} {}", paint(GOOD, "restored"), restored.file.display());
    if let Some(kept) = &restored.kept {
        text.push_str(&line!("The previous store is now `{}`.", kept.display()));
    }
    text
}

/// The note that there is a new master key, and what to do next.
pub fn rekeyed(rekeyed: &Rekeyed) -> String {
    let environments = counted(rekeyed.environments, "environment");
    let mut text = match (rekeyed.switch, &rekeyed.key) {
        (Some(variable), KeyPlace::NamedFile { file }) => {
            let file = file.display();
            let to = if variable == "TAKK_MASTER_KEY" { format!("the contents of `{file}`") } else { format!("`{file}`") };
            let next = paint(DOUBTFUL, "Next:");
            line!("{} the master key of {environments}; the new one is in `{file}`", paint(GOOD, "renewed"))
                + &line!("{next} set {variable} to {to}: the old key no longer works")
        }
        (_, key) => line!("{} the master key of {environments}; the new one is in {}", paint(GOOD, "renewed"), place(key)),
    };
    text.push_str(match &rekeyed.place {
        StorePlace::File { .. } => "Earlier backups require the old master key; create a new backup: takk store backup FILE\n",
        StorePlace::Database { .. } => {
            "Servers respond with 503 until they find the new key where the old one was: install it on each of them. Earlier backups \
             require the old key; create a new backup with pg_dump.\n"
        }
    });
    text
}

/// A size with its unit.
fn bytes(size: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let unit = UNITS.iter().find(|(_, bytes)| size >= *bytes);
    unit.map_or(format!("{size} B"), |(unit, bytes)| format!("{} {unit}", size / bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_in_its_unit() {
        assert_eq!([0, 1023, 1024, 5 << 20, 3 << 30].map(bytes), ["0 B", "1023 B", "1 KiB", "5 MiB", "3 GiB"]);
    }
}
