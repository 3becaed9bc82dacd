//! What a type accepts, in words: `an integer from 1 to 65535`, `one of debug, info`.

use serde_json::Value as Json;

use takk_model::{Constraints, IpForm, IpRule, UrlRule, ValueType};

/// The maximum number of choices or schemes to list.
const MOST: usize = 12;

/// What the type accepts, as a phrase.
pub fn in_words(accepts: &ValueType) -> String {
    use ValueType as T;
    match accepts {
        T::Any => "anything".to_owned(),
        T::None => "None".to_owned(),
        T::Str => "a string".to_owned(),
        T::Bytes => "bytes".to_owned(),
        T::Int => "an integer".to_owned(),
        T::Float | T::Decimal => "a number".to_owned(),
        T::Bool => "true or false".to_owned(),
        T::Uuid(None) => "a UUID".to_owned(),
        T::Uuid(Some(version)) => format!("a UUID of version {version}"),
        T::Path => "a path".to_owned(),
        T::Date => "a date".to_owned(),
        T::Time => "a time of day".to_owned(),
        T::DateTime => "a date and time".to_owned(),
        T::TimeDelta => "a duration".to_owned(),
        T::ByteSize => "a number of bytes".to_owned(),
        T::Pattern => "a regular expression".to_owned(),
        T::Email | T::NameEmail => "an email address".to_owned(),
        T::Ip(rule) => ip(*rule),
        T::Url(rule) => url(rule),
        T::Secret(inner) if **inner == T::Any => "a secret".to_owned(),
        T::Secret(inner) if **inner == T::Str => "a secret string".to_owned(),
        T::Secret(inner) => format!("{}, secret", in_words(inner)),
        T::Literal(values) => one_of(values),
        T::Enum(rule) => one_of(&rule.values),
        T::Union(members) => union(members),
        T::List(of) | T::TupleOf(of) | T::Set(of) | T::FrozenSet(of) => format!("a JSON array, each item {}", in_words(of)),
        T::Tuple(of) => format!("a JSON array of {} items", of.len()),
        T::Tagged(rule) => union(&rule.members),
        T::Dict(..) | T::Model(_) | T::Enclosing(_) => "a JSON object".to_owned(),
        T::Json(_) => "JSON".to_owned(),
        T::Constrained(constraints, inner) => constrained(constraints, inner),
        T::Undecoded(inner) if inner.is_complex() => "a string that the program parses".to_owned(),
        T::Checked(_, inner) | T::Undecoded(inner) | T::EmptyIsUnset(inner) | T::First(inner) => in_words(inner),
        T::NoneText(_, inner) | T::Coerced(_, inner) | T::Preceded(_, inner) | T::Merged(inner) | T::Usual(inner) => {
            in_words(inner)
        }
        T::Part(..) => "JSON that contains the part this field reads".to_owned(),
        T::Unchecked(_) => "what the program accepts".to_owned(),
    }
}

fn union(members: &[ValueType]) -> String {
    let mut words: Vec<String> = Vec::new();
    for member in members.iter().filter(|member| **member != ValueType::None) {
        let word = in_words(member);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" or ")
}

fn one_of(values: &[Json]) -> String {
    listed("one of ", values.iter().map(plain))
}

fn url(rule: &UrlRule) -> String {
    match rule.schemes.as_slice() {
        [] => "a URL".to_owned(),
        schemes => listed("a URL that starts with ", schemes.iter().map(|scheme| format!("{scheme}://"))),
    }
}

fn ip(rule: IpRule) -> String {
    let form = match rule.form {
        IpForm::Address => "address",
        IpForm::Interface => "interface",
        IpForm::Network => "network",
    };
    format!("an IP{} {form}", rule.version.map(|version| format!("v{version}")).unwrap_or_default())
}

fn constrained(constraints: &Constraints, inner: &ValueType) -> String {
    let mut text = in_words(inner);
    let mut say = |what: &str, bound: Option<String>| {
        if let Some(bound) = bound {
            text = format!("{text}, {what} {bound}");
        }
    };
    say("greater than", constraints.gt.as_ref().map(plain));
    say("at least", constraints.ge.as_ref().map(plain));
    say("less than", constraints.lt.as_ref().map(plain));
    say("at most", constraints.le.as_ref().map(plain));
    say("a multiple of", constraints.multiple_of.as_ref().map(plain));
    say("with a length of at least", constraints.min_length.map(|length| length.to_string()));
    say("with a length of at most", constraints.max_length.map(|length| length.to_string()));
    say("matching", constraints.pattern.clone());
    text
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The first of several texts.
fn listed(before: &str, texts: impl ExactSizeIterator<Item = String>) -> String {
    let count = texts.len();
    let mut shown: Vec<String> = texts.take(MOST).collect();
    if count > MOST {
        shown.push("...".to_owned());
    }
    format!("{before}{}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_is_said_in_words() {
        use ValueType as T;
        let port = Constraints { ge: Some(json!(1)), le: Some(json!(65535)), ..Constraints::default() };
        let rule = |name| T::Url(UrlRule::named(name).expect("a type of pydantic"));
        for (accepts, words) in [
            (T::Constrained(Box::new(port), Box::new(T::Int)), "an integer, at least 1, at most 65535"),
            (T::Union(vec![T::Secret(Box::new(T::Str)), T::None]), "a secret string"),
            (T::Literal(vec![json!("a"), json!(2)]), "one of a, 2"),
            (rule("RedisDsn"), "a URL that starts with redis://, rediss://"),
            (rule("AnyUrl"), "a URL"),
            (T::List(Box::new(T::Int)), "a JSON array, each item an integer"),
            (T::unchecked("a validator runs first"), "what the program accepts"),
        ] {
            assert_eq!(in_words(&accepts), words);
        }
    }
}
