//! Parts of URLs: names in the path, and the cursor of a list in the query.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::app::App;
use crate::hosted::{Paging, Refusal};
use crate::problem::Refused;
use takk_api::names::{EnvironmentName, ProjectName, ShownName, VariableName};

/// The parameters in a path.
pub(crate) struct At<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let found = Path::<T>::from_request_parts(parts, app).await;
        let misread = |_| Refusal::invalid("a path parameter is invalid");
        Ok(found.map(|Path(value)| Self(value)).map_err(misread)?)
    }
}

/// The address of a project.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InProject {
    /// The project: any name of printable characters.
    #[param(value_type = ProjectName, example = "shop")]
    pub project: String,
}

/// The address of an environment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; `Access` reads it")]
pub(crate) struct InEnvironment {
    /// The project.
    #[param(value_type = ProjectName, example = "shop")]
    project: String,
    /// The environment: `dev`, `preview%2Flogin`.
    #[param(value_type = EnvironmentName, example = "dev")]
    environment: String,
}

/// A name in an environment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Named {
    /// The variable.
    #[param(value_type = VariableName, example = "KEY")]
    pub name: String,
}

/// A resource of an environment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InResource {
    /// The resource: `postgres%2Fdefault`.
    #[param(value_type = ShownName, example = "postgres/default")]
    pub resource: String,
}

/// A kind of server.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OfKind {
    /// The kind of server: `postgres`.
    #[param(pattern = "^[a-z]+$", example = "postgres")]
    pub kind: String,
}

/// A version of a name.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Versioned {
    /// The variable.
    #[param(value_type = VariableName, example = "KEY")]
    pub name: String,
    /// The version.
    #[param(minimum = 1, example = 1)]
    pub version: i64,
}

/// A user.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OfUser {
    /// The name of the user.
    #[param(value_type = ShownName)]
    pub user: String,
}

/// Something with a number.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Numbered {
    /// Its number.
    #[param(minimum = 1)]
    pub id: i64,
}

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the previous page; omit it for the first page.
    #[param(pattern = "^[^\\x00]*$")]
    cursor: Option<String>,
    /// The maximum number of items.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// Which page of a list in the order of numbers.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NumberedPageQuery {
    /// `next` of the previous page; omit it for the first page.
    #[param(pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    /// The maximum number of items.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

impl From<NumberedPageQuery> for Paging {
    fn from(query: NumberedPageQuery) -> Self {
        Self { cursor: query.cursor, limit: query.limit }
    }
}

impl From<PageQuery> for Paging {
    fn from(query: PageQuery) -> Self {
        Self { cursor: query.cursor, limit: query.limit }
    }
}
