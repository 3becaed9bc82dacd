//! Settings as users write them, valid and invalid.

use std::time::Duration;

use super::*;

fn of_pyproject(text: &str) -> (Config, Vec<String>) {
    let (config, problems) = read(Some(("pyproject.toml", text.as_bytes())), None);
    (config, shown(&problems))
}

fn shown(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|p| format!("{}:{} {:?}: {} ({})", p.place.line, p.place.column, p.kind, p.message, p.help)).collect()
}

fn names(config: &Config) -> Vec<&str> {
    config.environments().iter().map(|environment| environment.name.as_str()).collect()
}

#[test]
fn without_settings() {
    for (pyproject, takk_toml) in
        [(None, None), (Some(("pyproject.toml", &b"[project]\n"[..])), None), (None, Some(("takk.toml", &b""[..])))]
    {
        let (config, problems) = read(pyproject, takk_toml);
        assert_eq!(problems, []);
        assert_eq!(names(&config), ["dev", "test", "qa", "prod"]);
        assert_eq!((config.ignore.as_slice(), &config.select), (&[][..], &None));
        assert_eq!(config.policy("prod").level, Level::Full);
        assert_eq!(config.policy("dev").level, Level::LowPrivilege);
    }
}

#[test]
fn every_setting() {
    let (config, problems) = of_pyproject(
        "[tool.takk]\nignore = [\"TK001\"]\nselect = [\"TK001\", \"TK002\", \"TK003\"]\nper-file-ignores = { \"tests/*\" = [\"TK002\"] }\n\
         domain = \"{env}.shop.example.org\"\nexclude = [\"scripts\", \"app/legacy/*.py\"]\ninclude-tests = true\nvenv = \"env\"\npython-roots = [\"lib\"]\n\
         pydantic = \"1.10\"\npydantic-settings = \"2.6.1\"\n",
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!(config.ignore, [Code(1)]);
    assert_eq!(config.select, Some(vec![Code(1), Code(2), Code(3)]));
    let silent = |code, file: &str| config.is_silent_in(code, file);
    assert!(!silent(Code(2), "a.py") && silent(Code(2), "tests/deep/a.py") && !silent(Code(3), "tests/a.py"));
    assert!(
        config.exclude.cover("scripts/run.py")
            && config.exclude.cover("app/scripts/x.py")
            && config.exclude.cover("app/legacy/x.py")
    );
    assert!(!config.exclude.cover("app/main.py") && !config.exclude.cover("myscripts/run.py"));
    assert!(config.include_tests);
    assert_eq!((config.venv.as_deref(), config.python_roots.as_slice()), (Some("env"), &["lib".to_owned()][..]));
    assert_eq!((config.pydantic.as_deref(), config.pydantic_settings.as_deref()), (Some("1.10"), Some("2.6.1")));
    assert_eq!(config.environments()[0].domain.as_deref(), Some("dev.shop.example.org"));
}

#[test]
fn environments_are_those_that_are_declared() {
    let (config, problems) = of_pyproject(
        "[tool.takk]\ndomain = \"shop.example.org\"\n[tool.takk.environments.prod]\ncontext = { stage = \"prod\", shard = 3 }\nlevel = \"full\"\n\
         [tool.takk.environments.dev]\ndomain = \"dev.example.org\"\nttl = \"36h\"\nlevel = \"temporary\"\n\
         [tool.takk.environments.preview]\nbase = \"prod\"\nttl = 3600\ndomain = \"{env}.example.org\"\ncontext = { stage = \"preview\" }\n",
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!(names(&config), ["prod", "dev"]);
    let context = |name: &str| config.environment(name).map(|e| e.context.clone()).unwrap_or_default();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(context("prod"), [pair("stage", "prod"), pair("shard", "3")]);
    assert_eq!(context("preview/cart"), [pair("stage", "preview"), pair("shard", "3")]);
    let domain = |name: &str| config.environment(name).and_then(|e| e.domain.clone()).unwrap_or_default();
    assert_eq!(
        [domain("prod"), domain("dev"), domain("preview/cart")],
        ["shop.example.org", "dev.example.org", "preview-cart.example.org"]
    );
    assert_eq!(
        config.policy("dev"),
        EnvironmentPolicy { base: None, ttl: Some(Duration::from_hours(36)), level: Level::Temporary }
    );
    let preview = config.policy("preview/cart");
    assert_eq!((preview.base.map(|base| base.to_string()), preview.level), (Some("prod".to_owned()), Level::Temporary));
}

#[test]
fn unknown_environments_get_the_nearest_name() {
    let (config, _) = of_pyproject("[tool.takk.environments.preview]\nttl = \"7d\"\n");
    assert_eq!(names(&config), ["dev", "test", "qa", "prod"]);
    assert!(config.environment("prdo").is_none() && config.environment("preview/").is_none());
    assert_eq!(config.policy("prod").level, Level::Full);
    let (config, _) = of_pyproject("[tool.takk.environments.dev]\n");
    assert_eq!((config.policy("production").level, config.policy("dev").level), (Level::Full, Level::LowPrivilege));
    let (config, _) = of_pyproject("[tool.takk.environments.preview]\nttl = \"7d\"\n");
    assert_eq!(config.nearest_environment("prdo"), Some("prod"));
    assert_eq!(config.nearest_environment("moon"), None);
}

#[test]
fn each_mistake_is_a_problem_and_the_rest_is_used() {
    let (config, problems) = of_pyproject(
        "[tool.takk]\nignroe = [\"TK001\"]\nignore = [\"TK1\", \"TK002\", 3]\nselect = \"TK001\"\ninclude-tests = \"yes\"\ndomain = \"https://x.org\"\n\
         exclude = [\"a[\"]\npydantic = \"two\"\nvenv = \"env\"\nper-file-ignores = { \"x{\" = [\"TK001\"] }\n",
    );
    assert_eq!(
        problems,
        [
            "2:1 BadSetting: unknown setting `ignroe` in [tool.takk] (did you mean `ignore`?)",
            "3:11 BadSetting: `TK1` in `ignore` is not a finding code (codes are `TK` and three digits, such as \"TK001\")",
            "3:27 BadSetting: `ignore` must be an array of strings, not an integer (write `ignore = [\"...\"]`)",
            "4:10 BadSetting: `select` must be an array of strings, not a string (write `select = [\"...\"]`)",
            "5:17 BadSetting: `include-tests` must be true or false, not a string (write `include-tests = true`)",
            "6:10 BadSetting: `https://x.org` is not a domain: it has a scheme, which each service adds itself (write a domain such as \"shop.example.org\" or \"{env}.shop.example.org\")",
            "7:12 BadSetting: `a[` is not a path pattern: unclosed character class; missing ']' (write a pattern such as \"tests/*\")",
            "8:12 BadSetting: `two` in `pydantic` is not a version (write a version such as \"2.10\")",
            "10:22 BadSetting: `x{` is not a path pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?) (write a pattern such as \"tests/*\")",
        ]
    );
    assert_eq!((config.ignore.as_slice(), config.venv.as_deref()), (&[Code(2)][..], Some("env")));
}

#[test]
fn mistakes_in_environments() {
    let (config, problems) = of_pyproject(
        "[tool.takk.environments.Prod]\n[tool.takk.environments.prod]\ncolour = 1\nttl = \"soon\"\nlevel = \"ful\"\ncontext = { a = 1.5, b = \"x\" }\n\
         [tool.takk.environments.dev]\nbase = \"prdo\"\n[tool.takk.environments.a]\nbase = \"b\"\n[tool.takk.environments.b]\nbase = \"a\"\n[tool.takk.environments]\n\"qa\" = 1\n",
    );
    let kinds: Vec<&str> = problems.iter().filter_map(|problem| problem.split(" (").next()).collect();
    assert_eq!(
        kinds,
        [
            "1:25 BadSetting: `Prod` is not a valid environment name: use lowercase letters, digits, `-` and `_`, or `preview/<branch>`",
            "3:1 BadSetting: unknown setting `colour` in `prod` of `environments` of [tool.takk]",
            "4:7 BadSetting: `ttl` is not a duration",
            "5:9 BadSetting: unknown level `ful`",
            "6:13 BadSetting: `a` of `context` must be a string",
            "8:8 UnknownEnvironment: environment `dev` is based on `prdo`, which does not exist",
            "10:8 BadSetting: environment `a` is based on `b`, which forms a cycle or a chain that is too long",
            "14:8 BadSetting: `qa` must be a table, not an integer",
        ]
    );
    assert!(problems[5].ends_with("(did you mean `prod`?)"));
    assert_eq!(config.environment("prod").map(|e| e.context.clone()), Some(vec![("b".to_owned(), "x".to_owned())]));
    assert_eq!(names(&config), ["prod", "dev", "a", "b", "qa"]);
}

#[test]
fn takk_toml_wins_and_says_so() {
    let pyproject = Some(("pyproject.toml", &b"[tool.takk]\nvenv = \"a\"\ninclude-tests = true\n"[..]));
    let (config, problems) = read(pyproject, Some(("takk.toml", b"venv = \"b\"\n[environments.live]\n")));
    assert_eq!(
        shown(&problems),
        [
            "1:1 BadSetting: takk ignores [tool.takk] because takk.toml exists (move these settings to takk.toml, or remove that file)"
        ]
    );
    assert_eq!((config.venv.as_deref(), config.include_tests, names(&config)), (Some("b"), false, vec!["live"]));
    let (_, problems) = read(Some(("pyproject.toml", b"[project]\n")), Some(("takk.toml", b"")));
    assert_eq!(problems, []);
}

#[test]
fn a_broken_takk_toml_is_reported_and_used() {
    let (config, problems) = read(None, Some(("takk.toml", b"venv = \"b\"\nexclude = [\"x\"\n")));
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].kind, config.venv.as_deref()), (ProblemKind::BrokenFile, Some("b")));
    let (config, problems) =
        read(None, Some(("takk.toml", b"<<<<<<< HEAD\nvenv = \"a\"\n=======\nvenv = \"b\"\n>>>>>>> x\n\xff")));
    let kinds: Vec<ProblemKind> = problems.iter().map(|problem| problem.kind).collect();
    assert_eq!((kinds, config.venv.as_deref()), (vec![ProblemKind::MergeConflict, ProblemKind::BrokenFile], Some("a")));
    assert_eq!(
        of_pyproject("[tool]\ntakk = 1\n").1,
        ["2:8 BadSetting: `tool.takk` is not a table (write a table [tool.takk] with one setting per line)"]
    );
}

#[test]
fn damaged_settings_are_read_without_panic() {
    let text = "[tool.takk]\nignore = [\"TK001\"]\nper-file-ignores = { \"t/*\" = [\"TK002\"] }\ndomain = \"{env}.example.org\"\nexclude = [\"a{b,c}\"]\n\
                [tool.takk.environments.\"preview/x\"]\nbase = \"dev\"\nttl = \"7d\"\nlevel = \"full\"\ncontext = { é = 1 }\n[tool.takk.environments.dev]\n";
    for (at, character) in text.char_indices() {
        let after = &text[at + character.len_utf8()..];
        for replacement in ["", "\"", "[", "{", "=", "\n", "é", "0"] {
            let damaged = format!("{}{replacement}{after}", &text[..at]);
            let (config, problems) = read(Some(("pyproject.toml", damaged.as_bytes())), None);
            assert!(problems.iter().all(|problem| (1..=13).contains(&problem.place.line)), "{damaged}");
            assert!(config.environment("preview/other").is_some());
            read(None, Some(("takk.toml", damaged.as_bytes())));
        }
    }
}

#[test]
fn many_environments_cost_what_they_are() {
    let table = |n: usize| format!("[environments.e{n}]\nbase = \"e{}\"\ncontext = {{ k{n} = \"v\" }}\n", n + 1);
    let chain: Vec<String> = (0..3000).map(table).collect();
    let chain = chain.concat();
    let (config, problems) = read(None, Some(("takk.toml", chain.as_bytes())));
    assert_eq!(config.environments().len(), 3000);
    assert!(config.environments().iter().all(|environment| environment.context.len() <= 9));
    assert!(problems.iter().any(|problem| problem.kind == ProblemKind::UnknownEnvironment));
}
