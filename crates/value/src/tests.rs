//! Verdicts with their reasons. `tests/it/values.rs` compares them with pydantic's.

use serde_json::json;

use super::{Data, Refusal, Verdict, check, check_value};
use takk_model::{Constraints, EnumMixin, EnumRule, ModelField, ModelRule, PathStep, UrlRule, ValueType};

fn refusal(accepts: &ValueType, text: &str) -> Refusal {
    match check(accepts, text) {
        Verdict::Refused(refusal) => refusal,
        other => panic!("{text:?} is not refused: {other:?}"),
    }
}

fn error(accepts: &ValueType, text: &str) -> &'static str {
    refusal(accepts, text).error
}

fn accepted(accepts: &ValueType, text: &str) -> bool {
    check(accepts, text) == Verdict::Accepted
}

fn with(of: ValueType, set: impl FnOnce(&mut Constraints)) -> ValueType {
    let mut constraints = Constraints::default();
    set(&mut constraints);
    ValueType::Constrained(Box::new(constraints), Box::new(of))
}

fn list(of: ValueType) -> ValueType {
    ValueType::List(Box::new(of))
}

fn model(forbid_extra: bool) -> ValueType {
    let field = |name: &str, accepts, required| ModelField {
        name: name.to_owned(),
        keys: vec![name.to_owned()],
        accepts,
        required,
        is_part: false,
    };
    let fields = vec![field("host", ValueType::Str, true), field("port", ValueType::Int, false)];
    ValueType::Model(ModelRule { fields, forbid_extra, ..ModelRule::default() })
}

#[test]
fn numbers() {
    assert!(accepted(&ValueType::Int, " 1_000 "));
    assert_eq!(error(&ValueType::Int, "1.5"), "int_parsing");
    assert_eq!(error(&ValueType::Int, &"9".repeat(4301)), "int_parsing_size");
    assert_eq!(error(&with(ValueType::Int, |c| c.gt = Some(json!(5))), "5"), "greater_than");
    assert_eq!(
        refusal(&with(ValueType::Int, |c| c.le = Some(json!(65535))), "70000").reason,
        "must be less than or equal to 65535"
    );
    assert_eq!(error(&with(ValueType::Int, |c| c.strict = Some(true)), "5"), "int_type");
    assert!(accepted(&ValueType::Float, "nan"));
    assert_eq!(error(&with(ValueType::Float, |c| c.allow_inf_nan = Some(false)), "inf"), "finite_number");
    assert!(accepted(&ValueType::Bool, "YES"));
    assert_eq!(error(&ValueType::Bool, "enabled"), "bool_parsing");
    assert_eq!(error(&with(ValueType::Decimal, |c| c.decimal_places = Some(2)), "1.234"), "decimal_max_places");
    assert_eq!(error(&ValueType::ByteSize, "10 parsecs"), "byte_size_unit");
}

#[test]
fn numbers_of_any_size_are_compared() {
    let small = with(ValueType::Int, |c| c.lt = Some(json!(10)));
    assert!(accepted(&small, &format!("-{}", "9".repeat(4000))));
    assert_eq!(error(&small, &"9".repeat(4000)), "less_than");
    let even = with(ValueType::Int, |c| c.multiple_of = Some(json!(2)));
    assert!(accepted(&even, "123456789012345678901234567890"));
    let quarter = with(ValueType::Decimal, |c| c.multiple_of = Some(json!("0.25")));
    assert!(accepted(&quarter, "10.75"));
    assert_eq!(error(&quarter, "10.8"), "multiple_of");
}

#[test]
fn texts() {
    let short = with(ValueType::Str, |c| c.max_length = Some(2));
    assert!(accepted(&short, "éé"));
    assert_eq!(error(&short, "ééé"), "string_too_long");
    assert_eq!(error(&with(ValueType::Str, |c| c.pattern = Some("^a+$".to_owned())), "b"), "string_pattern_mismatch");
    let look_ahead = with(ValueType::Str, |c| c.pattern = Some("^a(?=b)".to_owned()));
    assert!(matches!(check(&look_ahead, "ab"), Verdict::Unchecked(_)));
    assert_eq!(error(&ValueType::Uuid(Some(4)), "6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "uuid_version");
    assert!(accepted(&ValueType::Path, ""));
}

#[test]
fn choices() {
    assert_eq!(refusal(&ValueType::Literal(vec![json!("a"), json!(1)]), "1").reason, "must be one of \"a\", 1");
    let open = EnumRule { mixin: None, values: vec![json!("red")], open: true, by_name: Vec::new() };
    assert!(accepted(&ValueType::Enum(open.clone()), "red"));
    assert!(matches!(check(&ValueType::Enum(open), "blue"), Verdict::Unchecked(_)));
    let optional = ValueType::Union(vec![ValueType::Int, ValueType::None]);
    assert_eq!(refusal(&optional, "null").reason, "must be an integer");
    let either = ValueType::Union(vec![ValueType::Int, list(ValueType::Int)]);
    assert!(accepted(&either, "[1]") && accepted(&either, "1"));
    assert_eq!(refusal(&either, "x").reason, "must be an integer, or a JSON array");
}

#[test]
fn collections_say_where() {
    assert_eq!(refusal(&list(ValueType::Int), r#"[1, "x"]"#).place, "[1]");
    assert_eq!(refusal(&list(model(false)), r#"[{"host": "h", "port": "x"}]"#).place, "[0].port");
    assert_eq!(error(&model(false), "{}"), "missing");
    assert_eq!(error(&model(true), r#"{"host": "h", "user": 1}"#), "extra_forbidden");
    assert_eq!(error(&list(ValueType::Int), "1,2"), "json_invalid");
    assert_eq!(error(&list(ValueType::Int), "null"), "missing");
    let dictionary = ValueType::Dict(Box::new(ValueType::Str), Box::new(ValueType::Int));
    assert_eq!(refusal(&dictionary, r#"{"hunter2": "x"}"#).place, "[value]");
}

#[test]
fn addresses() {
    let postgres = ValueType::Url(UrlRule::named("PostgresDsn").expect("it is known"));
    assert!(accepted(&postgres, "postgresql://u:p@a:1,b:2/db"));
    assert_eq!(error(&postgres, "postgresql:///db"), "url_parsing");
    assert_eq!(error(&postgres, "mysql://h/db"), "url_scheme");
    assert!(accepted(&ValueType::Email, "a@example.com"));
    assert_eq!(error(&ValueType::Email, "a@localhost"), "value_error");
    assert!(matches!(check(&ValueType::Email, "é@example.com"), Verdict::Unchecked(_)));
}

#[test]
fn times() {
    assert!(accepted(&ValueType::Date, "2020-02-29"));
    assert_eq!(error(&ValueType::Date, "2020-01-01T00:01"), "date_from_datetime_inexact");
    assert_eq!(error(&ValueType::DateTime, "yesterday"), "datetime_from_date_parsing");
    assert!(accepted(&ValueType::TimeDelta, "P1DT12H"));
    assert_eq!(error(&ValueType::Time, "25:00"), "time_parsing");
}

#[test]
fn what_is_only_checked_is_never_accepted() {
    let checked = ValueType::Int.checked("a validator checks it afterwards");
    assert_eq!(check(&checked, "1"), Verdict::Unchecked("a validator checks it afterwards".to_owned()));
    assert_eq!(error(&checked, "x"), "int_parsing");
}

#[test]
fn an_empty_text_may_be_no_value() {
    let unset = ValueType::EmptyIsUnset(Box::new(ValueType::Str));
    assert_eq!(error(&unset, ""), "missing");
    assert!(accepted(&unset, " ") && accepted(&ValueType::Str, ""));
}

#[test]
fn no_reason_holds_the_text() {
    let secret = "s3cr3t-V4lue";
    let texts =
        [secret.to_owned(), format!("[\"{secret}\"]"), format!("{{\"{secret}\": \"{secret}\"}}"), format!("http://{secret}:x")];
    let plain = [
        ValueType::Int,
        ValueType::Float,
        ValueType::Bool,
        ValueType::Decimal,
        ValueType::Uuid(None),
        ValueType::Date,
        ValueType::DateTime,
        ValueType::Time,
        ValueType::TimeDelta,
        ValueType::Email,
        ValueType::ByteSize,
        ValueType::Pattern,
        ValueType::Literal(vec![json!("a")]),
        ValueType::Url(UrlRule::named("HttpUrl").expect("it is known")),
        ValueType::Url(UrlRule::named("MongoDsn").expect("it is known")),
        with(ValueType::Str, |c| c.max_length = Some(1)),
        with(ValueType::Str, |c| c.pattern = Some("^$".to_owned())),
        ValueType::Json(Box::new(ValueType::Int)),
        model(true),
        ValueType::Dict(Box::new(ValueType::Int), Box::new(ValueType::Int)),
    ];
    for accepts in plain.iter().flat_map(|plain| [plain.clone(), list(plain.clone())]) {
        for text in &texts {
            let verdict = format!("{:?}", check(&accepts, text));
            assert!(!verdict.to_lowercase().contains(&secret.to_lowercase()), "{accepts:?}: {verdict}");
        }
    }
}

#[test]
fn nothing_is_too_deep() {
    let deep = "[".repeat(100_000);
    assert!(matches!(check(&list(ValueType::Any), &deep), Verdict::Unchecked(_)));
    assert_eq!(error(&ValueType::Json(Box::new(ValueType::Any)), &deep), "json_invalid");
}

#[test]
fn defaults_are_values_of_python() {
    let verdict = |accepts: &ValueType, value: &Data| match check_value(accepts, value) {
        Verdict::Accepted => "accepted",
        Verdict::Refused(refusal) => refusal.error,
        Verdict::Unchecked(_) => "open",
    };
    let text = |text: &str| Data::Text(text.to_owned());
    let secret = ValueType::Secret(Box::new(ValueType::Str));
    let mode = EnumRule { mixin: Some(EnumMixin::Str), values: vec![json!("dev")], open: false, by_name: Vec::new() };
    for (accepts, value, expected) in [
        (ValueType::Str, Data::Null, "string_type"),
        (ValueType::Str, Data::int(8000), "string_type"),
        (ValueType::Int, text("8000"), "accepted"),
        (ValueType::Bool, Data::int(1), "accepted"),
        (list(ValueType::Str), text("[\"a\"]"), "list_type"),
        (list(ValueType::Int), Data::Tuple(vec![Data::int(1)]), "accepted"),
        (secret.clone(), Data::Null, "string_type"),
        (secret.clone(), Data::Secret("SecretStr".to_owned(), Box::new(text("x"))), "accepted"),
        (with(secret, |c| c.min_length = Some(2)), Data::Secret("SecretStr".to_owned(), Box::new(text("x"))), "too_short"),
        (ValueType::Path, Data::Written("Path".to_owned(), "/tmp".to_owned()), "accepted"),
        (ValueType::Str, Data::Written("Path".to_owned(), "/tmp".to_owned()), "string_type"),
        (ValueType::Enum(mode.clone()), Data::Member(Box::new(text("dev")), Some(EnumMixin::Str)), "accepted"),
        (ValueType::Enum(mode), text("prod"), "enum"),
        (ValueType::Str, Data::Unknown("only at run time".to_owned()), "open"),
        (list(ValueType::Int).preceded("a validator runs first"), Data::Null, "open"),
    ] {
        assert_eq!(verdict(&accepts, &value), expected, "{accepts:?} {value:?}");
    }
}

#[test]
fn json_comes_before_validators() {
    let behind = list(ValueType::Str).preceded("a validator runs first");
    let wanted = refusal(&behind, "a,b");
    assert_eq!(wanted.error, "json_invalid");
    assert!(wanted.reason.contains(r#"["a", "b"]"#) && wanted.reason.contains("NoDecode"), "{}", wanted.reason);
    assert!(matches!(check(&behind, "[1]"), Verdict::Unchecked(_)));
    assert!(matches!(check(&ValueType::Undecoded(Box::new(behind)), "a,b"), Verdict::Unchecked(_)));
    let first = ValueType::Part(vec![PathStep::Index(0)], Box::new(ValueType::Int));
    assert!(accepted(&first, "[1]"));
    assert_eq!(error(&first, "1,2"), "json_invalid");
    assert_eq!(error(&first, "[\"x\"]"), "int_parsing");
    assert_eq!(error(&first, "[]"), "missing");
}

#[test]
fn what_the_configuration_says_is_followed() {
    let none = ValueType::NoneText("null".to_owned(), Box::new(ValueType::Int));
    assert_eq!(error(&none, "null"), "int_type");
    assert!(accepted(&none, "1"));
    let strict = ValueType::Coerced(Box::new(ValueType::Int), Box::new(with(ValueType::Int, |c| c.strict = Some(true))));
    assert!(accepted(&strict, "1") && accepted(&strict, "true"));
    assert_eq!(error(&strict, "x"), "int_type");
    let named = ValueType::Enum(EnumRule { mixin: None, values: vec![json!(1)], open: false, by_name: vec!["RED".to_owned()] });
    assert!(accepted(&named, "RED"));
    assert_eq!(error(&named, "red"), "enum");
    let numbers = list(with(ValueType::Str, |c| c.coerce_numbers = Some(true)));
    assert!(accepted(&numbers, "[1, 1.5]"));
    assert_eq!(error(&numbers, "[true]"), "string_type");
    let stripped = with(ValueType::Str, |c| (c.strip_whitespace, c.min_length) = (Some(true), Some(2)));
    assert_eq!(error(&stripped, " a "), "string_too_short");
}

#[test]
fn odd_texts_are_open_in_older_versions() {
    let usual = |of| ValueType::Usual(Box::new(of));
    assert!(accepted(&usual(ValueType::Int), "80"));
    assert_eq!(error(&usual(ValueType::Int), "x"), "int_parsing");
    for odd in [" 1", "1_000", "1.", "007"] {
        assert!(matches!(check(&usual(ValueType::Int), odd), Verdict::Unchecked(_)), "{odd:?}");
    }
    assert_eq!(error(&usual(list(usual(ValueType::Int))), "a,b"), "json_invalid");
}
