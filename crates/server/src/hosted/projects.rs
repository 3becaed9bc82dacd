//! Projects.

use super::authorize::Caller;
use super::{Hosted, Paging, Record, Refusal, Result, names};
use takk_api::{Page, ProjectInfo};
use takk_model::Role;
use takk_vault::store::ProjectRow;

/// The projects in which the caller has a role, sorted by name.
pub fn list(hosted: &mut Hosted, caller: &Caller, paging: &Paging) -> Result<Page<ProjectInfo>> {
    // Projects that the token does not cover are skipped here, so that they do not take up room on the page.
    let after = paging.name()?;
    let rows = hosted.accounts()?.projects(Some(caller.user.id), after, usize::MAX >> 1)?;
    let rows = rows.into_iter().filter(|row| caller.covers_project(&row.name));
    paging.page(rows.map(info), |project| project.name.clone())
}

/// Creates a project with the caller as its owner, and returns whether it is new. An existing one stays unchanged, and callers without a
/// role in it do not learn about it.
pub fn put(hosted: &mut Hosted, caller: &Caller, name: &str) -> Result<(ProjectInfo, bool)> {
    names::project(name)?;
    if !caller.covers_project(name) {
        return Err(Refusal::forbidden("this token is not valid for that project"));
    }
    let (production, not_production) = (Vec::new(), Vec::new());
    let row = ProjectRow { name: name.to_owned(), created_at: hosted.now(), production, not_production };
    let known = {
        let mut accounts = hosted.accounts()?;
        match accounts.project(name)? {
            Some(known) => Some((known, accounts.role(caller.user.id, name)?)),
            None => None,
        }
    };
    match known {
        Some((known, Some(_))) => return Ok((info(known), false)),
        Some((_, None)) => return Err(taken()),
        None if caller.token.role < Role::Owner => {
            return Err(Refusal::forbidden("only a token with the role owner can create projects"));
        }
        None if !caller.token.environments.is_empty() => {
            return Err(Refusal::forbidden("a token that is limited to environments cannot create projects"));
        }
        None => {}
    }
    let record = Record::new("project.made").in_only(std::slice::from_ref(&row.name));
    hosted.change(caller, record, |accounts, _| {
        if !accounts.add_project(&row)? {
            return Err(taken());
        }
        Ok(accounts.set_member(caller.user.id, name, Role::Owner)?)
    })?;
    Ok((info(row), true))
}

/// The name belongs to somebody else. This is the only fact about foreign projects that cannot be hidden.
fn taken() -> Refusal {
    Refusal::forbidden("you have no role in a project of that name").hint("choose another name, or ask its owner for a role")
}

fn info(row: ProjectRow) -> ProjectInfo {
    ProjectInfo { name: row.name, created_at: row.created_at }
}
