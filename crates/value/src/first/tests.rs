//! Verdicts recorded from pydantic 1.10.

use serde_json::json;

use super::super::{Data, Verdict, check, check_value};
use takk_model::{Constraints, UrlRule, ValueType};

fn first(of: ValueType) -> ValueType {
    ValueType::First(Box::new(of))
}

fn or_none(of: ValueType) -> ValueType {
    first(ValueType::Union(vec![first(of), ValueType::None]))
}

fn list_of(of: ValueType) -> ValueType {
    first(ValueType::List(Box::new(first(of))))
}

fn dict_of(of: ValueType) -> ValueType {
    first(ValueType::Dict(Box::new(first(ValueType::Str)), Box::new(first(of))))
}

/// Checks which texts it accepts, and which it rejects.
fn asked(of: &ValueType, accepted: &[&str], refused: &[&str]) {
    for text in accepted {
        assert_eq!(check(of, text), Verdict::Accepted, "{of:?} {text:?}");
    }
    for text in refused {
        assert!(matches!(check(of, text), Verdict::Refused(_)), "{of:?} {text:?}");
    }
}

#[test]
fn python_converts_numbers() {
    use ValueType as T;
    asked(&first(T::Int), &["1_000", " 7 ", "007", "+5", "\u{a0}1", "١"], &["1.5", "_1", "1__0", "0x1", "1\u{1f}", ""]);
    asked(&first(T::Float), &["1_0.5", "nan", "1e400", ".5"], &["1,5", "1._5", "1\u{1f}"]);
    asked(&first(T::Bool), &["ON", "0", "yes"], &["2", " 1", ""]);
    asked(&first(T::Decimal), &["1.5", " 1_0 "], &["nan", "Infinity", "x"]);
    asked(&first(T::ByteSize), &["1 KB", "1kb x", "-5", ".5gib"], &["1zb", "kb"]);
    asked(&list_of(T::Int), &["[1.7, true, \"2\"]"], &["[null]", "{}", "1"]);
    let of_three = Constraints { gt: Some(json!(0)), multiple_of: Some(json!(3)), ..Constraints::default() };
    asked(&T::Constrained(Box::new(of_three), Box::new(first(T::Int))), &["3"], &["4", "0"]);
}

#[test]
fn times_are_numbers_too() {
    use ValueType as T;
    asked(&first(T::Date), &["1577836800", "2020-1-1", "1e400"], &["2020-02-30", "2020-01-01T00:00", "nan", "0000-01-01"]);
    asked(&first(T::DateTime), &["2020-01-01 1:02", "2020-01-01T01:02:03+23:59"], &["2020-01-01", "2020-01-01T01:02+24:00"]);
    asked(&first(T::Time), &["12:3", "86399", "1:02:03.5"], &["86400", "-1", "24:00"]);
    asked(&first(T::TimeDelta), &["1 day, 0:00:01", "PT", "P", "-1:02:03", "3600"], &["1 day", "P1W", "1h"]);
}

#[test]
fn addresses_are_taken_apart() {
    let url = |name| first(ValueType::Url(UrlRule::named(name).expect("a type of pydantic")));
    asked(&url("HttpUrl"), &["http://h.co", "http://1.2.3.4", "http://h.xn--p1ai"], &["http://localhost", "http://h.c", ""]);
    asked(&url("AnyHttpUrl"), &["http://a_b", "http://[::1]:80", " http://h "], &["http://h:99999", "ftp://h", "http://h p"]);
    asked(
        &url("PostgresDsn"),
        &["postgres://@h/d", "postgresql://u@h.co:1,1.2.3.4:2/d"],
        &["postgresql://h/d", "postgresql://u@/d", "postgresql://u@h:1,g:2/d"],
    );
    asked(&url("RedisDsn"), &["redis://:p@", "rediss://h:1/0"], &["http://h"]);
    asked(&url("MongoDsn"), &["mongodb://h"], &["mongodb+srv://h", "mongodb://a:1,b:2/d"]);
}

#[test]
fn none_is_none_only_where_it_is_allowed() {
    use ValueType as T;
    let items = || list_of(T::Int);
    asked(&items(), &["[]"], &["null"]);
    asked(&first(T::Union(vec![items(), T::None])), &["[]", "null"], &["x", "{}"]);
    asked(&dict_of(T::Int), &["{}", "[]", "\"\"", "[[\"a\", 1]]", "[\"a1\"]"], &["[1]", "null", "[\"ab\"]", ""]);
    asked(&dict_of(T::Any), &["{\"a\": null}"], &["[[[], 1]]"]);
    asked(&first(T::Json(Box::new(list_of(T::Int)))), &["[1]"], &["null", "[\"x\"]", "[1"]);
    // Within `Optional`, it is parsed twice.
    asked(&or_none(T::Json(Box::new(list_of(T::Int)))), &["\"[1]\"", "null"], &["[1]"]);
    // A text that is not JSON is passed to the other members.
    asked(&first(T::Union(vec![items(), first(T::Bool)])), &["on", "[1]"], &["x", "{}", "null"]);
}

#[test]
fn defaults_are_values_of_python() {
    use ValueType as T;
    let accepts = |of: &ValueType, data: &Data| check_value(of, data) == Verdict::Accepted;
    let text = |text: &str| Data::Text(text.to_owned());
    assert!(accepts(&first(T::Str), &Data::int(1)) && accepts(&first(T::Int), &Data::Float(1.5)));
    assert!(accepts(&first(T::Secret(Box::new(T::Str))), &Data::int(5)));
    assert!(!accepts(&first(T::Str), &Data::Null) && accepts(&or_none(T::Str), &Data::Null));
    assert!(!accepts(&first(T::Str), &Data::List(Vec::new())) && !accepts(&list_of(T::Str), &text("a,b")));
    let long = Constraints { min_length: Some(2), ..Constraints::default() };
    let long = |of| T::Constrained(Box::new(long.clone()), Box::new(of));
    assert!(!accepts(&long(first(T::Str)), &text("a")) && accepts(&long(first(T::Str)), &Data::int(12)));
    assert!(!accepts(&long(list_of(T::Int)), &Data::List(vec![Data::int(1)])));
    assert!(!accepts(&first(T::Tuple(vec![first(T::Int), first(T::Str)])), &Data::Tuple(vec![Data::int(1)])));
    assert!(!accepts(&first(T::Literal(vec![json!(1), json!(2)])), &Data::int(3)));
    assert!(accepts(&first(T::Date), &Data::Instance("datetime".to_owned())));
}
