//! Collects the routes of the dashboard. A page needs a [guard](Guard), or says in [`routes`](super::routes) that it is open to everybody;
//! a form is always taken as a [`FormBody`], which rejects what no page of this browser has shown.

use axum::Router;
use axum::extract::State;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};

use super::form::FormBody;
use super::person::{Inside, Person};
use takk_server::access::Needs;
use takk_server::app::App;

/// The second parameter of a handler, after the state: it decides whether the handler runs for a user.
#[diagnostic::on_unimplemented(message = "the parameter after the state decides who may see a page, and `{Self}` does not")]
pub(super) trait Guard {}

impl Guard for Person {}
impl<N: Needs> Guard for Inside<N> {}

/// The parameters of a handler that has a [`Guard`]. The first type is axum's marker of the handler's kind.
pub(super) trait Guarded {}

impl<M, G: Guard> Guarded for (M, State<App>, G) {}
impl<M, G: Guard, A> Guarded for (M, State<App>, G, A) {}
impl<M, G: Guard, A, B> Guarded for (M, State<App>, G, A, B) {}
impl<M, G: Guard, A, B, C> Guarded for (M, State<App>, G, A, B, C) {}

/// The parameters of a handler that end with a form.
pub(super) trait Form {}

impl<M, S, A> Form for (M, S, A, FormBody) {}
impl<M, S, A, B> Form for (M, S, A, B, FormBody) {}
impl<M, S, A, B, C> Form for (M, S, A, B, C, FormBody) {}
impl<M, S, A, B, C, D> Form for (M, S, A, B, C, D, FormBody) {}

/// The routes so far.
#[derive(Default)]
pub(super) struct Routes(Router<App>);

impl Routes {
    /// Adds a page that only a signed-in user sees.
    pub(super) fn page<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Guarded + 'static,
    {
        self.add(MethodFilter::GET, path, handler)
    }

    /// Adds the target of a form that only a signed-in user can submit.
    pub(super) fn form<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Guarded + Form + 'static,
    {
        self.add(MethodFilter::POST, path, handler)
    }

    /// Adds a page that everybody sees.
    pub(super) fn open_page<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(MethodFilter::GET, path, handler)
    }

    /// Adds the target of a form that everybody can submit.
    pub(super) fn open_form<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: Form + 'static,
    {
        self.add(MethodFilter::POST, path, handler)
    }

    #[expect(clippy::disallowed_methods, reason = "every other route is added through here")]
    fn add<H, T>(self, method: MethodFilter, path: &str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Self(self.0.route(path, on(method, handler)))
    }

    pub(super) fn finish(self) -> Router<App> {
        self.0
    }
}
