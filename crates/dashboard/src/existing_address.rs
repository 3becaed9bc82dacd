//! "Use an existing one": one address, tried by a login on request, and split into the variables of a resource. It is never sent back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::IntoResponse;
use serde_json::json;

use super::address_parts;
use super::answer::{Answer, see};
use super::form::FormBody;
use super::form_errors::Said;
use super::person::Inside;
use super::resource::{self, Named, View};
use super::resource_ways::FIELD;
use takk_api::{Change, Changes, Code, Plain};
use takk_model::Origin;
use takk_server::access::Values;
use takk_server::app::App;
use takk_server::hosted::authorize::AuthorizedAccess;
use takk_server::hosted::{Refusal, changes, connections, manifests, overview};
use takk_server::problem::Refused;

/// Logs in once with the address. The script of the page asks for JSON, so that what was typed stays in its field.
pub(crate) async fn test(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    Path(Named { resource }): Path<Named>,
    headers: HeaderMap,
    filled: FormBody,
) -> Answer {
    app.count_connection_test(visit.caller.user.id)?;
    let (place, key) = (visit.clone(), resource.clone());
    let tried = app.provisioning(visit.caller.user.id, move |hosted| {
        let kind = key.split('/').next().unwrap_or_default();
        connections::test(hosted, &place, &key, kind, filled.text(FIELD))
    });
    let (works, said) = tried.await?;
    if headers.get(ACCEPT).is_some_and(|accept| accept == "application/json") {
        return Ok(Json(json!({ "works": works, "said": said })).into_response());
    }
    let view = if works { View { tested: Some(said), ..View::default() } } else { View::of(Said::of(FIELD, said)) };
    resource::page(&app, &person, visit, resource, view).await
}

/// Stores the parts of the address in the variables of the resource.
pub(crate) async fn use_it(
    State(app): State<App>,
    Inside { person, visit, .. }: Inside<Values>,
    Path(Named { resource }): Path<Named>,
    filled: FormBody,
) -> Answer {
    match stored(&app, &visit, &resource, filled).await {
        Ok(()) => Ok(see(&resource::address(&visit, &resource))),
        Err(Refused(refusal)) => {
            let said = Said::refused(FIELD, refusal)?;
            resource::page(&app, &person, visit, resource, View::of(said)).await
        }
    }
}

async fn stored(app: &App, visit: &AuthorizedAccess, key: &str, filled: FormBody) -> Result<(), Refused> {
    let (place, key) = (visit.clone(), key.to_owned());
    let read = app.slowly(visit.caller.user.id, move |hosted| {
        let needed = manifests::known(hosted, &place)?;
        let unknown = || Refusal::not_found("the code needs no resource of that name");
        let resource = needed.plan.resources.iter().find(|one| super::resources::key_of(one) == key).ok_or_else(unknown)?;
        let values = address_parts::split(filled.text(FIELD), &needed, resource).map_err(Refusal::invalid)?;
        let columns = overview::columns(hosted, &place)?;
        let here = columns.iter().find(|column| column.environment == place.environment);
        let change = |(name, value): (String, zeroize::Zeroizing<String>)| Change {
            // Whoever sets one of them meanwhile is not overwritten.
            expected_version: Some(here.and_then(|column| column.find(&name)).map_or(0, |held| held.version)),
            name,
            value: Some(Plain::new((*value).clone())),
            origin: Some(Origin::Set),
        };
        Ok(values.into_iter().map(change).collect::<Vec<_>>())
    });
    let changes = Changes { changes: read.await? };
    let asked = changes::asked(visit.into(), None, &[], changes)?;
    match app.write_queue().ask(asked).await {
        Ok(given) => Ok(changes::done(given).map(drop)?),
        Err(refusal) if refusal.code == Code::VersionConflict => {
            let detail = "somebody changed one of its variables meanwhile: nothing was stored";
            Err(Refusal::new(Code::VersionConflict, detail).hint("look at the variables, and enter the address again").into())
        }
        Err(refusal) => Err(refusal.into()),
    }
}
