//! An admin address, and what the cluster says about the login that it names.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use takk_model::error::{Error, Result};

use super::super::{Facts, Lack};
use super::address::Address;
use super::requests::{self, ALL, ALLOW, Acl, Cluster, LITERAL, TOPIC};
use crate::login::{KafkaError, KafkaSession, NotReady};
use takk_model::counted::counted;

/// The timeout of a session.
const LONGEST: Duration = Duration::from_secs(30);
/// The maximum number of bytes that a session reads: topics may be many.
const MOST: usize = 32 << 20;
/// Operations.
const DELETE: i8 = 6;
const ALTER: i8 = 7;
const DESCRIBE: i8 = 8;
const CLUSTER_ACTION: i8 = 9;
/// Errors.
const CLUSTER_DENIED: i16 = 31;
const TOPIC_DENIED: i16 = 29;
const NOT_CONTROLLER: i16 = 41;
const NO_AUTHORIZER: i16 = 54;
const LOGIN_FAILED: i16 = 58;
const NO_MECHANISM: i16 = 33;
const NO_LOGINS: i16 = 34;
const DELETION_DISABLED: i16 = 73;

/// A login that may create users.
pub(super) struct KafkaAdmin {
    pub(super) address: Address,
}

impl KafkaAdmin {
    /// A session that may do what is needed.
    pub(super) fn open(&self) -> Result<(KafkaSession, Cluster)> {
        let (session, cluster, facts) = self.look()?;
        facts.refuse_lacks(&self.address.shown)?;
        Ok((session, cluster))
    }

    /// Logs in and looks around.
    pub(super) fn look(&self) -> Result<(KafkaSession, Cluster, Facts)> {
        let doing = format!("cannot use {}", self.address.shown);
        self.read().map_err(|error| failed(&doing, &error))
    }

    /// A session as another user, or nothing if the user has another password.
    pub(super) fn knows(&self, user: &str, password: &str) -> Result<bool, KafkaError> {
        let Address { host, port, tls, .. } = &self.address;
        let mut session = KafkaSession::open(host, *port, tls.as_ref(), Instant::now() + LONGEST, MOST)?;
        match session.authenticate(user, password) {
            Ok(()) => Ok(true),
            Err(KafkaError::Said { code: LOGIN_FAILED, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn read(&self) -> Result<(KafkaSession, Cluster, Facts), KafkaError> {
        let Address { host, port, user, password, tls, .. } = &self.address;
        let mut session = KafkaSession::open(host, *port, tls.as_ref(), Instant::now() + LONGEST, MOST)?;
        session.authenticate(user, password)?;
        let cluster = requests::cluster(&mut session)?;
        let acls = if may(&cluster, DESCRIBE) { requests::acls_of(&mut session, &principal(user))? } else { Vec::new() };
        // Who may act as a broker has every right.
        let is_wide = may(&cluster, CLUSTER_ACTION);
        let lacks = if is_wide { Vec::new() } else { lacks(&cluster, &acls, user) };
        let brokers = cluster.brokers;
        let facts = Facts {
            product: "Kafka",
            // A broker does not tell its version.
            version: format!("with {}", counted(brokers, "broker")),
            user: user.clone(),
            too_wide: is_wide.then(|| format!("{user} may do everything. takk needs less: {}", rules(user))),
            is_encrypted: tls.is_some(),
            noun: "topic",
            holdings: BTreeMap::from([(String::new(), cluster.topics.len())]),
            open_to_all: Vec::new(),
            open_hint: "",
            lacks,
        };
        Ok((session, cluster, facts))
    }
}

/// A user, as rules name it.
pub(super) fn principal(user: &str) -> String {
    format!("User:{user}")
}

/// Whether the admin may do something with the cluster.
fn may(cluster: &Cluster, operation: i8) -> bool {
    // A negative number is what brokers say that were not asked.
    cluster.operations >= 0 && cluster.operations & (1 << operation) != 0
}

/// What creates the rights that an admin needs, with the programs of Kafka.
fn rules(user: &str) -> String {
    let add = format!("kafka-acls.sh --bootstrap-server ... --add --allow-principal User:{user}");
    format!("{add} --cluster --operation Alter --operation Describe; {add} --topic '*' --operation Describe --operation Delete")
}

fn lacks(cluster: &Cluster, acls: &[Acl], user: &str) -> Vec<Lack> {
    let mut missing = Vec::new();
    for (operation, name) in [(ALTER, "Alter"), (DESCRIBE, "Describe")] {
        if !may(cluster, operation) {
            missing.push(format!("{name} on the cluster"));
        }
    }
    let on_topics = |acl: &&Acl| acl.resource == TOPIC && acl.pattern == LITERAL && acl.name == "*" && acl.permission == ALLOW;
    let deletes = |acl: &Acl| acl.operation == DELETE || acl.operation == ALL;
    if !acls.iter().filter(on_topics).any(deletes) {
        missing.push("Delete on all topics".to_owned());
    }
    let lack = |right: String| Lack { right, remedy: format!("as an administrator: {}", rules(user)) };
    if missing.is_empty() { Vec::new() } else { vec![lack(missing.join(", "))] }
}

/// What went wrong with a cluster, and what helps.
pub(super) fn failed(doing: &str, error: &KafkaError) -> Error {
    match error {
        KafkaError::Said { code, message } => {
            let (why, hint) = match *code {
                LOGIN_FAILED => ("", "check user and password"),
                NO_MECHANISM => ("", "add it to sasl.enabled.mechanisms of the brokers"),
                NO_LOGINS => ("", "use the address of a listener with SASL"),
                CLUSTER_DENIED => ("the admin may not do this with the cluster", "grant it what the page of Kafka lists"),
                TOPIC_DENIED => ("the admin may not delete it", "grant it Delete and Describe on the topic '*'"),
                NOT_CONTROLLER => ("the broker is not the controller", "use a cluster in KRaft mode, Kafka 3.5 or later"),
                NO_AUTHORIZER => (
                    "the cluster has no authorizer: everybody may do everything",
                    "set authorizer.class.name, and allow.everyone.if.no.acl.found=false",
                ),
                DELETION_DISABLED => ("the cluster deletes no topics", "set delete.topic.enable=true"),
                _ => ("", ""),
            };
            let parts = [why, message.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
            let said = if parts.is_empty() { format!("the broker answers with the error {code}") } else { parts.join(": ") };
            let failure = Error::usage(format!("{doing}: {said}"));
            if hint.is_empty() { failure } else { failure.hint(hint) }
        }
        KafkaError::Lost(reason @ (NotReady::NoAnswer(_) | NotReady::Starting(_))) => Error::system(format!("{doing}: {reason}"))
            .hint(
                "check host and port, whether the broker runs, and whether it has TLS (security_protocol=SASL_SSL) or not; what was begun \
                 continues with the same command",
            ),
        KafkaError::Lost(NotReady::OtherServer(why)) if why.starts_with("TLS") => Error::usage(format!("{doing}: {why}"))
            .hint("use the host name in the certificate, and name the CA that signed it: ssl_cafile=/path/to/ca.pem"),
        KafkaError::Lost(reason) => Error::usage(format!("{doing}: {reason}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_needs_rights_on_the_cluster_and_on_topics() {
        let cluster = |operations| Cluster { brokers: 1, topics: Vec::new(), operations };
        let acl = |operation| Acl {
            resource: TOPIC,
            name: "*".to_owned(),
            pattern: LITERAL,
            principal: "User:adm".to_owned(),
            host: "*".to_owned(),
            operation,
            permission: ALLOW,
        };
        let both = (1 << ALTER) | (1 << DESCRIBE);
        assert_eq!(lacks(&cluster(both), &[acl(DELETE)], "adm"), []);
        assert_eq!(lacks(&cluster(both), &[acl(DESCRIBE)], "adm")[0].right, "Delete on all topics");
        let none = &lacks(&cluster(i32::MIN), &[], "adm")[0].right;
        assert_eq!(none, "Alter on the cluster, Describe on the cluster, Delete on all topics");
    }
}
