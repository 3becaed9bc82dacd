//! `${NAME}` and `${NAME:-default}` in values, replaced as in `dotenv/variables.py`: in quotes of either kind and without.

use zeroize::Zeroizing;

/// A value with its variables replaced.
pub struct Interpolated {
    pub value: Zeroizing<String>,
    /// Whether a variable had no value, and nothing was inserted.
    pub has_gap: bool,
}

/// Replaces the variables in a value: by what earlier lines set, else by the environment. `None` if the result is longer than `most` bytes.
pub fn interpolated<'e>(
    value: &str,
    earlier: impl Fn(&str) -> Option<&'e str>,
    environment: impl Fn(&str) -> Option<String>,
    most: usize,
) -> Option<Interpolated> {
    let mut has_gap = false;
    let mut whole = Zeroizing::new(String::with_capacity(value.len()));
    let mut push = |part: &str| {
        whole.push_str(part);
        whole.len() <= most
    };
    let mut from = 0;
    for variable in variables(value) {
        let (start, end) = variable.span;
        // The replacement: from an earlier line, else from the environment, else the default.
        let inside = earlier(variable.name);
        let outside = if inside.is_none() { environment(variable.name).map(Zeroizing::new) } else { None };
        let set = inside.or(outside.as_ref().map(|set| set.as_str())).or(variable.default);
        has_gap |= set.is_none();
        let fits = push(&value[from..start]) && push(set.unwrap_or_default());
        if !fits {
            return None;
        }
        from = end;
    }
    push(&value[from..]).then_some(Interpolated { value: whole, has_gap })
}

/// `${name}` or `${name:-default}`.
struct Variable<'v> {
    name: &'v str,
    default: Option<&'v str>,
    span: (usize, usize),
}

/// The matches of `\$\{(?P<name>[^\}:]*)(?::-(?P<default>[^\}]*))?\}`, from left to right.
fn variables(value: &str) -> Vec<Variable<'_>> {
    let bytes = value.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    // The position of the next `}` or `:`, so that a value with many unclosed `${` is not searched again for each of them.
    let mut stop = 0;
    while let Some(start) = value[from..].find("${").map(|at| from + at) {
        let name = start + 2;
        if stop < name {
            let Some(at) = memchr::memchr2(b'}', b':', &bytes[name..]) else { break };
            stop = name + at;
        }
        if bytes[stop] == b'}' {
            found.push(Variable { name: &value[name..stop], default: None, span: (start, stop + 1) });
            from = stop + 1;
        } else if bytes[stop..].starts_with(b":-") {
            let Some(end) = memchr::memchr(b'}', &bytes[stop..]).map(|at| stop + at) else { break };
            found.push(Variable { name: &value[name..stop], default: Some(&value[stop + 2..end]), span: (start, end + 1) });
            from = end + 1;
        } else {
            from = name;
        }
    }
    found
}
