//! The packages that read secret paths at run time.

/// Whether a path is `name` of `takk.runtime`, or of vaultly, which has the same names.
pub(super) fn is_runtime(path: &str, name: &str) -> bool {
    let Some((package, last)) = path.rsplit_once('.') else { return false };
    let is_below = |root: &str| package.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    last == name && (is_below("vaultly") || is_below("takk.runtime"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takk_and_vaultly_have_the_same_names() {
        for path in ["takk.runtime.Secret", "takk.runtime.model.Secret", "vaultly.Secret", "vaultly.fields.Secret"] {
            assert!(is_runtime(path, "Secret"), "{path}");
        }
        for path in ["takk.secrets.Secret", "takk.runtimes.Secret", "vaultly2.Secret", "vaultly.SecretModel", "Secret"] {
            assert!(!is_runtime(path, "Secret"), "{path}");
        }
    }
}
