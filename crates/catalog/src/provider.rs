//! Outside services whose keys a program holds: how to recognize the key of one, and the request that proves that it works.

use serde::Serialize;

/// The operator of an outside service, such as OpenAI.
#[derive(Clone, Debug, Serialize)]
pub struct Provider {
    /// The kind of resource that its keys are for: `llm`.
    pub kind: &'static str,
    /// Its name in sentences: `OpenAI`.
    pub name: &'static str,
    /// The URL of its API, without a slash at the end. `None` if only the program knows it, or if the credential is itself a URL.
    pub base: Option<&'static str>,
    /// The hosts of its webhooks, whose URL is the credential. `*.` stands for any subdomain.
    pub hosts: &'static [&'static str],
    /// The usual names of the variables that hold its key. A longer name may end with `_` and one of them.
    pub variables: &'static [&'static str],
    /// The usual names of the variables that hold another URL of the same API.
    pub base_variables: &'static [&'static str],
    /// Whether other servers have its API, each at a URL of its own.
    pub compatible: bool,
    /// What its keys begin with, if no other provider's do.
    pub prefixes: &'static [&'static str],
    /// The request that proves a key and changes nothing.
    pub probe: Option<Probe>,
    /// The request that sends a message to the channel of a webhook.
    pub test_message: Option<Probe>,
}

/// A request that proves a credential.
#[derive(Clone, Debug, Serialize)]
pub struct Probe {
    pub method: &'static str,
    /// What is appended to the URL of the API, or of the webhook.
    pub path: &'static str,
    /// The headers, with `{key}` for the key.
    pub headers: &'static [&'static str],
    /// The body, as JSON.
    pub body: Option<&'static str>,
    /// The JSON pointer to what every successful response contains. It must be neither `null` nor `false`.
    pub proof: Option<&'static str>,
    /// The bodies of successful responses that are not JSON.
    pub texts: &'static [&'static str],
    /// JSON pointers to the code of an error; the first that is there counts.
    pub code: &'static [&'static str],
    /// Codes that mean that the credential is unknown or revoked.
    pub refused: &'static [&'static str],
    /// Codes that mean that it has expired.
    pub expired: &'static [&'static str],
    /// Codes that mean that it lacks a right.
    pub forbidden: &'static [&'static str],
    /// Codes that mean that the account has no credit left.
    pub exhausted: &'static [&'static str],
    /// The JSON pointer to the credit that is left, a number; `null` means no limit.
    pub credit: Option<&'static str>,
}

impl Provider {
    /// Whether the credential is the URL of a webhook.
    pub fn is_webhook(&self) -> bool {
        !self.hosts.is_empty()
    }

    /// Whether a webhook with that host is one of the provider.
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| match known.strip_prefix('*') {
            Some(parent) => host.ends_with(parent) && host.len() > parent.len(),
            None => host == *known,
        })
    }

    /// What precedes the usual name in a variable that holds a key of this provider: empty, or a prefix such as `APP_`. `None` if the
    /// variable does not have such a name.
    pub fn prefix_of<'n>(&self, variable: &'n str) -> Option<&'n str> {
        self.variables.iter().find_map(|usual| {
            let before = variable.len().checked_sub(usual.len())?;
            let (prefix, name) = (variable.get(..before)?, variable.get(before..)?);
            (name.eq_ignore_ascii_case(usual) && (prefix.is_empty() || prefix.ends_with('_'))).then_some(prefix)
        })
    }

    /// Whether a key is recognizably one of this provider.
    pub fn is_key(&self, key: &str) -> bool {
        self.prefixes.iter().any(|prefix| key.starts_with(prefix))
    }
}
