//! Every route of the server, on one page; the dashboard brings its own. The method and path are next to each handler, and so is its
//! description. A route of the API needs a [guard](super::access::Guard), and only this file adds routes without one.

use axum::Router;
use axum::handler::Handler;
use axum::http::{HeaderMap, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, get};
use utoipa::openapi::path::{HttpMethod, Operation, Paths};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{OpenApi, RefOr};

use super::access::{Guarded, guarded};
use super::api::{
    admin_addresses, audit, changes, compare, environments, invitations, login, manifests, members, oidc, production, projects,
    resources, secrets, service_tokens, tokens, trusts, values, versions, whoami,
};
use super::app::App;
use super::request_log::observe;
use super::{document, health_routes, legacy_api};
use crate::hosted::Refusal;

/// What browsers are shown. It comes from another crate, so that the server is not compiled again when a page changes.
pub struct Dashboard {
    /// The pages, and the targets of their forms.
    pub routes: Router<App>,
    /// The page for a refused request.
    pub refused: fn(Refusal) -> Response,
}

/// All routes of the server. What monitors read, and the description of the API, is for everybody.
#[expect(clippy::disallowed_methods, reason = "these routes are open")]
pub(super) fn router(app: &App, dashboard: Dashboard) -> Router {
    let (api, document) = api().finish();
    let document = document::as_text(&document);
    let served = move || async move { document::answer(document) };
    let nothing_here =
        move |headers: HeaderMap, uri: Uri| async move { health_routes::nothing_here(&headers, &uri, dashboard.refused) };
    api.merge(dashboard.routes)
        .merge(legacy_api::routes())
        .route("/api/v1/openapi.json", get(served))
        .route("/healthz", get(health_routes::healthz))
        .route("/readyz", get(health_routes::readyz))
        .route("/metrics", get(health_routes::metrics))
        .fallback(nothing_here)
        .layer(from_fn_with_state(app.clone(), observe))
        .with_state(app.clone())
}

/// The document that describes the API.
pub fn description() -> OpenApi {
    api().finish().1
}

/// The API: each handler with its description.
fn api() -> Routes {
    Routes::default()
        .add(whoami::__path_whoami, whoami::whoami)
        .add(projects::__path_list, projects::list)
        .add(projects::__path_put, projects::put)
        .add(environments::__path_list, environments::list)
        .add(environments::__path_one, environments::one)
        .add(environments::__path_create, environments::create)
        .add(environments::__path_delete, environments::delete)
        .add(production::__path_list, production::list)
        .add(production::__path_put, production::put)
        .add(secrets::__path_list, secrets::list)
        .add(secrets::__path_current, secrets::current)
        .add(values::__path_read, values::read)
        .add(versions::__path_list, versions::list)
        .add(versions::__path_one, versions::one)
        .add(changes::__path_apply, changes::apply)
        .add(manifests::__path_put, manifests::put)
        .add(manifests::__path_show, manifests::show)
        .add(manifests::__path_plan, manifests::plan)
        .add(resources::__path_list, resources::list)
        .add(resources::__path_remove, resources::remove)
        .add(resources::__path_sessions, resources::sessions)
        .add(resources::__path_unprotect, resources::unprotect)
        .add(resources::__path_provision, resources::provision)
        .add(resources::__path_preview, resources::preview)
        .add(resources::__path_migrations, resources::migrations)
        .add(admin_addresses::__path_list, admin_addresses::list)
        .add(admin_addresses::__path_set, admin_addresses::set)
        .add(admin_addresses::__path_unset, admin_addresses::unset)
        .add(compare::__path_diff, compare::diff)
        .add(compare::__path_promote, compare::promote)
        .add(audit::__path_list, audit::list)
        .add(members::__path_list, members::list)
        .add(members::__path_put, members::put)
        .add(members::__path_remove, members::remove)
        .add(invitations::__path_list, invitations::list)
        .add(invitations::__path_create, invitations::create)
        .add(invitations::__path_revoke, invitations::revoke)
        .add(service_tokens::__path_list, service_tokens::list)
        .add(service_tokens::__path_create, service_tokens::create)
        .add(service_tokens::__path_revoke, service_tokens::revoke)
        .add(tokens::__path_list, tokens::list)
        .add(tokens::__path_create, tokens::create)
        .add(tokens::__path_revoke, tokens::revoke)
        .add(login::__path_begin, login::begin)
        .add(login::__path_poll, login::poll)
        .add(login::__path_approve, login::approve)
        .add(oidc::__path_let_in, oidc::let_in)
        .add(trusts::__path_list, trusts::list)
        .add(trusts::__path_create, trusts::create)
        .add(trusts::__path_remove, trusts::remove)
}

/// Collects routes with their descriptions, so that none lacks the other.
#[derive(Default)]
struct Routes {
    router: Router<App>,
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Routes {
    /// Adds a handler with the method and path of its description.
    fn add<P, H, T>(mut self, _: P, handler: H) -> Self
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences,
        H: Handler<T, App> + Copy,
        T: Guarded + 'static,
    {
        for method in P::methods() {
            self.router = self.router.route(&P::path(), guarded(filter(&method), handler));
            let operation: Operation = document::with_refusals(P::operation(), &P::path());
            self.paths.add_path_operation(P::path(), vec![method], operation);
        }
        P::schemas(&mut self.schemas);
        self
    }

    /// The router, and the document that describes it.
    fn finish(self) -> (Router<App>, OpenApi) {
        (self.router, document::document(self.paths, self.schemas))
    }
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}
