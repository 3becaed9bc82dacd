//! One requirement as PEP 508 writes it: `httpx[http2]>=0.27,<1 ; python_version > "3.10"`.
//!
//! Parsed by hand, with `pep440_rs` for the versions. `pep508_rs` was tried first: it panics on `a[b-]`, takes exponential time for some
//! markers and quadratic time for long lists of extras.

use pep440_rs::{Operator, VersionSpecifiers};

use super::excerpt::shortened;
use super::{marker, name};

/// A requirement, reduced to the package and its version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Requirement {
    /// The normalised name of the package.
    pub(super) name: String,
    /// The versions that are allowed, as written.
    pub(super) specifier: Option<String>,
    /// The single version that is allowed, if there is only one.
    pub(super) pinned: Option<String>,
    /// The URL to install it from, if it has one.
    pub(super) url: Option<String>,
}

impl Requirement {
    /// Parses the requirement in `text`, or returns what is wrong with it as a phrase.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let name_end = text.bytes().position(|byte| !name::is_name_byte(byte)).unwrap_or(text.len());
        let (written, rest) = text.split_at(name_end);
        let name = name::normalised(written).ok_or("it does not start with a package name")?;
        let rest = skip_extras(rest.trim_start())?.trim_start();
        if let Some(address) = rest.strip_prefix('@') {
            return with_url(name, address);
        }
        let (versions, condition) = match rest.split_once(';') {
            Some((versions, condition)) => (versions, Some(condition)),
            None => (rest, None),
        };
        condition.map_or(Ok(()), marker::check)?;
        with_versions(name, versions)
    }
}

/// What comes after `[extra, other]`.
fn skip_extras(text: &str) -> Result<&str, String> {
    let Some(inside) = text.strip_prefix('[') else { return Ok(text) };
    let (extras, rest) = inside.split_once(']').ok_or("the `[` of its extras is not closed")?;
    let valid = extras.trim().is_empty() || extras.split(',').all(|extra| name::normalised(extra.trim()).is_some());
    if valid { Ok(rest) } else { Err("its extras are not names separated by commas".to_owned()) }
}

/// The rest of `name @ url ; marker`: a semicolon is part of the URL unless a space precedes it.
fn with_url(name: String, address: &str) -> Result<Requirement, String> {
    let (url, condition) = match address.split_once(" ;") {
        Some((url, condition)) => (url.trim(), Some(condition)),
        None => (address.trim(), None),
    };
    if url.is_empty() {
        return Err("it has no URL after `@`".to_owned());
    }
    condition.map_or(Ok(()), marker::check)?;
    let pinned = archive(url).and_then(|archive| archive.version);
    Ok(Requirement { name, specifier: None, pinned, url: Some(url.to_owned()) })
}

fn with_versions(name: String, versions: &str) -> Result<Requirement, String> {
    let versions = versions.trim();
    let versions = versions.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')).unwrap_or(versions).trim();
    if versions.is_empty() {
        return Ok(Requirement { name, ..Requirement::default() });
    }
    if !versions.starts_with(['<', '>', '=', '!', '~']) {
        let found = shortened(versions);
        return Err(format!("`{found}` is not a version specifier such as `>=1.2`"));
    }
    let specifiers: VersionSpecifiers =
        versions.parse().map_err(|_| format!("`{}` is not a version specifier such as `>=1.2`", shortened(versions)))?;
    Ok(Requirement { name, pinned: pinned(&specifiers), specifier: Some(versions.to_owned()), url: None })
}

/// The version that `==` (without `.*`) or `===` pins.
pub(super) fn pinned(specifiers: &VersionSpecifiers) -> Option<String> {
    specifiers
        .iter()
        .find(|specifier| matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual))
        .map(|specifier| specifier.version().to_string())
}

/// What the file name at the end of a URL says.
pub(super) struct Archive {
    /// The normalised name of the package.
    pub(super) name: String,
    pub(super) version: Option<String>,
}

/// The package of a URL that ends in a wheel (`httpx-0.27.0-py3-none-any.whl`) or a source archive.
pub(super) fn archive(address: &str) -> Option<Archive> {
    let path = address.split(['#', '?']).next()?;
    let file = path.rsplit(['/', '\\']).next()?;
    let (name, version) = match file.strip_suffix(".whl") {
        Some(stem) => {
            let mut parts = stem.split('-');
            (parts.next()?, parts.next()?)
        }
        None => [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar"]
            .iter()
            .find_map(|suffix| file.strip_suffix(suffix))?
            .rsplit_once('-')?,
    };
    let version = version.replace("%2B", "+").replace("%2b", "+");
    let version = version.parse::<pep440_rs::Version>().ok()?.to_string();
    Some(Archive { name: name::normalised(name)?, version: Some(version) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, requirement and pinned version; empty if it has none.
    fn parsed(text: &str) -> [String; 3] {
        let requirement = Requirement::parse(text).expect(text);
        [requirement.name, requirement.specifier.unwrap_or_default(), requirement.pinned.unwrap_or_default()]
    }

    #[test]
    fn names_versions_extras_and_markers() {
        assert_eq!(parsed("Python_DotEnv"), ["python-dotenv", "", ""]);
        assert_eq!(parsed("httpx[http2, socks] >=0.27,<1 ; python_version > '3.10'"), ["httpx", ">=0.27,<1", ""]);
        assert_eq!(parsed("a[]==1.0"), ["a", "==1.0", "1.0"]);
        assert_eq!(parsed("a (>=1, ==1.5)"), ["a", ">=1, ==1.5", "1.5"]);
        assert_eq!(parsed("a===1.0+cu118"), ["a", "===1.0+cu118", "1.0+cu118"]);
        assert_eq!(parsed("a==1.2.*"), ["a", "==1.2.*", ""]);
        assert_eq!(parsed("a;os_name=='nt'"), ["a", "", ""]);
    }

    #[test]
    fn addresses() {
        let requirement = Requirement::parse("demo @ git+https://example.org/demo.git@v1;x#egg=demo ; os_name == 'nt'");
        let url = requirement.ok().and_then(|requirement| requirement.url);
        assert_eq!(url.as_deref(), Some("git+https://example.org/demo.git@v1;x#egg=demo"));
        assert_eq!(parsed("torch@https://example.org/torch-2.3.1%2Bcu121-cp311-cp311-linux_x86_64.whl")[2], "2.3.1+cu121");
        assert_eq!(parsed("a @ file:///x/a-1.0.tar.gz")[2], "1.0");
        assert_eq!(parsed("a @ ./libs/a")[2], "");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("", "does not start with a package name"),
            ("-x", "does not start with a package name"),
            ("a-", "does not start with a package name"),
            ("a=1.0", "`=1.0` is not a version specifier"),
            ("a 1.0", "`1.0` is not a version specifier"),
            ("a>=", "not a version specifier"),
            ("a>=1.0.*", "not a version specifier"),
            ("a[b", "not closed"),
            ("a[b-]", "not names separated by commas"),
            ("a[b c]", "not names separated by commas"),
            ("a @ ", "no URL"),
            ("a; python > '3'", "not a marker variable"),
        ] {
            let error = Requirement::parse(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
