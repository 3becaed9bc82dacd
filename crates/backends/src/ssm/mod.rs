//! Parameters of AWS Systems Manager: ten names in a request, versions among them.

mod answer;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::json;
use url::Url;

use self::answer::{Parameter, Parameters, Refused};
use super::aws::{self, Chain, Credentials, Keeper, sigv4};
use super::backend::{Backend, Fetched, Proof};
use super::deadline::Deadline;
use super::error::{Error, ErrorKind, Result};
use super::http::{Answer, Http, Question};
use super::key::Key;
use super::parallel::in_parallel;
use super::process::Process;

/// The maximum number of names in a request.
const MOST_NAMES: usize = 10;
/// The maximum number of concurrent requests: SSM's default limit is 40 per second.
const AT_ONCE: usize = 4;

/// The settings of an [`Ssm`].
#[derive(Clone)]
pub struct SsmSettings {
    /// The variables and the clock.
    pub process: Process,
    /// The region. `None`: from `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile.
    pub region: Option<String>,
    /// The profile in the shared files. `None`: `AWS_PROFILE`, or the credentials in the environment.
    pub profile: Option<String>,
    /// The URL of SSM, if it is neither that of AWS nor that of `AWS_ENDPOINT_URL_SSM` or `AWS_ENDPOINT_URL`.
    pub endpoint: Option<String>,
    /// Explicit keys, instead of those that the chain finds.
    pub credentials: Option<Arc<Credentials>>,
    /// Whether values of `SecureString` parameters are decrypted.
    pub with_decryption: bool,
}

impl SsmSettings {
    /// Everything from the environment and the shared files, like boto3.
    pub fn new(process: Process) -> Self {
        Self { process, region: None, profile: None, endpoint: None, credentials: None, with_decryption: true }
    }
}

/// The parameters of an account in a region.
pub struct Ssm {
    process: Process,
    region: String,
    address: String,
    /// The client for that address. The first request creates the one for a public address: most processes of a program never read from
    /// it, and the client takes most of the memory of an [`Ssm`].
    server: OnceLock<Server>,
    keeper: Keeper,
    with_decryption: bool,
    /// How many seconds AWS' clock is ahead of this machine's, as far as known.
    skew: AtomicI64,
}

/// Where requests go.
struct Server {
    url: Url,
    http: Http,
}

impl Server {
    /// # Errors
    ///
    /// `Config` for an unusable URL or file of certificate authorities.
    fn new(address: &str, ca_file: Option<&Path>) -> Result<Self> {
        let url = Url::parse(address).ok().filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        let url = url.ok_or_else(|| {
            Error::config("the endpoint of AWS SSM is not an http or https URL")
                .hint("check AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL")
        })?;
        let http = aws::way("AWS SSM", &url, ca_file)?;
        Ok(Self { url, http })
    }
}

/// The result for a name.
type Found = Result<Parameter>;

impl Ssm {
    /// Sends no request, and looks for no keys.
    ///
    /// # Errors
    ///
    /// `Config` without a region, and for an unusable URL or file.
    pub fn new(settings: SsmSettings) -> Result<Self> {
        let SsmSettings { process, region, profile, endpoint, credentials, with_decryption } = settings;
        let region = aws::region(&process, region.as_deref(), profile.as_deref())?;
        let configured = endpoint.map_or_else(|| aws::configured_endpoint(&process, "SSM"), |url| Ok(Some(url)))?;
        let ca_file = aws::ca_file(&process);
        let is_public = configured.is_none() && ca_file.is_none();
        let address = configured.unwrap_or_else(|| aws::public_endpoint(&process, "ssm", &region));
        // What somebody has configured fails here, and not at the first request.
        let server = if is_public { OnceLock::new() } else { Server::new(&address, ca_file.as_deref())?.into() };
        let chain = Chain { process: process.clone(), profile, region: region.clone(), given: credentials };
        let keeper = Keeper::new(Box::new(move |deadline| chain.resolve(deadline)));
        Ok(Self { process, region, address, server, keeper, with_decryption, skew: AtomicI64::new(0) })
    }

    fn server(&self) -> &Server {
        let public = || Server::new(&self.address, None).expect("the public address of a region with a valid name is a URL");
        self.server.get_or_init(public)
    }

    /// The server and the identity, for messages.
    fn place(&self, credentials: Option<&Credentials>) -> String {
        let place = format!("{} (region {})", self.server().http.place(), self.region);
        credentials.map_or_else(|| place.clone(), |credentials| format!("{place} as {}", credentials.identity()))
    }

    /// Requests at most ten names, of distinct parameters. A request that AWS rejects because of its time, or because its keys have
    /// expired, is repeated once.
    fn ask(&self, names: &[&str], is_decrypted: bool, deadline: Deadline) -> Result<Result<Parameters, Refused>> {
        let body = json!({ "Names": names, "WithDecryption": is_decrypted }).to_string();
        let mut credentials = self.keeper.credentials(self.process.now(), deadline)?;
        let mut answer = self.send(body.as_bytes(), &credentials, deadline)?;
        if answer.status != 200 {
            let refused = Refused::of(&answer, &credentials.secrets());
            let ahead = answer.date.as_deref().and_then(aws::date_of).map(|date| date - self.process.seconds());
            if let Some(ahead) = ahead.filter(|_| refused.is_about_time()) {
                self.skew.store(ahead, Ordering::Relaxed);
            } else if refused.is_about_age() {
                credentials = self.keeper.instead_of(&credentials, deadline)?;
            } else {
                return Ok(Err(refused));
            }
            answer = self.send(body.as_bytes(), &credentials, deadline)?;
        }
        if answer.status != 200 {
            return Ok(Err(Refused::of(&answer, &credentials.secrets())));
        }
        match serde_json::from_slice(&answer.body) {
            Ok(parameters) => Ok(Ok(parameters)),
            // The error's message may contain a value.
            Err(_) => Ok(Err(Refused::of(&Answer { body: zeroize::Zeroizing::default(), ..answer }, &[]))),
        }
    }

    fn send(&self, body: &[u8], credentials: &Credentials, deadline: Deadline) -> Result<Answer> {
        let fixed = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.GetParameters")];
        let Server { url, http } = self.server();
        let signed = sigv4::sign(
            &sigv4::Signable {
                method: "POST",
                url,
                headers: &fixed,
                body,
                region: &self.region,
                service: "ssm",
                time: self.process.seconds() + self.skew.load(Ordering::Relaxed),
            },
            credentials,
        );
        let headers: Vec<_> = fixed.into_iter().chain(signed.iter().map(|(name, value)| (*name, value.as_str()))).collect();
        let question = Question { method: "POST", url: url.as_str(), headers: &headers, body: Some(body) };
        http.send(&question, deadline)
    }

    /// The result for each of a few names. If access to one of them is denied, so is the whole request, which is then split in half.
    fn ask_each<'n>(&self, names: &[&'n str], is_decrypted: bool, deadline: Deadline) -> HashMap<&'n str, Found> {
        let answer = self.ask(names, is_decrypted, deadline);
        match answer {
            Ok(Ok(parameters)) => self.found(names, parameters),
            Ok(Err(refused)) if refused.is_denied() && names.len() > 1 => {
                let (first, second) = names.split_at(names.len() / 2);
                let mut found = self.ask_each(first, is_decrypted, deadline);
                found.extend(self.ask_each(second, is_decrypted, deadline));
                found
            }
            Ok(Err(refused)) => self.all_failed(names, |what| refused.error(what)),
            Err(error) => self.all_failed(names, |what| {
                let same = Error::new(error.kind(), format!("{what}: {}", error.message())).retry_after(error.wait());
                error.hints().iter().fold(same, |same, hint| same.hint(hint.as_str()))
            }),
        }
    }

    fn all_failed<'n>(&self, names: &[&'n str], error: impl Fn(&str) -> Error) -> HashMap<&'n str, Found> {
        let place = self.place(self.keeper.known().as_deref());
        names.iter().map(|name| (*name, Err(error(&format!("cannot read `{name}` from {place}"))))).collect()
    }

    fn found<'n>(&self, names: &[&'n str], parameters: Parameters) -> HashMap<&'n str, Found> {
        let Parameters { mut parameters, invalid_parameters } = parameters;
        let place = self.place(self.keeper.known().as_deref());
        let mut found = HashMap::new();
        for name in names {
            let index = parameters.iter().position(|parameter| parameter.is_asked_by(name));
            let result = match index {
                Some(index) => Ok(parameters.swap_remove(index)),
                None if invalid_parameters.iter().any(|invalid| invalid == name) => {
                    let error = Error::not_found(format!("cannot read `{name}` from {place}: it does not exist"));
                    Err(error.hint("check the name, its version, the region and the account"))
                }
                None => Err(Error::transient(format!("cannot read `{name}` from {place}: the response does not mention it"))),
            };
            found.insert(*name, result);
        }
        found
    }

    /// The result for each name, in requests of ten. A request must not contain a parameter twice, not even in two versions.
    fn ask_all<'n>(&self, names: &[&'n str], is_decrypted: bool, deadline: Deadline) -> HashMap<&'n str, Found> {
        let mut batches: Vec<Vec<&'n str>> = Vec::new();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut wanted: Vec<&'n str> = names.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        for name in wanted {
            let from = seen.entry(base(name)).or_default();
            while batches.get(*from).is_some_and(|batch| batch.len() >= MOST_NAMES) {
                *from += 1;
            }
            if batches.len() <= *from {
                batches.push(Vec::new());
            }
            batches[*from].push(name);
            *from += 1;
        }
        // The first request is sent alone: if AWS cannot be reached, no others follow.
        let Some((first, rest)) = batches.split_first() else { return HashMap::new() };
        let mut found = self.ask_each(first, is_decrypted, deadline);
        let is_outage = found.values().all(|found| found.as_ref().is_err_and(Error::is_transient));
        if is_outage && !rest.is_empty() {
            let why = found.values().find_map(|found| found.as_ref().err()).cloned();
            let why = why.unwrap_or_else(|| Error::transient("AWS SSM cannot be reached"));
            found.extend(rest.iter().flatten().map(|name| (*name, Err(why.clone()))));
            return found;
        }
        for more in in_parallel(rest, AT_ONCE, |batch| self.ask_each(batch, is_decrypted, deadline)) {
            found.extend(more);
        }
        found
    }
}

/// A name without its version or label.
fn base(name: &str) -> &str {
    if name.starts_with("arn:") { name } else { name.split(':').next().unwrap_or(name) }
}

/// The name of a key in the syntax of SSM: `/db/password:3`.
fn name_of(key: &Key) -> Result<String> {
    match key.version() {
        None => Ok(key.path().to_owned()),
        Some(_) if key.path().contains(':') && !key.path().starts_with("arn:") => {
            let error = Error::config(format!("cannot read `{key}` from AWS SSM: the path and `version=` both name a version"));
            Err(error.hint("keep one of them"))
        }
        Some(version) => Ok(format!("{}:{version}", key.path())),
    }
}

impl Backend for Ssm {
    fn name(&self) -> String {
        self.place(self.keeper.known().as_deref())
    }

    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched> {
        let mut results = self.fetch_many(std::slice::from_ref(key), deadline);
        results.pop().unwrap_or_else(|| Err(Error::transient(format!("{} returned no result", self.name()))))
    }

    fn fetch_many(&self, keys: &[Key], deadline: Deadline) -> Vec<Result<Fetched>> {
        let names: Vec<Result<String>> = keys.iter().map(name_of).collect();
        let asked: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
        let found = self.ask_all(&asked, self.with_decryption, deadline);
        let fetched = |name: &Result<String>| {
            let name = name.as_ref().map_err(Clone::clone)?;
            let parameter = found[name.as_str()].as_ref().map_err(Clone::clone)?;
            parameter.fetched().ok_or_else(|| Error::config(format!("`{name}` in {} has no value", self.name())))
        };
        names.iter().map(fetched).collect()
    }

    /// Without decryption: the KMS key is not used, so the permission to use it is not proved.
    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
        let names: Vec<Result<String>> = keys.iter().map(name_of).collect();
        let asked: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
        let found = self.ask_all(&asked, false, deadline);
        let is_missing = |name: &str| found[name].as_ref().is_err_and(|error| error.kind() == ErrorKind::SecretNotFound);
        // If a version is missing, this checks whether the parameter exists at all.
        let bases: Vec<&str> =
            asked.iter().filter(|name| base(name) != **name && is_missing(name)).map(|name| base(name)).collect();
        let of_bases = self.ask_all(&bases, false, deadline);
        let proof = |name: &Result<String>| {
            let name = match name {
                Ok(name) => name.as_str(),
                Err(error) => return Proof::of_error(error.clone()),
            };
            match &found[name] {
                Ok(parameter) => Proof::Exists { version: parameter.version(), changed: parameter.changed() },
                Err(error) if is_missing(name) => match of_bases.get(base(name)) {
                    Some(Ok(parameter)) if base(name) != name => {
                        let version = parameter.version().unwrap_or_default();
                        Proof::VersionMissing(error.clone().hint(format!("its current version is {version}")))
                    }
                    _ => Proof::Missing(error.clone()),
                },
                Err(error) => Proof::of_error(error.clone()),
            }
        };
        names.iter().map(proof).collect()
    }
}
