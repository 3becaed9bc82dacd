//! An admin address of a service of AWS or of one that speaks its protocol, and what is common to buckets and queues.

use std::collections::BTreeMap;

use serde_json::Value;
use takk_model::error::{Error, Result};

use super::super::http::HttpAddress;
use super::super::{Admin, AdminAddress, FULL, Facts, Lack};
use super::call::Call;
use super::client::{Client, Keys, READ_ONLY, Refusal};
use super::found::{Found, Holding, name};
use super::iam::{Identity, POLICY};
use super::removal;
use super::tags::tags;
use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::provisioner::{Journal, MakesText, Status};

/// The region of servers without regions, and that of IAM at AWS.
const REGION: &str = "us-east-1";
/// A user that does not exist, to ask whether a login may do something without doing it.
const NOBODY: &str = "takk-nobody-of-this-name";

/// What differs between buckets and queues.
pub(in super::super) struct Service {
    /// The service: `s3`.
    pub name: &'static str,
    /// Its name for people.
    pub display: &'static str,
    /// What is created, and the credential with its name: `bucket`.
    pub noun: &'static str,
    /// How an address is written.
    pub form: &'static str,
    /// How many there are.
    pub count: fn(&AwsAdmin) -> Result<usize, Refusal>,
    /// A request that needs the right to remove one, for one that does not exist.
    pub probe: fn() -> Call,
    /// The one of an entry.
    pub find: fn(&AwsAdmin, &Entry) -> Result<Option<Holding>, Refusal>,
    /// What the program may do: the statements of a policy. Takes the number of the account.
    pub statements: fn(&AwsAdmin, &Entry, &str) -> Value,
    /// What creates and marks it; the flag says whether it exists.
    pub creation: fn(&AwsAdmin, &Entry, bool) -> Vec<Call>,
    /// Removes it with all that is in it.
    pub remove: fn(&AwsAdmin, &Entry) -> Result<(), Refusal>,
    /// Whether a name must differ from all others of the world at AWS.
    pub is_global: bool,
}

/// The keys of a user of IAM who may create users and buckets, or queues.
pub(in super::super) struct AwsAdmin {
    pub address: HttpAddress,
    pub service: &'static Service,
    pub client: Client,
    pub(super) iam: Client,
    is_aws: bool,
}

impl AwsAdmin {
    /// Reads an address. No error contains a part of its secret key.
    pub(in super::super) fn parse(text: &str, service: &'static Service) -> Result<Self> {
        let address = HttpAddress::parse(text, &["iam", "region"], service.form)?;
        let wrong = |why: &str| Error::usage(why).hint(format!("write it as {}", service.form));
        if has_path(&address.base) {
            return Err(wrong("the address must not have a path"));
        }
        let is_aws = address.host.ends_with(".amazonaws.com");
        let region = address.parameter("region").map(str::to_owned);
        let region = region.or_else(|| region_in(&address.host)).unwrap_or_else(|| REGION.to_owned());
        let (base, iam_region) = match address.parameter("iam") {
            Some(base) => (base.trim_end_matches('/').to_owned(), if is_aws { REGION } else { region.as_str() }),
            None if is_aws => ("https://iam.amazonaws.com".to_owned(), REGION),
            None => (address.base.clone(), region.as_str()),
        };
        let is_url = base.starts_with("https://") || (base.starts_with("http://") && !address.is_https);
        if !is_url || has_path(&base) || base.contains('@') {
            return Err(wrong(
                "the parameter `iam` of the address must be a URL without a login and a path, with TLS if the address has TLS",
            ));
        }
        let keys = Keys { access_key: address.user.clone(), secret_key: address.password.clone() };
        let roots = address.roots.as_deref();
        let iam = Client::new(&base, roots, keys.clone(), iam_region, "iam")?;
        let client = Client::new(&address.base, roots, keys, &region, service.name)?;
        Ok(Self { address, service, client, iam, is_aws })
    }

    /// The steps that create or repair an entry, with what each creates. The last one creates a key, and needs more than its calls.
    fn steps(&self, entry: &Entry, found: &Found, account: &str) -> Vec<(&'static str, &'static str, Vec<Call>)> {
        let user = name(entry, "user");
        let own = tags(entry);
        let mut of_user = Vec::new();
        if found.user.is_none() {
            of_user.push(Call::iam("CreateUser", &[("UserName", user)]).with_tags("Tags.member", &own));
        }
        // Some servers ignore the tags of a new user.
        of_user.push(Call::iam("TagUser", &[("UserName", user)]).with_tags("Tags.member", &own));
        let statements = (self.service.statements)(self, entry, account);
        let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let put = [("UserName", user), ("PolicyName", POLICY), ("PolicyDocument", policy.as_str())];
        vec![
            ("user", "user", of_user),
            ("policy", "policy of the user", vec![Call::iam("PutUserPolicy", &put)]),
            (self.service.noun, self.service.noun, (self.service.creation)(self, entry, found.holding.is_some())),
            ("key", "access key", self.of_keys(entry, found)),
        ]
    }

    /// Deletes keys of which takk does not have the secret, and creates one if the stored one is not among those that are there.
    fn of_keys(&self, entry: &Entry, found: &Found) -> Vec<Call> {
        let (user, stored) = (name(entry, "user"), name(entry, "access_key"));
        let keys = found.user.as_ref().map(|user| user.keys.as_slice()).unwrap_or_default();
        let is_stored = |(key, is_active): &(String, bool)| *is_active && key == stored;
        let others = keys.iter().filter(|key| !is_stored(key));
        let mut calls: Vec<Call> =
            others.map(|(key, _)| Call::iam("DeleteAccessKey", &[("UserName", user), ("AccessKeyId", key)])).collect();
        if !keys.iter().any(is_stored) {
            calls.push(Call::iam("CreateAccessKey", &[("UserName", user)]));
        }
        calls
    }

    /// Sends the requests of a step. What a new key is goes into the entry.
    fn run(&self, entry: &mut Entry, what: &str, calls: &[Call]) -> Result<()> {
        let key = entry.key();
        for call in calls {
            let text = call.send(self).map_err(|refusal| {
                let error = refusal.error(&format!("{key}: cannot create the {what} on the server")).about(call.to_string());
                let lacks = || format!("the user of the admin address lacks {}; then run the command again", call.right);
                if refusal.is_denied() && !refusal.is_read_only() { error.hint(lacks()) } else { error }
            })?;
            if call.right == "iam:CreateAccessKey" {
                let part = |name: &str| super::xml::first(&text, name).filter(|text| !text.is_empty());
                let (Some(access_key), Some(secret_key)) = (part("AccessKeyId"), part("SecretAccessKey")) else {
                    return Err(Error::usage(format!("{key}: the response to CreateAccessKey has no key")));
                };
                entry.credentials.insert("access_key".to_owned(), access_key.into());
                entry.credentials.insert("secret_key".to_owned(), secret_key.into());
            }
        }
        Ok(())
    }

    fn identity(&self) -> Result<Identity> {
        Identity::read(self).map_err(|refusal| refusal.error(&format!("cannot use {}", self.address.shown)))
    }

    /// Asks for rights without changing anything. What IAM can create cannot be asked for.
    fn lacks(&self) -> Vec<Lack> {
        let of_user = |name: &'static str| Call::iam(name, &[("UserName", NOBODY)]);
        let calls = [
            of_user("ListUserTags"),
            of_user("ListUserPolicies"),
            of_user("ListAccessKeys"),
            Call::iam("DeleteUserPolicy", &[("UserName", NOBODY), ("PolicyName", POLICY)]),
            Call::iam("DeleteAccessKey", &[("UserName", NOBODY), ("AccessKeyId", "AKIAAAAAAAAAAAAAAAAA")]),
            of_user("DeleteUser"),
            (self.service.probe)(),
        ];
        let mut lacks: Vec<Lack> = Vec::new();
        for call in calls {
            let Err(refusal) = call.send(self) else { continue };
            if refusal.is_read_only() {
                return vec![Lack {
                    right: "the right to change users, which the server gives to nobody".to_owned(),
                    remedy: READ_ONLY.to_owned(),
                }];
            }
            if refusal.is_denied() {
                let remedy = format!("a policy of the user that allows {}", call.right);
                lacks.push(Lack { right: call.right, remedy });
            }
        }
        lacks
    }

    /// The name of a bucket or queue.
    fn name_of(&self, blueprint: &Blueprint) -> String {
        let name = blueprint.owner.part(&blueprint.name).replace('_', "-");
        if self.service.is_global && self.is_aws {
            // Somebody else has the plain name.
            let hash = blueprint.container_name().rsplit('-').next().unwrap_or_default().to_owned();
            return format!("{name}-{hash}");
        }
        name
    }
}

impl Admin for AwsAdmin {
    fn address(&self) -> AdminAddress<'_> {
        AdminAddress {
            host: &self.address.host,
            port: self.address.port,
            shown: &self.address.shown,
            requires_tls: self.address.is_https,
            ssl_mode: None,
            ssl_roots: self.address.roots.as_deref(),
        }
    }

    fn facts(&self) -> Result<Facts> {
        let doing = format!("cannot use {}", self.address.shown);
        let identity = match Identity::read(self) {
            Err(refusal) if refusal.is_denied() => None,
            answer => Some(answer.map_err(|refusal| refusal.error(&doing))?),
        };
        let mut lacks = self.lacks();
        if identity.is_none() {
            let remedy = "a policy of the user that allows iam:GetUser".to_owned();
            lacks.insert(0, Lack { right: "iam:GetUser".to_owned(), remedy });
        }
        let count = match (self.service.count)(self) {
            Ok(count) => count,
            Err(refusal) if refusal.is_denied() => {
                let right = if self.service.name == "s3" { "s3:ListAllMyBuckets" } else { "sqs:ListQueues" };
                let remedy = format!("a policy of the user that allows {right}");
                lacks.push(Lack { right: right.to_owned(), remedy });
                0
            }
            Err(refusal) => return Err(refusal.error(&doing)),
        };
        let is_root = identity.as_ref().is_some_and(Identity::is_root);
        Ok(Facts {
            product: self.service.display,
            version: String::new(),
            too_wide: is_root.then(|| {
                "these are the keys of the account's root user. takk needs less: a user with a policy for IAM and the service".to_owned()
            }),
            user: identity.map_or_else(|| self.address.user.clone(), |identity| identity.user),
            is_encrypted: self.address.is_https,
            noun: self.service.noun,
            holdings: BTreeMap::from([(String::new(), count)]),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks,
        })
    }

    fn reserve(&self, blueprint: &Blueprint, entry: &mut Entry, _: &mut MakesText<'_>, adopts: bool) -> Result<()> {
        let name = self.name_of(blueprint);
        let mut set = |key: &str, value: String| entry.credentials.insert(key.to_owned(), value.into());
        set(self.service.noun, name.clone());
        set("user", format!("{}-{}", blueprint.owner.part(&blueprint.name).replace('_', "-"), self.service.name));
        set("endpoint", self.address.base.clone());
        set("region", self.client.region.clone());
        entry.protected = blueprint.level == FULL;
        entry.place = Some(format!("{} {name}", self.service.noun));
        // What is found to be impossible now leaves nothing behind.
        Found::read(self, entry)?.refuse_foreign(self, entry, adopts)
    }

    fn preview(&self, entry: &Entry, adopts: bool) -> Result<Vec<String>> {
        let found = Found::read(self, entry)?;
        found.refuse_foreign(self, entry, adopts)?;
        let steps = self.steps(entry, &found, self.identity()?.account());
        Ok(steps.iter().flat_map(|(_, _, calls)| calls).map(ToString::to_string).collect())
    }

    fn create(&self, _: &Blueprint, entry: &mut Entry, journal: &dyn Journal, adopts: bool) -> Result<()> {
        let found = Found::read(self, entry)?;
        found.refuse_foreign(self, entry, adopts)?;
        entry.credentials.insert("endpoint".to_owned(), self.address.base.clone().into());
        entry.credentials.insert("region".to_owned(), self.client.region.clone().into());
        let account = self.identity()?.account().to_owned();
        for (step, what, calls) in self.steps(entry, &found, &account) {
            self.run(entry, what, &calls)?;
            entry.step = Some(step.to_owned());
            journal.store(entry)?;
        }
        Ok(())
    }

    fn status(&self, entry: &Entry) -> Result<Status> {
        let is_reached = name(entry, "endpoint") == self.address.base && name(entry, "region") == self.client.region;
        let is_whole = is_reached && Found::read(self, entry)?.is_whole(entry);
        Ok(if is_whole { Status::Running } else { Status::Stopped(None) })
    }

    fn remove(&self, entry: &Entry) -> Result<()> {
        removal::remove(self, entry)
    }
}

fn has_path(base: &str) -> bool {
    base.split_once("://").is_none_or(|(_, place)| place.contains(['/', '?', '#']))
}

/// The region in a host name of AWS: `s3.eu-central-1.amazonaws.com`.
fn region_in(host: &str) -> Option<String> {
    let labels: Vec<&str> = host.strip_suffix(".amazonaws.com")?.split('.').collect();
    labels.last().filter(|label| label.matches('-').count() >= 2).map(|&label| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_in_the_host_name() {
        assert_eq!(region_in("s3.eu-central-1.amazonaws.com").as_deref(), Some("eu-central-1"));
        assert_eq!(region_in("sqs.us-gov-west-1.amazonaws.com").as_deref(), Some("us-gov-west-1"));
        assert_eq!((region_in("s3.amazonaws.com"), region_in("s3.eu-central-1.example.org")), (None, None));
    }

    #[test]
    fn an_address_has_no_path() {
        assert!(has_path("https://host/x") && has_path("host") && has_path("https://host?x"));
        assert!(!has_path("https://host:8333"));
    }
}
