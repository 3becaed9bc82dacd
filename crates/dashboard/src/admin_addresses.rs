//! `/projects/{project}/environments/{environment}/admin-addresses`: the logins with which this server creates resources on other servers. An
//! address is checked when it is stored, and no page ever contains it.

use askama::Template;
use axum::extract::State;

use super::answer::{Answer, see, segment, shown};
use super::form::FormBody;
use super::form_errors::{Sentence, capitalised};
use super::person::{Inside, Person};
use super::shell::Shell;
use takk_api::{AdminAddressInfo, CheckedAdminAddress, Code, NewAdminAddress, Plain};
use takk_model::age::age;
use takk_model::counted::counted;
use takk_provision::server::{KINDS, ServerKind};
use takk_server::access::Operation;
use takk_server::app::App;
use takk_server::hosted::admin_addresses::{self, Inherited};
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::{Refusal, manifests};
use takk_server::problem::Refused;

#[derive(Template)]
#[template(path = "admin_addresses.html")]
struct AdminAddressesPage<'p> {
    shell: Shell,
    environment: &'p str,
    /// The path of this page, which is also that of its form.
    address: String,
    /// The page of everything that the code needs.
    back: String,
    listed: Vec<AdminAddressInfo>,
    /// Those of the environments that it is based on, which count where it has none.
    inherited: Vec<Inherited>,
    kinds: Vec<&'static ServerKind>,
    chosen: String,
    checked: Option<CheckedAdminAddress>,
    /// Why an address was not stored.
    refused: Option<Explanation>,
    now: i64,
}

/// What is wrong with an address, and what to do about it.
struct Explanation {
    sentence: Sentence,
    remedies: Vec<Remedy>,
}

/// What to do: a sentence, or who runs which statement.
struct Remedy {
    sentence: Sentence,
    statement: Option<String>,
}

pub(crate) async fn show(State(app): State<App>, Inside { person, visit, .. }: Inside<Operation>) -> Answer {
    page(&app, &person, visit, String::new(), None, None).await
}

/// Checks an address by a login, stores it, and shows what is there.
pub(crate) async fn set(State(app): State<App>, Inside { person, visit, .. }: Inside<Operation>, filled: FormBody) -> Answer {
    let kind = filled.text("kind").to_owned();
    let new = NewAdminAddress { address: Plain::new(filled.text("address").to_owned()) };
    if new.address.expose().trim().is_empty() {
        let refused = explained(&Refusal::invalid("enter an address"));
        return page(&app, &person, visit, kind, None, Some(refused)).await;
    }
    let (place, of) = (visit.clone(), kind.clone());
    let set = app.provisioning(visit.caller.user.id, move |hosted| admin_addresses::set(hosted, &place, &of, &new));
    match set.await {
        Ok(checked) => page(&app, &person, visit, kind, Some(checked), None).await,
        Err(Refused(refusal)) if refusal.code == Code::Invalid => {
            let refused = explained(&refusal);
            page(&app, &person, visit, kind, None, Some(refused)).await
        }
        Err(refused) => Err(refused.into()),
    }
}

pub(crate) async fn unset(State(app): State<App>, Inside { visit, .. }: Inside<Operation>, filled: FormBody) -> Answer {
    let (kind, address) = (filled.text("kind").to_owned(), address(&visit));
    app.slowly(visit.caller.user.id, move |hosted| admin_addresses::unset(hosted, &visit, &kind)).await?;
    Ok(see(&address))
}

async fn page(
    app: &App,
    person: &Person,
    visit: AuthorizedAccess,
    chosen: String,
    checked: Option<CheckedAdminAddress>,
    refused: Option<Explanation>,
) -> Answer {
    let person = person.clone();
    let written = app.slowly(visit.caller.user.id, move |hosted| {
        let listed = admin_addresses::list(hosted, &visit)?.addresses;
        let inherited = admin_addresses::inherited(hosted, &visit)?;
        let needed = manifests::needed(hosted, &visit)?;
        let mut kinds = KINDS.to_vec();
        // What the code needs comes first.
        let is_needed = |kind: &ServerKind| {
            needed.as_ref().is_some_and(|needed| needed.plan.resources.iter().any(|resource| kind.creates(&resource.kind)))
        };
        kinds.sort_by_key(|kind| !is_needed(kind));
        Ok(shown(&AdminAddressesPage {
            shell: Shell::within(&person, &visit, "resources"),
            environment: &visit.environment,
            address: address(&visit),
            back: format!("/projects/{}/environments/{}/resources", segment(&visit.project), segment(&visit.environment)),
            listed,
            inherited,
            kinds,
            chosen,
            checked,
            refused,
            now: hosted.now(),
        }))
    });
    Ok(written.await?)
}

fn address(visit: &AuthorizedAccess) -> String {
    format!("/projects/{}/environments/{}/admin-addresses", segment(&visit.project), segment(&visit.environment))
}

fn explained(refusal: &Refusal) -> Explanation {
    let remedies = refusal.hints.iter().map(|hint| remedy(hint));
    Explanation { sentence: Sentence::from(capitalised(&refusal.detail) + "."), remedies: remedies.collect() }
}

/// A hint; `as a superuser: ALTER ROLE adm CREATEDB` has a statement.
fn remedy(hint: &str) -> Remedy {
    let is_statement = |text: &str| {
        let first = text.split(' ').next().unwrap_or_default();
        first.len() > 1 && first.chars().all(|letter| letter.is_ascii_uppercase()) || text.starts_with("rabbitmqctl ")
    };
    match hint.split_once(": ").filter(|(_, rest)| is_statement(rest)) {
        Some((who, statement)) => {
            Remedy { sentence: Sentence::from(capitalised(who) + ":"), statement: Some(statement.to_owned()) }
        }
        None => Remedy { sentence: Sentence::from(capitalised(hint) + "."), statement: None },
    }
}

/// What the server holds: `3 databases (2 of postgres, 1 of ada)`.
fn holdings(checked: &CheckedAdminAddress) -> String {
    let total: usize = checked.holdings.values().sum();
    let owned = checked.holdings.iter().filter(|(owner, _)| !owner.is_empty());
    let owners: Vec<String> = owned.map(|(owner, count)| format!("{count} of {owner}")).collect();
    let owners = if owners.is_empty() { String::new() } else { format!(" ({})", owners.join(", ")) };
    format!("{}{owners}", counted(total, &checked.holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_shows_its_statement() {
        let remedy = remedy("as a superuser: ALTER ROLE \"adm\" CREATEDB");
        assert_eq!(remedy.statement.as_deref(), Some("ALTER ROLE \"adm\" CREATEDB"));
        assert_eq!(super::remedy("check user and password, and `pg_hba.conf` of the server").statement, None);
        assert_eq!(super::remedy("write it as postgresql://user@host: or so").statement, None);
        let said = super::remedy("on the broker: rabbitmqctl set_user_tags adm administrator").statement;
        assert_eq!(said.as_deref(), Some("rabbitmqctl set_user_tags adm administrator"));
    }
}
