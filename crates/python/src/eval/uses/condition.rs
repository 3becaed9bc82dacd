//! Conditions: which ones make it uncertain that a class is instantiated, and which ones do not matter.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{BoolOp, CmpOp, ExceptHandler, Expr, Stmt, StmtTry, UnaryOp};

use crate::file::SourceFile;

/// What the test of an `if` means for its branch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// The branch never runs: `if TYPE_CHECKING`, `if False`.
    Never,
    /// The branch runs sooner or later: it creates something that does not exist yet, or the file is the main program.
    Always,
    /// Only known at run time.
    Open,
}

pub(super) fn test_of(test: &Expr, file: &SourceFile) -> Test {
    match test {
        Expr::BooleanLiteral(literal) if !literal.value => Test::Never,
        Expr::NumberLiteral(_) if file.source_of(test) == "0" => Test::Never,
        Expr::Name(name) if name.id.as_str() == "TYPE_CHECKING" => Test::Never,
        Expr::Attribute(attribute) if attribute.attr.as_str() == "TYPE_CHECKING" => Test::Never,
        _ if looks_for_what_is_there(test) => Test::Always,
        _ => Test::Open,
    }
}

/// Tests for existence or type: `x is None`, `not x`, `key not in cache`, `hasattr(...)`, `__name__ == "__main__"`.
fn looks_for_what_is_there(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(_) => true,
        Expr::Compare(compare) => {
            let is_listed = |expr: &Expr| matches!(expr, Expr::Tuple(_) | Expr::List(_) | Expr::Set(_));
            let is_main = matches!(compare.left.as_ref(), Expr::Name(name) if name.id.as_str() == "__name__");
            let by_identity = |op: &CmpOp| matches!(op, CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn);
            is_main || (compare.ops.iter().all(by_identity) && !compare.comparators.iter().any(is_listed))
        }
        Expr::UnaryOp(op) if op.op == UnaryOp::Not => {
            matches!(op.operand.as_ref(), Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_))
                || asks_a_dictionary(&op.operand)
                || looks_for_what_is_there(&op.operand)
        }
        Expr::BoolOp(op) => match op.op {
            BoolOp::And => op.values.iter().all(looks_for_what_is_there),
            BoolOp::Or => op.values.iter().any(looks_for_what_is_there),
        },
        Expr::Call(call) => {
            let name = last_name(&call.func).unwrap_or_default();
            matches!(name, "hasattr" | "isinstance" | "issubclass" | "callable" | "len" | "is_dataclass")
        }
        _ => false,
    }
}

/// `cache.get(key)`, but not `os.environ.get(key)`.
fn asks_a_dictionary(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    let Expr::Attribute(method) = call.func.as_ref() else { return false };
    method.attr.as_str() == "get" && last_name(&method.value) != Some("environ")
}

/// The last part of a dotted name.
pub(super) fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Subscript(subscript) => last_name(&subscript.value),
        Expr::Call(call) => last_name(&call.func),
        _ => None,
    }
}

/// The exceptions that a settings class raises when validation fails, and their base classes.
const FAILURES: [&str; 4] = ["ValidationError", "ValueError", "Exception", "BaseException"];

/// The handler that catches a failure of a class in the body and continues, as it is written: `except ValidationError`.
pub(super) fn caught(attempt: &StmtTry, file: &SourceFile) -> Option<String> {
    attempt.handlers.iter().find_map(|ExceptHandler::ExceptHandler(handler)| {
        let takes = handler.type_.as_deref().is_none_or(takes_failures);
        if !takes {
            return None;
        }
        let kind = handler.type_.as_deref().map(|kind| format!(" {}", file.source_of(kind))).unwrap_or_default();
        // The first handler that catches it decides.
        Some((!gives_up(&handler.body)).then(|| format!("except{kind}")))
    })?
}

fn takes_failures(kind: &Expr) -> bool {
    match kind {
        Expr::Tuple(kinds) => kinds.elts.iter().any(takes_failures),
        other => last_name(other).is_some_and(|name| FAILURES.contains(&name)),
    }
}

/// Whether a `with` statement suppresses failures in its body: `suppress(ValidationError)`.
pub(super) fn suppresses(context: &Expr) -> bool {
    let Expr::Call(call) = context else { return false };
    last_name(&call.func) == Some("suppress") && call.arguments.args.iter().any(takes_failures)
}

/// Whether these statements appear to end the program: anything that raises, or whose name suggests it, counts.
fn gives_up(body: &[Stmt]) -> bool {
    let mut end = End(false);
    end.visit_body(body);
    end.0
}

struct End(bool);

impl<'a> Visitor<'a> for End {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Raise(_) | Stmt::Assert(_) => self.0 = true,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        const ENDS: [&str; 12] = [
            "exit",
            "_exit",
            "quit",
            "abort",
            "error",
            "fail",
            "die",
            "fatal",
            "panic",
            "kill",
            "terminate",
            "exit_with_error",
        ];
        if let Expr::Call(call) = expr {
            // A logger's `error` does not end the program.
            let logs = matches!(call.func.as_ref(), Expr::Attribute(attribute)
                if last_name(&attribute.value).is_some_and(|name| name.to_lowercase().contains("log")));
            let name = last_name(&call.func).unwrap_or_default();
            self.0 |= !logs && (ENDS.contains(&name) || name.starts_with("exit") || name.ends_with("_exit"));
        }
        walk_expr(self, expr);
    }
}

/// Whether a branch ends with an exception.
pub(super) fn raises(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Raise(_)))
}
