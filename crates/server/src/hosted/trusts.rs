//! CI job trusts: which programs an owner of a project trusts, by the tokens of their issuer. Each rule has its own user, which is a member
//! of the project; the tokens that it issues are valid for 15 minutes.

use std::collections::BTreeMap;

use super::authorize::{AuthorizedAccess, unauthenticated, user_info};
use super::granted::{is_trust_good, made_by};
use super::invitations::new_user;
use super::{By, Hosted, Paging, Record, Refusal, Result, names};
use takk_api::{NewTrust, OidcToken, Page, Plain, TrustInfo};
use takk_model::{Role, TokenKind};
use takk_oidc::Claims;
use takk_project::config::CI_ISSUERS;
use takk_vault::store::{Accounts, TokenRow, TrustRow, UserRow};
use takk_vault::{NewTokenText, new_token};

/// The lifetime of a program's token, in milliseconds.
const LIFETIME: i64 = 15 * 60 * 1000;
/// The maximum number of claims or environments in a trust.
const MOST: usize = 100;
/// The maximum length of a claim, in characters.
const LONGEST_CLAIM: usize = 500;
/// The claims in which the common public issuers name the owner of a job: `sub` of GitHub and GitLab begins with it.
const OWNING: [&str; 9] = [
    "sub",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "project_path",
    "project_id",
    "namespace_path",
    "namespace_id",
];

/// Creates a trust. `issuers` are the allowed ones.
pub fn create(hosted: &mut Hosted, visit: &AuthorizedAccess, new: NewTrust, issuers: &[String]) -> Result<TrustInfo> {
    check(&new, issuers)?;
    let NewTrust { name, issuer, claims, role, environments } = new;
    let name = format!("{}/{name}", visit.project);
    let created_at = hosted.now();
    let item = format!("{name}@{}", role.as_str());
    let record = Record::new("trust.made").item(item).item(&issuer);
    let (made_by, made_with) = made_by(&visit.caller);
    hosted.change(visit, record, |accounts, _| {
        let project = visit.project.clone();
        let user = new_user(accounts, &name, None, None, created_at, Some(&project))?.id;
        accounts.set_member(user, &project, role)?;
        let mut row = TrustRow { id: 0, project, user, issuer, claims, role, environments, created_at, made_by, made_with };
        row.id = accounts.add_trust(&row)?;
        Ok(info(row, name, Some(visit.caller.user.name.clone())))
    })
}

/// The trusts of the project, oldest first.
pub fn list(hosted: &mut Hosted, visit: &AuthorizedAccess, paging: &Paging) -> Result<Page<TrustInfo>> {
    let after = paging.number()?.unwrap_or_default();
    let mut accounts = hosted.accounts()?;
    let rows: Vec<TrustRow> = accounts.trusts(&visit.project)?.into_iter().filter(|row| row.id > after).collect();
    let mut all = Vec::new();
    for row in rows {
        let maker = row.made_by.map(|id| accounts.user(id)).transpose()?.flatten().map(|user| user.name);
        if let Some(user) = accounts.user(row.user)? {
            all.push(info(row, user.name, maker));
        }
    }
    paging.page(all, |trust| trust.id.to_string())
}

/// Deletes a trust, with its user and all of that user's tokens.
pub fn remove(hosted: &mut Hosted, visit: &AuthorizedAccess, id: i64) -> Result<()> {
    let record = Record::new("trust.removed").item(id.to_string());
    hosted.change(visit, record, |accounts, record| {
        let known = accounts.trusts(&visit.project)?.into_iter().find(|row| row.id == id);
        let known = known.ok_or_else(|| Refusal::not_found(format!("there is no trust {id}")))?;
        record.items.extend(accounts.user(known.user)?.map(|user| user.name));
        Ok(accounts.remove_user(known.user).map(drop)?)
    })
}

/// Whether any project, or the given one, trusts an issuer. If not, its keys are not even requested.
pub fn is_trusted(hosted: &mut Hosted, issuer: &str, project: Option<&str>) -> Result<bool> {
    let rows = hosted.accounts()?.trusts_in(issuer)?;
    Ok(rows.iter().any(|row| project.is_none_or(|project| row.project == project)))
}

/// Issues a token to a program with these claims. If several trusts match, the one with the highest role counts.
pub fn let_in(
    hosted: &mut Hosted,
    issuer: &str,
    claims: &Claims,
    project: Option<&str>,
    request: &str,
) -> Result<Option<OidcToken>> {
    let now = hosted.now();
    let Some((row, user)) = fitting(hosted.accounts()?.as_mut(), issuer, claims, project, now)? else { return Ok(None) };
    let NewTokenText { text, hash } = new_token(TokenKind::Service)?;
    let subject = shown(&claims.text("sub").unwrap_or_default());
    let token = TokenRow {
        id: 0,
        hash,
        user: user.id,
        label: subject.clone(),
        kind: TokenKind::Service,
        projects: vec![row.project.clone()],
        environments: row.environments.clone(),
        role: row.role,
        created_at: now,
        expires_at: Some(now + LIFETIME),
        last_used_at: None,
        revoked_at: None,
        made_by: row.made_by,
        made_with: row.made_with,
    };
    let record = Record::new("login.oidc").item(subject).in_only(&token.projects);
    let by = By::Arrival { name: &user.name, request: Some(request) };
    hosted.change(by, record, |accounts, _| {
        // The trust may have changed in the meantime.
        let again = fitting(accounts, issuer, claims, project, now)?;
        if again.is_none_or(|(again, _)| again != row) {
            return Err(unauthenticated());
        }
        accounts.forget_tokens(user.id, now)?;
        Ok(accounts.add_token(&token)?)
    })?;
    Ok(Some(OidcToken { token: Plain::new(text), expires_at: now + LIFETIME, user: user_info(user) }))
}

/// The matching trust, and its user. If several match, the one with the highest role counts.
fn fitting(
    accounts: &mut dyn Accounts,
    issuer: &str,
    claims: &Claims,
    project: Option<&str>,
    now: i64,
) -> Result<Option<(TrustRow, UserRow)>> {
    let rows = accounts.trusts_in(issuer)?.into_iter();
    let mut all: Vec<TrustRow> =
        rows.filter(|row| project.is_none_or(|project| row.project == project) && fits(&row.claims, claims)).collect();
    all.sort_by_key(|row| (row.role, row.environments.is_empty(), std::cmp::Reverse(row.id)));
    let mut good = Vec::new();
    for row in all.into_iter().rev() {
        if is_trust_good(accounts, &row, now)? {
            good.push(row);
        }
    }
    if good.iter().any(|row| row.project != good[0].project) {
        return Err(Refusal::invalid("several projects trust this job, and it does not name one")
            .hint("name the project: TAKK_PROJECT"));
    }
    let Some(best) = good.into_iter().next() else { return Ok(None) };
    Ok(accounts.user(best.user)?.map(|user| (best, user)))
}

fn check(new: &NewTrust, issuers: &[String]) -> Result<()> {
    names::program("a program", &new.name)?;
    if !issuers.contains(&new.issuer) {
        return Err(Refusal::invalid("this server does not accept tokens of this issuer")
            .hint(format!("it accepts tokens of {}", issuers.join(", ")))
            .hint("the operator of the server can add others: takk serve --ci-issuer URL"));
    }
    if new.role == Role::Owner {
        return Err(Refusal::invalid("the role of a program must be `viewer`, `developer` or `operator`"));
    }
    if new.claims.len() > MOST || new.environments.len() > MOST {
        return Err(Refusal::invalid(format!("a trust can have at most {MOST} claims or environments")));
    }
    new.environments.iter().try_for_each(|name| names::environment(name).map(drop))?;
    new.claims.iter().try_for_each(|(name, wanted)| check_claim(name, wanted))?;
    let is_shared = CI_ISSUERS.contains(&new.issuer.as_str());
    if new.claims.is_empty() || (is_shared && !new.claims.iter().any(|(name, wanted)| tells_whose(name, wanted))) {
        return Err(Refusal::invalid("these claims also match jobs of other accounts")
            .hint("add a claim that identifies the repository: `repository` on GitHub, `project_path` on GitLab, or `sub`"));
    }
    Ok(())
}

fn check_claim(name: &str, wanted: &str) -> Result<()> {
    names::plain("a claim", name)?;
    let is_plain = !wanted.is_empty() && wanted.chars().count() <= LONGEST_CLAIM && !wanted.chars().any(char::is_control);
    if is_plain && wanted != "*" && !wanted.trim_end_matches('*').contains('*') && !wanted.ends_with("**") {
        Ok(())
    } else {
        Err(Refusal::invalid(format!(
            "the claim `{name}` must be a string; `*` is allowed only at its end, after other characters"
        )))
    }
}

/// Whether a claim admits no strangers: it names the owner exactly, or ends the owner's name with a `/` before a wildcard.
fn tells_whose(name: &str, wanted: &str) -> bool {
    OWNING.contains(&name) && wanted.strip_suffix('*').is_none_or(|fixed| fixed.contains('/'))
}

/// Whether every claim has the required value.
fn fits(wanted: &BTreeMap<String, String>, claims: &Claims) -> bool {
    let is_it = |wanted: &str, found: &str| wanted.strip_suffix('*').map_or(wanted == found, |fixed| found.starts_with(fixed));
    wanted.iter().all(|(name, wanted)| claims.text(name).is_some_and(|found| is_it(wanted, &found)))
}

/// A subject in a form that fits the label of a token.
fn shown(subject: &str) -> String {
    let plain: String = subject.chars().filter(|c| !c.is_control()).take(names::LONGEST).collect();
    if plain.is_empty() { "a program".to_owned() } else { plain }
}

fn info(row: TrustRow, user: String, made_by: Option<String>) -> TrustInfo {
    let TrustRow { id, issuer, claims, role, environments, created_at, .. } = row;
    TrustInfo { id, user, issuer, claims, role, environments, created_at, made_by }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(issuer: &str, claims: &[(&str, &str)]) -> NewTrust {
        let claims = claims.iter().map(|(name, wanted)| ((*name).to_owned(), (*wanted).to_owned())).collect();
        let (name, issuer) = ("deploy".to_owned(), issuer.to_owned());
        NewTrust { name, issuer, claims, role: Role::Operator, environments: Vec::new() }
    }

    #[test]
    fn a_rule_leaves_no_stranger_in() {
        let own = "https://ci.example";
        let issuers = [CI_ISSUERS[0], CI_ISSUERS[1], own].map(str::to_owned);
        let is_good = |issuer: &str, claims: &[(&str, &str)]| check(&new(issuer, claims), &issuers).is_ok();
        for claims in [
            &[("repository", "acme/shop")][..],
            &[("repository_owner", "acme"), ("ref", "refs/heads/*")],
            &[("sub", "repo:acme/shop:*")],
            &[("repository", "acme/*")],
        ] {
            assert!(is_good(CI_ISSUERS[0], claims), "{claims:?}");
        }
        assert!(is_good(CI_ISSUERS[1], &[("project_path", "acme/shop")]) && is_good(own, &[("ref", "main")]));
        for claims in [
            &[][..],
            &[("ref", "refs/heads/main")],
            &[("sub", "repo:*")],
            &[("sub", "repo:acme*")],
            &[("repository_owner", "acme*")],
            &[("repository", "*")],
            &[("repository", "acme/*/x")],
            &[("repository", "acme/**")],
            &[("repository", "")],
            &[("repository", "acme/shop\n")],
        ] {
            assert!(!is_good(CI_ISSUERS[0], claims), "{claims:?}");
        }
        assert!(!is_good(own, &[]) && !is_good("https://other.example", &[("sub", "x")]));
        let owner = NewTrust { role: Role::Owner, ..new(own, &[("sub", "x")]) };
        assert!(check(&owner, &issuers).is_err());
    }
}
