//! Finds where a file creates the clients of libraries: calls of what it imports from them, and assignments to attributes of
//! their modules. Only files that import such a library are parsed for this.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Alias, Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::file::SourceFile;
use takk_model::Place;

/// A call of an imported name, or an assignment to an attribute of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientUse {
    /// The dotted name: `openai.OpenAI`.
    pub path: String,
    /// The arguments of the call; `None` for an assignment (`openai.api_key = ...`).
    pub given: Option<Given>,
    pub place: Place,
}

/// The arguments of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The number of positional arguments.
    pub positional: usize,
    /// The names of the keyword arguments, except those whose value is `None`.
    pub keywords: Vec<String>,
    /// Whether there may be more arguments: `*args`, `**options`.
    pub is_open: bool,
}

/// The uses of names that a file imports from modules that are `wanted`, in order.
pub fn client_uses(file: &SourceFile, wanted: &dyn Fn(&str) -> bool) -> Vec<ClientUse> {
    let mut finder = Finder { file, wanted, names: HashMap::new(), found: Vec::new() };
    // Imports first, because a function may use a name that is imported below it.
    let mut imports = Imports { finder: &mut finder };
    file.body().iter().for_each(|statement| imports.visit_stmt(statement));
    file.body().iter().for_each(|statement| finder.visit_stmt(statement));
    finder.found
}

struct Finder<'f> {
    file: &'f SourceFile,
    wanted: &'f dyn Fn(&str) -> bool,
    /// Imported names, with the dotted names to which they refer.
    names: HashMap<&'f str, String>,
    found: Vec<ClientUse>,
}

/// Collects the imports in all blocks.
struct Imports<'i, 'f> {
    finder: &'i mut Finder<'f>,
}

impl<'f> Visitor<'f> for Imports<'_, 'f> {
    fn visit_stmt(&mut self, statement: &'f Stmt) {
        let names = &mut self.finder.names;
        let wanted = self.finder.wanted;
        match statement {
            Stmt::Import(import) => {
                for alias in import.names.iter().filter(|alias| wanted(alias.name.as_str())) {
                    let (name, stands_for) = imported(alias);
                    names.insert(name, stands_for.to_owned());
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                let Some(module) = import.module.as_ref().filter(|module| wanted(module.as_str())) else { return };
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    names.insert(name, format!("{module}.{}", alias.name));
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    /// Expressions contain no imports.
    fn visit_expr(&mut self, _: &'f Expr) {}
}

/// `import a.b` binds `a` to the module `a`; `import a.b as c` binds `c` to `a.b`.
fn imported(alias: &Alias) -> (&str, &str) {
    let whole = alias.name.as_str();
    if let Some(name) = &alias.asname {
        return (name.as_str(), whole);
    }
    let root = whole.split('.').next().unwrap_or(whole);
    (root, root)
}

impl Finder<'_> {
    /// The dotted name of an expression, if it starts with an imported name.
    fn path(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::Name(name) => self.names.get(name.id.as_str()).cloned(),
            Expr::Attribute(attribute) => Some(format!("{}.{}", self.path(&attribute.value)?, attribute.attr)),
            _ => None,
        }
    }

    fn add(&mut self, path: Option<String>, given: Option<Given>, at: &impl Ranged) {
        let Some(path) = path else { return };
        let place = self.file.place_at(at.start());
        self.found.push(ClientUse { path, given, place });
    }
}

impl<'f> Visitor<'f> for Finder<'f> {
    fn visit_stmt(&mut self, statement: &'f Stmt) {
        if let Stmt::Assign(assign) = statement {
            for target in assign.targets.iter().filter(|target| target.is_attribute_expr()) {
                self.add(self.path(target), None, target);
            }
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'f Expr) {
        if let Expr::Call(call) = expression {
            self.add(self.path(&call.func), Some(given(call)), expression);
        }
        walk_expr(self, expression);
    }
}

fn given(call: &ExprCall) -> Given {
    let mut given = Given::default();
    for argument in &call.arguments.args {
        match argument {
            Expr::Starred(_) => given.is_open = true,
            _ => given.positional += 1,
        }
    }
    for keyword in &call.arguments.keywords {
        match &keyword.arg {
            Some(_) if keyword.value.is_none_literal_expr() => {}
            Some(name) => given.keywords.push(name.to_string()),
            None => given.is_open = true,
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Origin;

    fn uses(text: &str) -> Vec<String> {
        let wanted = |module: &str| module.split('.').next() == Some("openai") || module.starts_with("google");
        let file = SourceFile::parse("a.py".to_owned(), String::new(), false, Origin::Project, text.as_bytes());
        let found = client_uses(&file, &wanted);
        let said = |one: ClientUse| {
            let given = one.given.map_or("=".to_owned(), |given| {
                format!("({}, {}{})", given.positional, given.keywords.join(" "), if given.is_open { " ..." } else { "" })
            });
            format!("{} {}{given}", one.place.line, one.path)
        };
        found.into_iter().map(said).collect()
    }

    #[test]
    fn calls_are_found_under_every_name() {
        let text = "import openai as ai, os\nfrom openai import OpenAI as Client\nfrom google import genai\n\
                    def f():\n    return Client(x, api_key=key, timeout=None)\nwith ai.AsyncOpenAI(**options) as c: ...\n\
                    a = [genai.Client(*args)]\nai.api_key = 'x'\nos.getenv('X')\nclass OpenAI: ...\n";
        assert_eq!(
            uses(text),
            [
                "5 openai.OpenAI(1, api_key)",
                "6 openai.AsyncOpenAI(0,  ...)",
                "7 google.genai.Client(0,  ...)",
                "8 openai.api_key="
            ]
        );
    }

    #[test]
    fn names_of_others_are_no_clients() {
        assert_eq!(uses("from .openai import OpenAI\nOpenAI()\nfrom mine import OpenAI\nOpenAI()\n# OpenAI()\n"), [""; 0]);
        assert_eq!(uses("import openai\nx = 'openai.OpenAI()'\nopenai.chat.create()"), ["3 openai.chat.create(0, )"]);
        assert_eq!(uses("def f():\n    import openai\n    return openai.OpenAI()\n("), ["3 openai.OpenAI(0, )"]);
    }
}
