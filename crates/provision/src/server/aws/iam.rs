//! Users of IAM.

use std::collections::BTreeMap;

use super::admin::AwsAdmin;
use super::call::Call;
use super::client::Refusal;
use super::xml;

/// The name of the one policy of a user.
pub(super) const POLICY: &str = "takk";

/// A user.
pub(super) struct User {
    pub tags: BTreeMap<String, String>,
    pub policies: Vec<String>,
    /// Its access keys, with whether each is active.
    pub keys: Vec<(String, bool)>,
}

impl User {
    /// The user of a name.
    pub(super) fn find(admin: &AwsAdmin, name: &str) -> Result<Option<Self>, Refusal> {
        let of = |action: &'static str| Call::iam(action, &[("UserName", name)]).send_if_there(admin);
        if of("GetUser")?.is_none() {
            return Ok(None);
        }
        let text = of("ListUserTags")?.unwrap_or_default();
        let tags =
            xml::all(&text, "member").into_iter().filter_map(|tag| Some((xml::first(tag, "Key")?, xml::first(tag, "Value")?)));
        let tags = tags.collect();
        let text = of("ListUserPolicies")?.unwrap_or_default();
        let policies = xml::all(&text, "member").into_iter().map(str::to_owned).collect();
        let text = of("ListAccessKeys")?.unwrap_or_default();
        let key = |key: &str| Some((xml::first(key, "AccessKeyId")?, xml::first(key, "Status").as_deref() != Some("Inactive")));
        let keys = xml::all(&text, "member").into_iter().filter_map(key).collect();
        Ok(Some(Self { tags, policies, keys }))
    }
}

/// Who a login is.
pub(super) struct Identity {
    pub user: String,
    /// `arn:aws:iam::123456789012:user/anna`
    arn: String,
}

impl Identity {
    pub(super) fn read(admin: &AwsAdmin) -> Result<Self, Refusal> {
        let text = Call::iam("GetUser", &[]).send(admin)?;
        let arn = xml::first(&text, "Arn").unwrap_or_default();
        let user = xml::first(&text, "UserName").filter(|name| !name.is_empty());
        Ok(Self { user: user.unwrap_or_else(|| "the root user".to_owned()), arn })
    }

    /// Whether it is the owner of the account, who may do everything.
    pub(super) fn is_root(&self) -> bool {
        self.arn.ends_with(":root")
    }

    /// The number of the account; `*` if the server does not say.
    pub(super) fn account(&self) -> &str {
        self.arn.split(':').nth(4).filter(|account| !account.is_empty()).unwrap_or("*")
    }
}
