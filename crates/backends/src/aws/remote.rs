//! Keys that a service gives: STS for a role, the agent of a container or pod, the metadata service of an instance.

use std::path::{Path, PathBuf};
use std::time::Duration;
use takk_model::percent::encoded;

use serde::Deserialize;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::chain::Chain;
use super::credentials::Credentials;
use super::sigv4::{Signable, sign};
use crate::deadline::Deadline;
use crate::error::{Error, Result, shown};
use crate::http::{Answer, Http, Question};
use crate::process::{Process, moment};
use crate::text::SecretText;

/// The timeout of a metadata service: nothing responds outside of an instance.
const METADATA: Duration = Duration::from_secs(1);

/// A role to assume.
pub(super) struct Role {
    pub arn: String,
    pub token_file: Option<PathBuf>,
    pub session: Option<String>,
    pub external_id: Option<String>,
    pub seconds: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
    expiration: Option<String>,
}

impl Given {
    fn credentials(self, source: &str) -> Credentials {
        Credentials {
            access_key_id: self.access_key_id,
            secret: SecretText::new(self.secret_access_key.as_str()),
            session_token: self.token.map(|token| SecretText::new(token.as_str())),
            expires: self.expiration.as_deref().and_then(moment),
            source: source.to_owned(),
        }
    }
}

/// Keys for a role, in exchange for a token in a file (`AssumeRoleWithWebIdentity`), as EKS and CI provide it.
pub(super) fn web_identity(chain: &Chain, role: &Role, deadline: Deadline) -> Result<Credentials> {
    let path = role.token_file.as_deref().expect("a web identity has a token file");
    let token = read(path)?;
    let session = role.session.clone().unwrap_or_else(|| "takk".to_owned());
    let form = [("RoleArn", role.arn.as_str()), ("RoleSessionName", &session), ("WebIdentityToken", token.expose())];
    sts(chain, "AssumeRoleWithWebIdentity", role, &form, None, deadline)
}

/// Keys for a role, obtained with other keys (`AssumeRole`).
pub(super) fn assume_role(chain: &Chain, role: &Role, source: &Credentials, deadline: Deadline) -> Result<Credentials> {
    let session = role.session.clone().unwrap_or_else(|| "takk".to_owned());
    let mut form = vec![("RoleArn", role.arn.as_str()), ("RoleSessionName", &session)];
    form.extend(role.external_id.as_deref().map(|id| ("ExternalId", id)));
    sts(chain, "AssumeRole", role, &form, Some(source), deadline)
}

fn sts(
    chain: &Chain,
    action: &str,
    role: &Role,
    form: &[(&str, &str)],
    source: Option<&Credentials>,
    deadline: Deadline,
) -> Result<Credentials> {
    let process = &chain.process;
    let address = super::endpoint(process, "STS", "sts", &chain.region)?;
    let url = Url::parse(&address).map_err(|_| Error::config("the endpoint of AWS STS is not a URL"))?;
    let http = super::way("AWS STS", &url, super::ca_file(process).as_deref())?;
    let seconds = role.seconds.map(|seconds| seconds.to_string());
    let fixed = [("Action", action), ("Version", "2011-06-15")];
    let pairs = fixed.iter().chain(form).copied().chain(seconds.as_deref().map(|seconds| ("DurationSeconds", seconds)));
    let body = pairs.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
    let body = Zeroizing::new(body);
    let kind = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let signed = source.map(|source| {
        let request = Signable {
            method: "POST",
            url: &url,
            headers: &[kind],
            body: body.as_bytes(),
            region: &chain.region,
            service: "sts",
            time: process.seconds(),
        };
        sign(&request, source)
    });
    let mut headers = vec![kind];
    headers.extend(signed.iter().flatten().map(|(name, value)| (*name, value.as_str())));
    let question = Question { method: "POST", url: url.as_str(), headers: &headers, body: Some(body.as_bytes()) };
    let answer = http.send(&question, deadline)?;
    let text = Zeroizing::new(String::from_utf8_lossy(&answer.body).into_owned());
    let as_whom = source.map_or_else(|| "with a web identity".to_owned(), |source| format!("as {}", source.identity()));
    let what = format!("cannot assume the role {} at {} {as_whom}", role.arn, http.place());
    if answer.status != 200 {
        let code = shown(tag(&text, "Code").unwrap_or_default(), &[]);
        return Err(match answer.status {
            429 | 500.. => {
                Error::transient(format!("{what}: {code} (status {})", answer.status)).retry_after(answer.retry_after)
            }
            _ if code == "Throttling" => Error::transient(format!("{what}: {code}")).retry_after(answer.retry_after),
            _ => Error::auth(format!("{what}: {code}"))
                .hint("check the role, who may assume it (its trust policy), and the token or keys"),
        });
    }
    let (Some(id), Some(secret), Some(token)) =
        (tag(&text, "AccessKeyId"), tag(&text, "SecretAccessKey"), tag(&text, "SessionToken"))
    else {
        return Err(Error::config(format!("{what}: the response contains no credentials")));
    };
    Ok(Credentials {
        access_key_id: id.to_owned(),
        secret: SecretText::new(secret),
        session_token: Some(SecretText::new(token)),
        expires: tag(&text, "Expiration").and_then(moment),
        source: format!("the role {}", role.arn),
    })
}

/// The text of the first element with that name. None of the values read this way contains characters that XML escapes.
fn tag<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.trim())
}

/// Keys of the task's role (ECS) or the pod's (EKS Pod Identity). `None` if there is no such agent.
pub(super) fn container(process: &Process, deadline: Deadline) -> Result<Option<Credentials>> {
    let url = match (process.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), process.set("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
        (Some(path), _) => format!("http://169.254.170.2/{}", path.trim_start_matches('/')),
        (None, Some(url)) if is_agent(&url) => url,
        (None, Some(_)) => {
            let error = Error::config("AWS_CONTAINER_CREDENTIALS_FULL_URI is neither an HTTPS URL nor one of this machine");
            return Err(error.hint("use the URL that ECS or EKS sets"));
        }
        (None, None) => return Ok(None),
    };
    let token = match process.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(path) => Some(read(&process.path(&path))?),
        None => process.set("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(SecretText::new),
    };
    let http = Http::new(format!("the credentials of the container at {url}"), &url, None, "AWS_CA_BUNDLE=/path/to/ca.pem")?;
    let headers: Vec<_> = token.iter().map(|token| ("Authorization", token.expose())).collect();
    let answer =
        http.send(&Question { method: "GET", url: &url, headers: &headers, body: None }, deadline.within(METADATA * 3))?;
    given(&http, &answer, "the container").map(Some)
}

/// Whether a URL is that of the agent of ECS or EKS.
fn is_agent(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default();
    let known = ["localhost", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]"];
    let is_loopback = matches!(url.host(), Some(Host::Ipv4(address)) if address.is_loopback());
    url.scheme() == "https" || known.contains(&host) || is_loopback
}

/// Keys of the instance's role (IMDSv2). `None` if this is not an instance, or it has no role.
pub(super) fn instance(process: &Process, deadline: Deadline) -> Result<Option<Credentials>> {
    if process.set("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let base = process.set("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_else(|| "http://169.254.169.254".to_owned());
    let base = base.trim_end_matches('/');
    let http = Http::new(format!("the metadata service at {base}"), base, None, "AWS_CA_BUNDLE=/path/to/ca.pem")?;
    let deadline = deadline.within(METADATA * 3);
    let ask = |method, path: &str, headers: &[(&str, &str)]| {
        let body: Option<&[u8]> = (method == "PUT").then_some(&[]);
        let url = format!("{base}/latest/{path}");
        http.send(&Question { method, url: &url, headers, body }, deadline.within(METADATA))
    };
    // If whatever responds here does not issue a token, it is not the metadata service.
    let token = ask("PUT", "api/token", &[("X-aws-ec2-metadata-token-ttl-seconds", "300")]);
    let Ok(token) = token else { return Ok(None) };
    let Some(token) = utf8(&token).filter(|_| token.status == 200) else { return Ok(None) };
    let headers = [("X-aws-ec2-metadata-token", token)];
    let roles = ask("GET", "meta-data/iam/security-credentials/", &headers)?;
    let Some(role) = utf8(&roles).filter(|_| roles.status == 200).and_then(|roles| roles.lines().next()) else {
        return Ok(None);
    };
    let path = format!("meta-data/iam/security-credentials/{}", encoded(role.trim()));
    let answer = ask("GET", &path, &headers)?;
    given(&http, &answer, &format!("the instance's role {}", shown(role, &[]))).map(Some)
}

fn utf8(answer: &Answer) -> Option<&str> {
    std::str::from_utf8(&answer.body).ok().map(str::trim).filter(|text| !text.is_empty())
}

fn given(http: &Http, answer: &Answer, source: &str) -> Result<Credentials> {
    let what = format!("cannot get AWS credentials from {}", http.place());
    match answer.status {
        200 => serde_json::from_slice::<Given>(&answer.body)
            .map(|given| given.credentials(source))
            .map_err(|_| Error::auth(format!("{what}: the response contains none")).hint("give the machine a role")),
        429 | 500.. => Err(Error::transient(format!("{what}: status {}", answer.status))),
        _ => Err(Error::auth(format!("{what}: status {}", answer.status)).hint("check the role of the machine")),
    }
}

fn read(path: &Path) -> Result<SecretText> {
    let failed = |why: String| Error::auth(format!("cannot read the token in `{}`: {why}", path.display()));
    let bytes =
        takk_files::given(path, takk_files::MOST_OF_KEYS).map(Zeroizing::new).map_err(|error| failed(error.to_string()))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| failed("it is not UTF-8".to_owned()))?.trim();
    if text.is_empty() { Err(failed("it is empty".to_owned())) } else { Ok(SecretText::new(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_agents_are_sent_the_token_of_the_container() {
        for url in [
            "http://169.254.170.23/v1/credentials",
            "https://agent.example/x",
            "http://[fd00:ec2::23]/v1",
            "http://127.0.0.1:5000/",
        ] {
            assert!(is_agent(url), "{url}");
        }
        for url in ["http://agent.example/", "http://169.254.169.254/", "http://127.evil.example/", "x"] {
            assert!(!is_agent(url), "{url}");
        }
    }

    #[test]
    fn a_tag_has_a_text() {
        assert_eq!(tag("<a><Code> x </Code></a>", "Code"), Some("x"));
        assert_eq!(tag("<Code>x", "Code"), None);
    }
}
