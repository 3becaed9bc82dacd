//! The stylesheet and the script of the pages. Their URLs contain a digest of their content, so that browsers can cache them forever.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::stopped::Stopped;
use takk_server::hosted::Refusal;
use takk_vault::request_digest;

const STYLE_TEXT: &str =
    concat!(include_str!("templates/base.css"), include_str!("templates/pages.css"), include_str!("templates/values.css"));
const SCRIPT_TEXT: &str = concat!(include_str!("templates/pages.js"), include_str!("templates/values.js"));

/// The path of the style sheet.
static STYLE: LazyLock<String> = LazyLock::new(|| address(STYLE_TEXT, "css"));
/// The path of the script.
static SCRIPT: LazyLock<String> = LazyLock::new(|| address(SCRIPT_TEXT, "js"));

/// The resources that a page loads.
pub(super) struct Head {
    pub style: &'static str,
    pub script: &'static str,
}

impl Head {
    pub(super) fn new() -> Self {
        Self { style: &STYLE, script: &SCRIPT }
    }
}

/// `GET /assets/{file}`
pub(crate) async fn asset(Path(file): Path<String>) -> Result<Response, Stopped> {
    let is = |address: &str| address.rsplit('/').next() == Some(file.as_str());
    let (kind, text) = match () {
        () if is(&STYLE) => ("text/css; charset=utf-8", STYLE_TEXT),
        () if is(&SCRIPT) => ("text/javascript; charset=utf-8", SCRIPT_TEXT),
        () => return Err(Refusal::not_found("there is no page or endpoint at this path").into()),
    };
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")], text).into_response())
}

fn address(text: &str, extension: &str) -> String {
    let mut address = "/assets/takk.".to_owned();
    for byte in &request_digest(&[text.as_bytes()])[..8] {
        write!(address, "{byte:02x}").expect("a String takes all text");
    }
    address + "." + extension
}
