//! An admin address, and what the cluster says about the login that it names.

use std::collections::BTreeMap;

use serde_json::Value;
use takk_model::error::{Error, Result};

use super::super::http::HttpAddress;
use super::super::{Facts, Lack};
use super::api::{Api, Refusal};

/// How an address is written.
pub(super) const FORM: &str = "https://user:password@host:9200";
/// The API of the security plugin.
const SECURITY: &str = "/_plugins/_security/api";
/// What nobody has as a name: whoever may ask for it may manage what has names.
const NOBODY: &str = "takk_asks_for_nothing";

/// A user who may use the API of the security plugin.
pub(super) struct OpensearchAdmin {
    pub address: HttpAddress,
    pub api: Api,
}

/// The path of a user, a role or a mapping.
pub(super) fn path(what: &str, name: &str) -> String {
    format!("{SECURITY}/{what}/{name}")
}

impl OpensearchAdmin {
    /// Reads an address. No error contains a part of its password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let address = HttpAddress::parse(text, &[], FORM)?;
        let api = Api::new(&address.base, address.roots.as_deref(), &address.user, &address.password)?;
        Ok(Self { address, api })
    }

    /// What the cluster says, if the admin may do what is needed.
    pub(super) fn open(&self) -> Result<Facts> {
        let facts = self.look()?;
        facts.refuse_lacks(&self.address.shown)?;
        Ok(facts)
    }

    /// Logs in and looks around.
    pub(super) fn look(&self) -> Result<Facts> {
        let doing = format!("cannot use {}", self.address.shown);
        let failed = |refusal: Refusal| refusal.error(&doing);
        let page = self.api.get("/").map_err(failed)?.unwrap_or_default();
        let text = |pointer: &str| page.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        if text("/version/distribution") != "opensearch" {
            return Err(Error::usage(format!("{doing}: it is not OpenSearch")).hint("use the address of a cluster, port 9200"));
        }
        let mut lacks = Vec::new();
        for what in ["internalusers", "roles", "rolesmapping"] {
            match self.api.get(&path(what, NOBODY)) {
                Ok(None) => {}
                Err(Refusal::Rights(_)) => lacks.push(what),
                Err(Refusal::Said { status: 400 | 405, .. }) => {
                    return Err(Error::usage(format!("{doing}: the cluster has no security plugin, and so no users"))
                        .hint("enable it: plugins.security.disabled: false in opensearch.yml"));
                }
                Ok(Some(_)) => return Err(Error::usage(format!("{doing}: it answers for users that nobody has"))),
                Err(refusal) => return Err(failed(refusal)),
            }
        }
        let user = self.address.user.clone();
        let mut lacks: Vec<Lack> = api_lack(&lacks, &user).into_iter().collect();
        let count = match self.api.get("/_cat/indices/*?format=json&h=index") {
            Ok(indices) => indices.as_ref().and_then(Value::as_array).map_or(0, Vec::len),
            Err(Refusal::Rights(_)) => {
                let remedy = format!(
                    "map {user} to a role with `cluster_monitor`, and `indices_monitor` and `indices:admin/delete` for `*`"
                );
                lacks.push(Lack { right: "the right to list indices".to_owned(), remedy });
                0
            }
            Err(refusal) => return Err(failed(refusal)),
        };
        Ok(Facts {
            product: "OpenSearch",
            version: text("/version/number"),
            user,
            too_wide: None,
            is_encrypted: self.address.is_https,
            noun: "index",
            holdings: BTreeMap::from([(String::new(), count)]),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks,
        })
    }
}

fn api_lack(refused: &[&str], user: &str) -> Option<Lack> {
    (!refused.is_empty()).then(|| Lack {
        right: format!("the right to manage {} by the security API", refused.join(", ")),
        remedy: format!(
            "map {user} to the role `security_rest_api_access`, and list that in plugins.security.restapi.roles_enabled of opensearch.yml"
        ),
    })
}
