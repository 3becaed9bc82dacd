//! The nearest known name, for "did you mean".

/// The lowest similarity (0 to 1) at which a name is suggested.
const ENOUGH: f64 = 0.55;

/// The known name that is most similar to `name`, if any is similar enough. Ignores case, and treats `-` and `_` as equal.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_few(name, known, 1).into_iter().next()
}

/// At most `count` known names that are similar to `name`, the most similar first, ties by name.
pub fn nearest_few<'a>(name: &str, known: impl IntoIterator<Item = &'a str>, count: usize) -> Vec<&'a str> {
    let mut candidates: Vec<(f64, &str)> = known
        .into_iter()
        .map(|candidate| (similarity(name, candidate), candidate))
        .filter(|(score, _)| *score >= ENOUGH)
        .collect();
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    candidates.dedup_by_key(|(_, candidate)| *candidate);
    candidates.into_iter().take(count).map(|(_, candidate)| candidate).collect()
}

/// How similar two names are, from 0 to 1: the share of characters that need no edit. At least 0.8 if one is a prefix of the other (`prod`
/// and `production`).
pub fn similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (folded(a), folded(b));
    let edits = strsim::normalized_damerau_levenshtein(&a, &b);
    let shorter = a.len().min(b.len());
    if shorter >= 3 && (a.starts_with(&b) || b.starts_with(&a)) { edits.max(0.8) } else { edits }
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_its_name() {
        assert_eq!(nearest("prdo", ["dev", "test", "qa", "prod"]), Some("prod"));
        assert_eq!(nearest("production", ["dev", "test", "qa", "prod"]), Some("prod"));
        assert_eq!(nearest("DATABASE_ULR", ["database-url", "database_user"]), Some("database-url"));
    }

    #[test]
    fn nothing_is_proposed_for_a_strange_name() {
        assert_eq!(nearest("zebra", ["dev", "test", "qa", "prod"]), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn several_come_most_similar_first() {
        assert_eq!(nearest_few("api_kye", ["api_keys", "api_key", "log_level"], 2), ["api_key", "api_keys"]);
    }
}
