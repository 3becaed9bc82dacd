//! What an environment needs according to the code: stored, and compared with the names in the environment.

use std::sync::Arc;

use super::authorize::{self, AuthorizedAccess};
use super::environments::tag;
use super::plans::PlanKey;
use super::{Hosted, Refusal, Result, names};
use takk_api::{Code, ManifestKept, PlanPart, PlanResource, PlanService, PlanVariable, StoredPlan};
use takk_model::{Declaration, EnvironmentName, Manifest, ServiceKind, Unreadable};
use takk_plan::{EnvironmentPlan, PlannedResource, PlannedVariable, State, class_name, plan};
use takk_project::platform;
use takk_value::in_words;
use takk_vault::store::Durability;
use takk_vault::{SecretsError, manifest_tag};

/// What an environment needs according to its latest manifest, and what it has.
pub struct Needed {
    pub manifest: Manifest,
    /// The plan, including what the environment holds.
    pub plan: EnvironmentPlan,
    pub author: String,
    /// When the manifest was stored, in milliseconds since 1970.
    pub stored_at: i64,
    /// The `ETag` of all of it.
    pub tag: String,
}

impl Needed {
    /// How many required variables have no value.
    pub fn missing(&self) -> usize {
        self.plan.variables.iter().filter(|variable| variable.state == State::Missing).count()
    }
}

/// Parses a manifest to store. Does not need the store, and takes a while.
pub fn read(text: &[u8]) -> Result<Declaration> {
    Declaration::read(text).map_err(|error| unreadable(&error))
}

/// Replaces the stored manifest. Storing the same one again changes nothing.
pub fn store(hosted: &mut Hosted, visit: &AuthorizedAccess, declaration: &Declaration) -> Result<bool> {
    keep(hosted, visit, declaration)
}

/// The response after storing a manifest.
pub fn kept(hosted: &mut Hosted, visit: &AuthorizedAccess, changed: bool) -> Result<ManifestKept> {
    let missing = needed(hosted, visit)?.map_or(0, |needed| needed.missing());
    Ok(ManifestKept { changed, missing })
}

/// Whether a declaration can be used.
pub(super) fn check(declaration: &Declaration) -> Result<()> {
    declaration.check().map_err(|error| unreadable(&error))?;
    declaration.names().try_for_each(|(of, name)| names::plain(of, name).map(drop))
}

/// Stores a declaration. Returns whether it differs from the previous one.
pub(super) fn keep(hosted: &mut Hosted, visit: &AuthorizedAccess, declaration: &Declaration) -> Result<bool> {
    check(declaration)?;
    let text = declaration.written();
    let (place, caller) = ((visit.project.as_str(), visit.environment.as_str()), visit.caller.author());
    hosted.vault.transaction(Durability::Synced, |unit| {
        let now = unit.now();
        let confirmed = authorize::confirm_visit(unit.accounts().as_mut(), visit, now)?;
        match confirmed {
            Ok(()) => unit.keep_manifest(&caller, place, &text).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    })?
}

/// The stored manifest, with its `ETag`.
pub fn text(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<(Vec<u8>, String)> {
    let kept = hosted.vault.manifest(&visit.project, &visit.environment)?.ok_or_else(|| none(visit))?;
    let text = kept.text.to_vec();
    let tag = manifest_tag(&text);
    Ok((text, tag))
}

pub fn known(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<Arc<Needed>> {
    needed(hosted, visit)?.ok_or_else(|| none(visit))
}

/// The same, for the API.
pub fn stored_plan(needed: &Needed) -> StoredPlan {
    let variable = |planned| plan_variable(&needed.manifest, planned);
    StoredPlan {
        author: needed.author.clone(),
        stored_at: needed.stored_at,
        missing: needed.missing(),
        variables: needed.plan.variables.iter().map(variable).collect(),
        resources: needed.plan.resources.iter().map(plan_resource).collect(),
        services: needed.plan.services.iter().map(plan_service).collect(),
        unread: needed.plan.stale.iter().map(|stale| stale.stored.name.clone()).collect(),
    }
}

/// What the environment needs; `None` if it has no manifest or does not exist.
pub fn needed(hosted: &mut Hosted, visit: &AuthorizedAccess) -> Result<Option<Arc<Needed>>> {
    let name = EnvironmentName::parse(&visit.environment).map_err(|error| Refusal::invalid(error.to_string()))?;
    let kept = match hosted.vault.manifest(&visit.project, &visit.environment) {
        Err(SecretsError::NoEnvironment(_)) => None,
        other => other?,
    };
    let Some(kept) = kept else { return Ok(None) };
    let seen = hosted.vault.seen(&visit.project, &visit.environment)?;
    let key = PlanKey {
        project: visit.project.clone(),
        environment: visit.environment.clone(),
        created_at: seen.created_at,
        revision: seen.revision,
        manifest: manifest_tag(&kept.text),
    };
    if let Some(known) =
        hosted.plans.find(&key).filter(|known| known.stored_at == kept.stored_at && known.author == kept.author)
    {
        return Ok(Some(known));
    }
    // This program wrote it, or an earlier or later version on the same store.
    let declaration = Declaration::read(&kept.text).map_err(|error| {
        let detail = format!("cannot use the manifest of `{}`: {error}", visit.environment);
        Refusal::new(Code::Unavailable, detail).hint("run `takk push` to send it again")
    })?;
    let mut held: Vec<_> = seen.entries.into_iter().filter_map(platform::held).collect();
    held.sort_by(|a, b| a.name.cmp(&b.name));
    let plan = plan(&declaration.manifest, &declaration.environment(name), &held);
    let tag = format!("{}.{}", tag(seen.created_at, seen.revision), kept.stored_at);
    let Declaration { manifest, .. } = declaration;
    let needed = Arc::new(Needed { manifest, plan, author: kept.author, stored_at: kept.stored_at, tag });
    hosted.plans.keep(key, kept.text.len(), &needed);
    Ok(Some(needed))
}

/// Why a manifest is rejected, and what to upgrade.
pub(super) fn unreadable(error: &Unreadable) -> Refusal {
    let refusal = Refusal::invalid(error.to_string());
    let version = env!("CARGO_PKG_VERSION");
    match error {
        Unreadable::NoManifest => refusal.hint("run `takk push` to send one; `takk inspect --format json` shows it"),
        Unreadable::Older(_) => refusal.hint(format!("upgrade the takk that sent the manifest to {version} or later")),
        Unreadable::Newer(_) => {
            refusal.hint(format!("upgrade the server, which runs takk {version}, to the version that sent the manifest"))
        }
        Unreadable::Form(..) => refusal.hint("send what `takk inspect --format json` prints, not nested too deeply"),
        Unreadable::TooMany(_) | Unreadable::TooLong => refusal.hint("run `takk inspect` to see what it contains"),
    }
}

pub(super) fn none(visit: &AuthorizedAccess) -> Refusal {
    Refusal::not_found(format!("no manifest has been pushed for `{}`", visit.environment))
        .hint(format!("run `takk push --env {}` in a linked checkout", visit.environment))
}

fn plan_variable(manifest: &Manifest, planned: &PlannedVariable) -> PlanVariable {
    let declared = &planned.declared;
    let part = |part: &takk_model::ResourcePart| PlanPart {
        kind: part.kind.clone(),
        name: part.name.clone(),
        part: part.part.clone(),
    };
    PlanVariable {
        name: declared.name.clone(),
        alternatives: declared.alternatives.clone(),
        state: planned.state.as_str().to_owned(),
        type_name: declared.type_name.clone(),
        accepts: in_words(&manifest.accepts(&declared.name, declared.first_reader().field())),
        secret: declared.secret,
        description: declared.description.clone(),
        choices: declared.choices.clone(),
        class: declared.first_reader().class.as_ref().map(class_name),
        place: declared.place().short(),
        resource: declared.resource.as_ref().map(part),
        services: declared.services.clone(),
        version: planned.stored.as_ref().map(|stored| stored.version),
        reason: planned.reason.clone(),
    }
}

fn plan_resource(planned: &PlannedResource) -> PlanResource {
    let version = planned.version.as_ref();
    PlanResource {
        kind: planned.kind.clone(),
        name: planned.name.clone(),
        version: version.map(|answer| answer.version.clone()),
        reason: version.map(|answer| answer.reason.clone()),
        variables: planned.variables.clone(),
        services: planned.services.clone(),
        place: planned.place.short(),
    }
}

fn plan_service(planned: &takk_plan::PlannedService) -> PlanService {
    PlanService { name: planned.name.clone(), kind: kind(planned.kind).to_owned(), variables: planned.variables.clone() }
}

/// The kind of a component, as in a manifest.
fn kind(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::NetworkApp => "network-app",
        ServiceKind::Worker => "worker",
        ServiceKind::Subscriber => "subscriber",
        ServiceKind::Cron => "cron",
        ServiceKind::Job => "job",
        ServiceKind::Resource => "resource",
        ServiceKind::Daemonset => "daemonset",
    }
}
