//! The formats, and how to detect the one of a file.

/// A format that takk reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `NAME=value`, one per line.
    Dotenv,
    Json,
    Yaml,
}

/// A format that takk writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFormat {
    /// `NAME=value` for python-dotenv, and therefore for pydantic-settings.
    Dotenv,
    Json,
    Yaml,
    /// `export NAME='value'` for a POSIX shell.
    Shell,
    /// `NAME=value` for `docker run --env-file`, which supports neither quotes nor multi-line values.
    Docker,
}

impl Format {
    /// The format of a file, determined by its name (with or without directories), or else by its first meaningful line.
    pub fn detect(file_name: &str, text: &str) -> Self {
        let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name).to_ascii_lowercase();
        match base.rsplit_once('.').map(|(_, extension)| extension) {
            Some("json") => return Self::Json,
            Some("yaml" | "yml") => return Self::Yaml,
            Some("env") => return Self::Dotenv,
            _ if base.starts_with(".env") => return Self::Dotenv,
            _ => {}
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
        text.lines().map(str::trim).find(said).map_or(Self::Dotenv, Self::of_line)
    }

    /// The format of a file whose first meaningful line this is.
    fn of_line(line: &str) -> Self {
        let colon = line.find(": ").or_else(|| line.strip_suffix(':').map(str::len));
        let is_mapping = colon.is_some_and(|colon| !line[..colon].contains('='));
        if line.starts_with('{') {
            Self::Json
        } else if is_mapping || line == "---" || line.starts_with("--- ") || line.starts_with("%YAML") {
            Self::Yaml
        } else {
            Self::Dotenv
        }
    }
}
