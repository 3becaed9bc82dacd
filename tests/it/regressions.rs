//! Input that once crashed takk, made it hang, or took all memory; and its kin, each made by a few lines, large enough that anything
//! worse than linear is noticed: every project here must be read within seconds.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use takk_model::Manifest;
use takk_project::ops::project::{ProjectOptions, read};

const HEADER: &str = "from typing import *\nfrom pydantic import AliasChoices, BaseModel, Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n";

/// A debug build on a machine that is busy otherwise, twice over. What is exponential takes longer than any test may.
const LIMIT: Duration = Duration::from_mins(1);

/// Reads files as a project.
fn project(files: &[(String, String)]) -> Manifest {
    let directory = tempfile::tempdir().expect("a directory");
    for (path, text) in files {
        fs::write(directory.path().join(path), text).expect("the directory is writable");
    }
    let started = Instant::now();
    let options = ProjectOptions { path: directory.path().to_owned(), ..ProjectOptions::default() };
    let manifest = read(&options).expect("a project").manifest;
    assert!(started.elapsed() < LIMIT, "took {:?}", started.elapsed());
    manifest
}

/// Reads one module, and gives the number of the fields of its first settings class.
fn fields(text: &str) -> usize {
    let manifest = project(&[("settings.py".to_owned(), format!("{HEADER}{text}"))]);
    manifest.settings.first().map_or(0, |class| class.fields.len())
}

/// Reads `before` and a settings class with that body.
fn settings(before: &str, body: &str) -> usize {
    fields(&format!("{before}\nclass Settings(BaseSettings):\n{body}\n"))
}

/// `line` for every number, one after the other.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, at| {
        writeln!(text, "{}", line(at)).expect("a string takes all text");
        text
    })
}

#[test]
fn a_value_that_doubles_with_every_line_is_not_computed() {
    // Up to this depth every line is evaluated; each doubles what the line before it gave.
    const TIMES: usize = 36;
    let doubled = [
        ("[1]", "A + A"),
        ("(1,)", "A + A"),
        ("[1]", "A * 2"),
        ("'x'", "A + A"),
        ("'x'", "A * 2"),
        ("'x'", "f'{A}{A}'"),
        ("'x'", "'%s%s' % (A, A)"),
        ("'x'", "'{}{}'.format(A, A)"),
        ("'x'", "'{a}{a}'.format(a=A)"),
        ("'x'", "''.join([A, A, A])"),
        ("'x'", "A.replace('x', 'xx')"),
        ("[1]", "[*A, *A]"),
        ("[1]", "[A, A]"),
        ("'x'", "[A, A]"),
        ("{'k': 1}", "{'x': A, 'y': A}"),
        ("dict(k=1)", "dict(x=A, y=A)"),
        ("{1}", "(A, A)"),
        ("int", "tuple[A, A]"),
        ("'int'", "tuple[A, A]"),
        ("int | str", "A | A"),
        ("Union[int, str]", "Union[A, A]"),
        ("Literal[1]", "Literal[A, A]"),
        ("Annotated[int, 1]", "Annotated[A, A]"),
        ("SettingsConfigDict(env_prefix='a')", "A | A"),
        ("Field(default=1)", "Field(default=(A, A))"),
        ("lambda: 1", "[A, A]"),
    ];
    for (first, next) in doubled {
        let before = format!("A = {first}\n{}", lines(TIMES, |_| format!("A = {next}")));
        let body = "    model_config = A\n    a: A = A\n    b: int = A == A\n    c: str = f'{A}{A!r}'\n    d: dict = {'k': A}\n    e: str = str(A)";
        assert_eq!(settings(&before, body), 5, "A = {next}");
    }
}

#[test]
fn a_list_that_doubles_in_place_is_not_computed() {
    for statement in ["A += A", "A.extend(A)", "A.append(A)", "A.append([A, A])"] {
        let before = format!("A = [1]\nfor i in range(60):\n    {statement}");
        assert_eq!(settings(&before, "    a: list = A"), 1, "{statement}");
    }
    assert_eq!(settings("A = {}\nfor i in range(60):\n    A[i] = [A, A]\n", "    a: dict = A"), 1);
}

#[test]
fn aliases_that_name_each_other_twice_are_cut() {
    for alias in ["type A{at} = tuple[A{next}, A{next}]", "A{at} = TypeAliasType('A{at}', 'tuple[A{next}, A{next}]')"] {
        let aliases = lines(40, |at| alias.replace("{at}", &at.to_string()).replace("{next}", &(at + 1).to_string()));
        assert_eq!(settings(&format!("{aliases}type A40 = int"), "    a: A0"), 1);
    }
    let quoted = lines(40, |at| format!("A{at} = tuple['A{0}', 'A{0}']", at + 1));
    assert_eq!(settings(&format!("{quoted}A40 = int"), "    a: 'A0'\n    b: A0"), 2);
    let generic = lines(40, |at| format!("type A{at}[T] = tuple[A{0}[T], A{0}[T]]", at + 1));
    assert_eq!(settings(&format!("{generic}type A40[T] = list[T]"), "    a: A0[int]"), 1);
    assert_eq!(settings("type A = tuple[B, B]\ntype B = tuple[A, A]", "    a: A"), 1);
}

#[test]
fn type_arguments_that_double_with_every_base_are_cut() {
    let bases = lines(40, |at| format!("class G{}(G{at}[tuple[T, T]], Generic[T]):\n    y{at}: T", at + 1));
    let before = format!("T = TypeVar('T')\nclass G0(BaseModel, Generic[T]):\n    x: T\n{bases}");
    assert_eq!(fields(&format!("{before}class Settings(BaseSettings, G40[int]):\n    a: int")), 42);
}

#[test]
fn models_that_hold_each_other_are_cut() {
    let each = |own: &str| lines(30, |at| format!("    {own}{at}: 'M{at}'"));
    let models = lines(30, |at| format!("class M{at}(BaseModel):\n{}", each("f")));
    let body = format!("    model_config = SettingsConfigDict(env_nested_delimiter='__')\n{}", each("f"));
    assert_eq!(settings(&models, &body), 30);
}

#[test]
fn functions_that_call_themselves_run_out_of_steps() {
    let twice = "def f(n):\n    if n < 2:\n        return 1\n    return f(n - 1) + f(n - 2)\n";
    assert_eq!(settings(twice, &lines(50, |at| format!("    a{at}: int = f(9{at})"))), 50);
    assert_eq!(settings("def f(n):\n    return g(n) + g(n)\ndef g(n):\n    return f(n) + f(n)\n", "    a: int = f(1)"), 1);
    let chain = lines(40, |at| format!("def f{at}():\n    return f{0}() + f{0}()", at + 1));
    assert_eq!(settings(&format!("{chain}def f40():\n    return 1"), "    a: int = f0()"), 1);
    assert_eq!(settings("A = [1 for a in range(9999) for b in range(9999) for c in range(9999)]", "    a: list = A"), 1);
    assert_eq!(settings("A = 0\nwhile A >= 0:\n    for i in range(9999):\n        A = A + 1\n", "    a: int = A"), 1);
}

#[test]
fn undecided_branches_are_not_multiplied() {
    let branches = lines(60, |_| "    if x:\n        a = a + 1\n    else:\n        a = a - 1".to_owned());
    assert_eq!(settings(&format!("def f(x):\n    a = 1\n{branches}    return a"), "    a: int = f(x)"), 1);
    let nested = lines(60, |at| format!("{}if x:", "    ".repeat(at + 1)));
    assert_eq!(
        settings(&format!("def f(x):\n    a = 1\n{nested}{}a = 2\n    return a", "    ".repeat(61)), "    a: int = f(x)"),
        1
    );
}

#[test]
fn expressions_may_be_deep() {
    const DEEP: usize = 20_000;
    for piece in ["not ", "- ", "lambda: ", "1 if x else ", "1 ** ", "1 + ", "x or ", "await ", "x.", "'a' "] {
        assert_eq!(settings("", &format!("    a: int = {}1\n    b: int", piece.repeat(DEEP))).min(1), 1, "{piece}");
    }
    for piece in [".a", "()", "[0]", "[int]", " | x", " == x", "['a']"] {
        assert_eq!(
            settings("", &format!("    b: int\n    a: x{0} = x{0}\n    x{0} = 1", piece.repeat(DEEP))).min(1),
            1,
            "{piece}"
        );
    }
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("f'{", "}'"), ("[x for x in ", "]")] {
        for depth in [50, 150, 5_000] {
            settings("", &format!("    a: int = {}1{}", open.repeat(depth), close.repeat(depth)));
        }
    }
    settings(&"@x\n".repeat(DEEP), "    a: int");
}

#[test]
fn blocks_may_be_deep() {
    for block in
        ["if x:", "try:", "with x:", "while x:", "for x in y:", "def f():", "class C(BaseSettings):", "match x:\n case _:"]
    {
        for depth in [90, 500] {
            fields(&lines(depth, |at| format!("{}{block}", " ".repeat(2 * at))));
        }
    }
}

#[test]
fn much_of_one_thing_takes_time_in_proportion() {
    const MANY: usize = 10_000;
    assert_eq!(settings(&"A = 1\n".repeat(MANY), "    a: int = A"), 1);
    assert_eq!(settings(&format!("A = 1\n{}", "A = A + 1\n".repeat(MANY)), "    a: int = A"), 1);
    assert_eq!(settings(&format!("A = []\n{}", "A.append(1)\n".repeat(MANY)), "    a: list = A"), 1);
    assert_eq!(settings("", &lines(MANY, |at| format!("    f{at}: int = {at}"))), MANY);
    assert_eq!(settings("", &"    f: int = 1\n".repeat(MANY)), 1);
    assert_eq!(
        settings(
            &format!("V = 2.5\nif V == 0:\n    A = 0\n{}", lines(MANY, |at| format!("elif V == {at}:\n    A = {at}"))),
            "    a: int = A"
        ),
        1
    );
    assert_eq!(
        settings(
            &format!("if V == 0:\n    A = 0\n{}", lines(MANY, |at| format!("elif V == {at}:\n    A = {at}"))),
            "    a: int = A"
        ),
        1
    );
    assert_eq!(settings(&format!("A = {{{}}}", lines(MANY / 4, |at| format!("'{at}': {at},"))), "    a: dict = A"), 1);
    assert_eq!(
        settings(
            &format!("import enum\nclass E(enum.Enum):\n{}", lines(MANY / 4, |at| format!("    M{at} = {at}"))),
            "    e: E = E.M1"
        ),
        1
    );
    let names = lines(MANY / 4, |at| format!("'a{at}',"));
    assert_eq!(settings("", &format!("    a: int = Field(validation_alias=AliasChoices({names}))")), 1);
    assert_eq!(settings("", &format!("    a: {}", vec!["int"; 5 * MANY].join(" | "))), 1);
}

#[test]
fn many_classes_take_time_in_proportion() {
    let base = "class C0(BaseSettings):\n    f: int = 1\n";
    let wide = lines(1_000, |at| format!("class C{}(C0):\n    g: int = 1", at + 1));
    assert_eq!(fields(&format!("{base}{wide}")), 1);
    let deep = lines(100, |at| format!("class C{}(C{at}):\n    g{at}: int = 1", at + 1));
    assert_eq!(fields(&format!("{base}{deep}")), 1);
    let too_deep = lines(1_500, |at| format!("class C{}(C{at}):\n    g{at}: int = 1", at + 1));
    assert_eq!(fields(&format!("{base}{too_deep}")), 1);
    let diamond = lines(60, |at| format!("class A{0}(A{at}, B{at}): ...\nclass B{0}(A{at}, B{at}): ...", at + 1));
    fields(&format!("class A0(BaseSettings): ...\nclass B0(BaseSettings): ...\n{diamond}"));
}

#[test]
fn modules_that_import_each_other_take_time_in_proportion() {
    let user = format!("{HEADER}from m0 import *\nclass Settings(BaseSettings):\n    a: int = V\n    b: int = NONE\n");
    let modules = |count: usize, text: &dyn Fn(usize) -> String| {
        let mut files: Vec<_> = (0..count).map(|at| (format!("m{at}.py"), text(at))).collect();
        files.push(("user.py".to_owned(), user.clone()));
        project(&files).settings[0].fields.len()
    };
    assert_eq!(modules(200, &|at| format!("from m{} import *\n", at + 1)), 2);
    assert_eq!(modules(40, &|at| format!("from m{} import *\nfrom m{} import *\n", at + 1, at + 2)), 2);
    assert_eq!(modules(16, &|_| lines(16, |other| format!("from m{other} import *"))), 2);
}

/// What is opened into a call is followed by name: a name that is made of itself is followed once.
#[test]
fn options_that_are_made_of_themselves_end() {
    let class = "class Settings(BaseSettings):\n    a: int\n";
    for text in [
        "def f(o):\n    o = {**o, 'a': 1}\n    return Settings(**o)\n",
        "def f(o):\n    o = dict(o)\n    p = o or dict(p)\n    o = {**p}\n    return Settings(**o)\n",
        "def f(o):\n    p = {**o}\n    o = {**p}\n    return Settings(**(o if p else dict(p)))\n",
    ] {
        assert_eq!(fields(&format!("{class}{text}f({{}})\n")), 1);
    }
}
