//! The known name that an unknown one was probably meant to be.

/// The known name most like `name`, if one is like enough: at most a third of its characters (and at least one) differ, where
/// two neighbours swapped count as one difference and upper and lower case as none. The first of equals wins. Only names of at
/// most 128 bytes are compared, and only the first 500 known ones.
///
/// ```
/// assert_eq!(takk::model::nearest("prdo", ["dev", "prod"]), Some("prod"));
/// assert_eq!(takk::model::nearest("elephant", ["dev", "prod"]), None);
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Names are short and few. Comparing costs the product of both lengths, for each known name, so what is asked for a damaged
    // or hostile file must have bounds.
    const LONGEST: usize = 128;
    const MOST: usize = 500;
    if name.len() > LONGEST {
        return None;
    }
    let wanted = name.to_lowercase();
    let differences = |candidate: &str| strsim::osa_distance(&wanted, &candidate.to_lowercase());
    let allowed = (wanted.chars().count() / 3).max(1);
    known
        .into_iter()
        .take(MOST)
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (differences(candidate), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        let known = ["ignore", "select", "include-tests", "domain"];
        assert_eq!(nearest("ignroe", known), Some("ignore"));
        assert_eq!(nearest("include_tests", known), Some("include-tests"));
        assert_eq!(nearest("DOMAIN", known), Some("domain"));
    }

    #[test]
    fn something_else_finds_nothing() {
        assert_eq!(nearest("zebra", ["ignore", "select"]), None);
        assert_eq!(nearest("", ["ignore"]), None);
        assert_eq!(nearest("ab", ["x"]), None);
        assert_eq!(nearest(&"ignore".repeat(1000), ["ignore"]), None);
    }

    #[test]
    fn the_nearest_wins_and_the_first_of_equals() {
        assert_eq!(nearest("test", ["tesk", "test2", "test"]), Some("test"));
        assert_eq!(nearest("tost", ["test", "tast"]), Some("test"));
    }
}
