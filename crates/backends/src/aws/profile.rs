//! The shared files of AWS, `~/.aws/config` and `~/.aws/credentials`.

use std::collections::HashMap;
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::process::Process;

/// Settings by name, in lower case.
pub(super) type Section = HashMap<String, Zeroizing<String>>;

/// The content of the two files.
#[derive(Default)]
pub(super) struct Profiles {
    profiles: HashMap<String, Section>,
    sso_sessions: HashMap<String, Section>,
}

impl Profiles {
    /// Reads both files. A missing file counts as empty.
    ///
    /// # Errors
    ///
    /// `Config` for a file that cannot be read.
    pub(super) fn read(process: &Process) -> Result<Self> {
        let mut all = Self::default();
        let config = process.path(&process.set("AWS_CONFIG_FILE").unwrap_or_else(|| "~/.aws/config".to_owned()));
        let shared = process.set("AWS_SHARED_CREDENTIALS_FILE").unwrap_or_else(|| "~/.aws/credentials".to_owned());
        for (name, section) in sections(&text(&config)?) {
            match name.split_once(char::is_whitespace).map(|(kind, name)| (kind, name.trim())) {
                Some(("profile", name)) => all.profiles.entry(name.to_owned()).or_default().extend(section),
                Some(("sso-session", name)) => all.sso_sessions.entry(name.to_owned()).or_default().extend(section),
                None if name == "default" => all.profiles.entry(name).or_default().extend(section),
                _ => {}
            }
        }
        // Keys in the second file take precedence.
        for (name, section) in sections(&text(&process.path(&shared))?) {
            all.profiles.entry(name).or_default().extend(section);
        }
        Ok(all)
    }

    pub(super) fn profile(&self, name: &str) -> Option<&Section> {
        self.profiles.get(name)
    }

    pub(super) fn sso_session(&self, name: &str) -> Option<&Section> {
        self.sso_sessions.get(name)
    }
}

fn text(path: &Path) -> Result<Zeroizing<String>> {
    let failed = |why: &str| Error::config(format!("cannot read `{}`: {why}", path.display()));
    match takk_files::read(path, takk_files::MOST) {
        Ok(bytes) => String::from_utf8(bytes).map(Zeroizing::new).map_err(|_| failed("it is not UTF-8")),
        Err(error) if [std::io::ErrorKind::NotFound, std::io::ErrorKind::NotADirectory].contains(&error.kind()) => {
            Ok(Zeroizing::default())
        }
        Err(error) => Err(failed(&error.to_string())),
    }
}

/// The sections of a file, in order. Lines that are not assignments are skipped; indented lines belong to the setting above them.
fn sections(text: &str) -> Vec<(String, Section)> {
    let mut sections: Vec<(String, Section)> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) || line.starts_with([' ', '\t']) {
            continue;
        }
        if let Some(rest) = trimmed.strip_prefix('[') {
            if let Some((name, _)) = rest.split_once(']') {
                sections.push((name.trim().trim_matches(['"', '\'']).to_owned(), Section::new()));
            }
        } else if let (Some((name, value)), Some((_, section))) = (trimmed.split_once('='), sections.last_mut()) {
            section.insert(name.trim().to_lowercase(), Zeroizing::new(value.trim().to_owned()));
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    fn profiles(config: &str, credentials: &str) -> Result<Profiles> {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(directory.path().join(".aws")).expect("writable");
        std::fs::write(directory.path().join(".aws/config"), config).expect("writable");
        std::fs::write(directory.path().join(".aws/credentials"), credentials).expect("writable");
        let home = directory.path().display().to_string();
        Profiles::read(&Process::new(move |name| (name == "HOME").then(|| home.clone()), || UNIX_EPOCH))
    }

    #[test]
    fn the_two_files_are_one() {
        let all = profiles(
            "# a comment\n[default]\nregion = eu-north-1\ns3 =\n  max_concurrent = 7\n[profile web]\nRegion=us-east-1\naws_access_key_id = A\n[sso-session team]\nsso_region = x\n[web]\nregion = ignored\n",
            "[default]\naws_access_key_id=B\n[web]\naws_access_key_id = C\naws_secret_access_key = a=b#c\n",
        )
        .expect("readable");
        let of =
            |profile: &str, name: &str| all.profile(profile).and_then(|section| section.get(name)).map(|text| text.as_str());
        assert_eq!((of("default", "region"), of("default", "aws_access_key_id")), (Some("eu-north-1"), Some("B")));
        assert_eq!((of("web", "region"), of("web", "aws_access_key_id")), (Some("us-east-1"), Some("C")));
        assert_eq!((of("web", "aws_secret_access_key"), of("default", "max_concurrent")), (Some("a=b#c"), None));
        assert!(all.sso_session("team").is_some() && all.profile("team").is_none());
        let nothing = Profiles::read(&Process::new(|_| None, || UNIX_EPOCH)).expect("no file is no error");
        assert!(nothing.profile("default").is_none());
    }

    #[test]
    fn no_text_is_too_strange() {
        let alphabet = ["[", "]", "=", "\n", " ", "default", "profile x", "#", "ä", "\r", "\u{0}"];
        let mut state = 1_usize;
        for _ in 0..3000 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(alphabet[(state >> 33) % alphabet.len()]);
            }
            let sections = sections(&text);
            assert!(sections.len() <= text.matches('[').count());
        }
    }
}
