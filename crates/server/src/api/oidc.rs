//! `/api/v1/login/oidc`: exchanges the token of a trusted issuer for one of takk.

use std::time::Instant;

use axum::Json;
use axum::extract::State;

use crate::access::Claimant;
use crate::app::App;
use crate::body::Sent;
use crate::hosted::{Refusal, trusts};
use crate::problem::Refused;
use takk_api::{Code, OidcLogin, OidcToken, Problem};
use takk_oidc::{OidcError, issuer_of};

/// Exchange the identity token of a program, such as a CI job, that a project trusts for a takk token
#[utoipa::path(
    post, path = "/api/v1/login/oidc", tag = "people", request_body = OidcLogin,
    responses((status = 200, body = OidcToken),
        (status = 401, description = "No project trusts the identity token", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json")),
)]
pub(crate) async fn let_in(
    claimant: Claimant,
    State(app): State<App>,
    body: Sent<OidcLogin>,
) -> Result<Json<OidcToken>, Refused> {
    match exchanged(&app, body.value, claimant.request().to_owned()).await? {
        Some(given) => {
            claimant.accepted(&given.user.name);
            Ok(Json(given))
        }
        None => Err(claimant.rejected(&app, unknown(app.public_url()))),
    }
}

async fn exchanged(app: &App, login: OidcLogin, request: String) -> Result<Option<OidcToken>, Refused> {
    let OidcLogin { token, project } = login;
    let issuer = issuer_of(token.expose()).filter(|issuer| app.ci_issuers().contains(issuer));
    let Some(issuer) = issuer else { return Ok(None) };
    let (named, wanted) = (issuer.clone(), project.clone());
    if !app.work_of_stranger(move |hosted| trusts::is_trusted(hosted, &named, wanted.as_deref())).await? {
        return Ok(None);
    }
    let (named, audience) = (issuer.clone(), app.public_url().to_owned());
    let asked = app.ask_issuers(move |issuers| issuers.verified(token.expose(), &named, &audience, Instant::now())).await?;
    match asked {
        Ok(claims) => {
            app.work_of_stranger(move |hosted| trusts::let_in(hosted, &issuer, &claims, project.as_deref(), &request)).await
        }
        Err(error) => {
            tracing::warn!(issuer, %error, "a CI job was denied");
            let is_down = matches!(error, OidcError::Unreachable { .. });
            let down = || Refusal::new(Code::Unavailable, "cannot reach the issuer of the token").retry_after(5);
            if is_down { Err(down().into()) } else { Ok(None) }
        }
    }
}

/// Rejects a program that may not sign in. The reason is only logged.
fn unknown(public_url: &str) -> Refusal {
    Refusal::new(Code::Unauthenticated, "no project trusts this token, or it has expired")
        .hint(format!("its audience must be {public_url}"))
        .hint("an owner of the project can add a CI job trust on its Members page")
}
