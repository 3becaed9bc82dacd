//! A value as Python source, for component arguments that are only displayed.

use takk_python::Value;

/// The value as an expression; a computed one as its call is written.
pub(super) fn written(value: &Value<'_>) -> String {
    match value {
        Value::None => "None".to_owned(),
        Value::Ellipsis => "...".to_owned(),
        Value::Bool(truth) => if *truth { "True" } else { "False" }.to_owned(),
        Value::Int(int) => int.to_string(),
        Value::Float(float) => format!("{float:?}"),
        Value::Str(text) => format!("{text:?}"),
        Value::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Value::List(items) => format!("[{}]", joined(items)),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", joined(items)),
        Value::Tuple(items) => format!("({})", joined(items)),
        Value::Set(items) if items.is_empty() => "set()".to_owned(),
        Value::Set(items) => format!("{{{}}}", joined(items)),
        Value::Dict(items) => {
            let items: Vec<String> = items.iter().map(|(key, value)| format!("{}: {}", written(key), written(value))).collect();
            format!("{{{}}}", items.join(", "))
        }
        Value::External(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
        Value::Namespace(package) => package.name.rsplit('.').next().unwrap_or(&package.name).to_owned(),
        Value::Class(class) => class.qualname.to_string(),
        Value::Function(function) => function.name.to_string(),
        Value::Method(method) => format!("{}.{}", written(&method.receiver), method.name),
        Value::Call(call) => call.source.to_string(),
        Value::Attribute(attribute) => format!("{}.{}", written(&attribute.0), attribute.1),
        Value::Subscript(generic) => format!("{}[{}]", written(&generic.0), joined(&generic.1)),
        Value::Union(parts) => parts.iter().map(written).collect::<Vec<_>>().join(" | "),
        Value::Member(member) => format!("{}.{}", member.class.qualname, member.name),
        Value::TypeVar(name) => name.to_string(),
        Value::Alias(alias) => alias.name.to_string(),
        Value::Quoted(quoted) => format!("{:?}", quoted.0),
        Value::Module(_) => "<module>".to_owned(),
        Value::Unknown(unknown) => unknown.expression.clone(),
    }
}

fn joined(items: &[Value<'_>]) -> String {
    items.iter().map(written).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn values_read_as_python() {
        let list = Value::List(Rc::new(vec![Value::Int(1), Value::str("a"), Value::None]));
        let dict = Value::Dict(Rc::new(vec![(Value::str("k"), list), (Value::Int(2), Value::Bool(true))]));
        assert_eq!(written(&dict), r#"{"k": [1, "a", None], 2: True}"#);
        assert_eq!(written(&Value::Tuple(Rc::new(vec![Value::Float(1.0)]))), "(1.0,)");
        assert_eq!(written(&Value::external("shop.report.nightly")), "nightly");
    }
}
