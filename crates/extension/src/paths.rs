//! Templates of paths.

use std::collections::HashMap;

use pyo3::prelude::*;
use takk_model::{PathPiece, path_pieces};

use super::errors::exception;

/// Fills in the placeholders of a template from the context.
#[pyfunction]
pub(crate) fn interpolate(py: Python<'_>, template: &str, context: HashMap<String, String>, subject: &str) -> PyResult<String> {
    takk_backends::interpolate(template, |name| context.get(name).cloned()).map_err(|error| exception(py, &error, subject))
}

/// Raises unless a template can be filled in from a root model with these fields.
#[pyfunction]
pub(crate) fn check_template(py: Python<'_>, template: &str, fields: Vec<String>, subject: &str) -> PyResult<()> {
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    takk_backends::check_template(template, &fields).map_err(|error| exception(py, &error, subject))
}

/// The names in a template, and whether it is valid on its own.
#[pyfunction]
pub(crate) fn placeholders(template: &str) -> (Vec<String>, bool) {
    let (mut names, mut is_right) = (Vec::new(), true);
    for piece in path_pieces(template) {
        match piece {
            PathPiece::Variable(name) => names.push(name.to_owned()),
            PathPiece::Fault(_) => is_right = false,
            PathPiece::Text(_) => {}
        }
    }
    (names, is_right)
}
