//! The OpenAPI document: generated from the handlers, with the errors that they share.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, Paths};
use utoipa::openapi::schema::{Components, Schema};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder};

use takk_api::{Code, Problem};

/// The name of the security scheme.
pub(super) const TOKEN: &str = "token";

/// The document for these paths.
pub(super) fn document(paths: Paths, schemas: Vec<(String, RefOr<Schema>)>) -> OpenApi {
    let mut components = Components::new();
    components.schemas.extend(schemas);
    components.schemas.insert(Problem::name().into_owned(), <Problem as utoipa::PartialSchema>::schema());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer));
    let info = InfoBuilder::new()
        .title("takk")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Projects, environments and their values. Errors are problem documents (RFC 9457)."))
        .build();
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components)).build()
}

/// The description of a route, with the errors that follow from whether it requires a token, parameters in its path, or a body.
pub(super) fn with_refusals(mut operation: Operation, path: &str) -> Operation {
    let mut codes = vec![Code::Invalid, Code::TooSlow, Code::TooLarge, Code::Internal, Code::Unavailable];
    if operation.security.is_some() {
        codes.extend([Code::Unauthenticated, Code::Forbidden, Code::TooMany]);
    }
    if path.contains('{') {
        codes.push(Code::NotFound);
    }
    if operation.request_body.is_some() {
        codes.push(Code::NotJson);
    }
    for code in codes {
        operation.responses.responses.entry(code.status().to_string()).or_insert_with(|| RefOr::T(refusal(code)));
    }
    operation
}

fn refusal(code: Code) -> utoipa::openapi::Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    ResponseBuilder::new().description(code.title()).content("application/problem+json", content).build()
}

/// The document as text.
pub(super) fn as_text(document: &OpenApi) -> Bytes {
    serde_json::to_vec(document).expect("a document has only texts and numbers").into()
}

/// The response with the document.
pub(super) fn answer(text: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}
