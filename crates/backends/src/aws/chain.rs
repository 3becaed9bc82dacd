//! Where keys of AWS are looked for, in this order: the environment, a web identity, the profile of the shared files (keys, a role to
//! assume, a web identity, IAM Identity Center, `credential_process`), the container or pod, and the instance (IMDSv2).

use std::collections::HashSet;
use std::sync::Arc;

use super::credentials::Credentials;
use super::profile::{Profiles, Section};
use super::remote::{self, Role};
use super::{command, sso};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::process::Process;
use crate::text::SecretText;

/// Where the chain looks for keys.
#[derive(Clone)]
pub(crate) struct Chain {
    pub process: Process,
    /// The profile in the settings.
    pub profile: Option<String>,
    /// The region, for the URLs of STS.
    pub region: String,
    /// Explicit keys, which take precedence over everything else.
    pub given: Option<Arc<Credentials>>,
}

impl Chain {
    /// The profile in use, and whether it was named explicitly.
    pub(super) fn profile_name(process: &Process, profile: Option<&str>) -> (String, bool) {
        let named = profile.map(str::to_owned).or_else(|| process.set("AWS_PROFILE"));
        let named = named.or_else(|| process.set("AWS_DEFAULT_PROFILE"));
        let is_named = named.is_some();
        (named.unwrap_or_else(|| "default".to_owned()), is_named)
    }

    /// The first keys found. A source that has keys but cannot provide them is an error: no other identity is used instead.
    pub(crate) fn resolve(&self, deadline: Deadline) -> Result<Credentials> {
        if let Some(given) = &self.given {
            return Ok(Credentials::clone(given));
        }
        // A profile in the settings takes precedence over the environment.
        if self.profile.is_none() {
            if let Some(keys) = self.of_environment()? {
                return Ok(keys);
            }
            if let Some(role) = self.web_identity_of_environment() {
                return remote::web_identity(self, &role, deadline);
            }
        }
        let profiles = Profiles::read(&self.process)?;
        let (name, is_named) = Self::profile_name(&self.process, self.profile.as_deref());
        if let Some(keys) = self.of_profile(&profiles, &name, &mut HashSet::new(), deadline)? {
            return Ok(keys);
        }
        if is_named && profiles.profile(&name).is_none() {
            let error = Error::config(format!("the AWS profile `{name}` is not in ~/.aws/config or ~/.aws/credentials"));
            return Err(error.hint("correct AWS_PROFILE, or run `aws configure`"));
        }
        if let Some(keys) = remote::container(&self.process, deadline)? {
            return Ok(keys);
        }
        if let Some(keys) = remote::instance(&self.process, deadline)? {
            return Ok(keys);
        }
        Err(Error::auth(
            "there are no AWS credentials: not in the environment, in the shared files, of a container or pod, or of an instance",
        )
        .hint("set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role"))
    }

    fn of_environment(&self) -> Result<Option<Credentials>> {
        let Some(id) = self.process.set("AWS_ACCESS_KEY_ID") else { return Ok(None) };
        let Some(secret) = self.process.set("AWS_SECRET_ACCESS_KEY") else {
            return Err(Error::auth("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not").hint("set both, or neither"));
        };
        let token = self.process.set("AWS_SESSION_TOKEN").map(SecretText::new);
        Ok(Some(keys(id, secret, token, "the environment")))
    }

    fn web_identity_of_environment(&self) -> Option<Role> {
        Some(Role {
            arn: self.process.set("AWS_ROLE_ARN")?,
            token_file: Some(self.process.path(&self.process.set("AWS_WEB_IDENTITY_TOKEN_FILE")?)),
            session: self.process.set("AWS_ROLE_SESSION_NAME"),
            external_id: None,
            seconds: None,
        })
    }

    /// The keys of a profile. `seen` are the profiles that led to it.
    fn of_profile(
        &self,
        profiles: &Profiles,
        name: &str,
        seen: &mut HashSet<String>,
        deadline: Deadline,
    ) -> Result<Option<Credentials>> {
        let Some(section) = profiles.profile(name) else { return Ok(None) };
        let wrong = |why: String| Error::config(format!("the AWS profile `{name}` cannot be used: {why}"));
        if !seen.insert(name.to_owned()) {
            return Err(wrong("it is its own `source_profile`".to_owned()));
        }
        if let Some(arn) = text(section, "role_arn") {
            let role = Role {
                arn: arn.to_owned(),
                token_file: text(section, "web_identity_token_file").map(|path| self.process.path(path)),
                session: text(section, "role_session_name").map(str::to_owned),
                external_id: text(section, "external_id").map(str::to_owned),
                seconds: text(section, "duration_seconds").and_then(|seconds| seconds.parse().ok()),
            };
            if role.token_file.is_some() {
                return remote::web_identity(self, &role, deadline).map(Some);
            }
            if text(section, "mfa_serial").is_some() {
                return Err(wrong("its role requires a second factor, which a program cannot provide".to_owned())
                    .hint("use a `credential_process` or IAM Identity Center"));
            }
            let source = match (text(section, "source_profile"), text(section, "credential_source")) {
                (Some(source), _) if source == name => own_keys(section, name),
                (Some(source), _) => self.of_profile(profiles, source, seen, deadline)?,
                (None, Some("Environment")) => self.of_environment()?,
                (None, Some("EcsContainer")) => remote::container(&self.process, deadline)?,
                (None, Some("Ec2InstanceMetadata")) => remote::instance(&self.process, deadline)?,
                _ => return Err(wrong("`role_arn` needs `source_profile` or `credential_source`".to_owned())),
            };
            let source = source.ok_or_else(|| wrong("the source of its role has no credentials".to_owned()))?;
            return remote::assume_role(self, &role, &source, deadline).map(Some);
        }
        if let Some(keys) = own_keys(section, name) {
            return Ok(Some(keys));
        }
        if text(section, "sso_account_id").is_some() {
            return sso::credentials(&self.process, profiles, name, section, deadline).map(Some);
        }
        match text(section, "credential_process") {
            Some(line) => command::credentials(line, name, deadline).map(Some),
            None => Ok(None),
        }
    }
}

/// A setting, unless it is empty.
pub(super) fn text<'s>(section: &'s Section, name: &str) -> Option<&'s str> {
    section.get(name).map(|text| text.as_str()).filter(|text| !text.is_empty())
}

fn own_keys(section: &Section, name: &str) -> Option<Credentials> {
    let (id, secret) = (text(section, "aws_access_key_id")?, text(section, "aws_secret_access_key")?);
    let token = text(section, "aws_session_token").map(SecretText::new);
    Some(keys(id.to_owned(), secret.to_owned(), token, &format!("the profile {name}")))
}

fn keys(id: String, secret: String, session_token: Option<SecretText>, source: &str) -> Credentials {
    Credentials { access_key_id: id, secret: SecretText::new(secret), session_token, expires: None, source: source.to_owned() }
}
