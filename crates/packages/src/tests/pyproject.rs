//! `pyproject.toml` of every tool.

use super::*;
use crate::MappedPackage;

fn pyproject(text: &str) -> PackagesReport {
    read_files(&[("pyproject.toml", text)])
}

fn roots(text: &str) -> Vec<String> {
    pyproject(text).project.import_roots
}

#[test]
fn standard_metadata_extras_and_groups() {
    let report = pyproject(
        "[project]\nname = \"My.Shop\"\nrequires-python = \">=3.11\"\ndependencies = [\n  \"httpx>=0.27,<1\",\n  \"My-Shop[kafka]\",\n]\n\
         [project.optional-dependencies]\nkafka = [\"aiokafka==0.12.0 ; sys_platform != 'win32'\"]\n\
         [dependency-groups]\nTest_All = [\"pytest\"]\ndev = [{ include-group = \"test-all\" }, \"ruff\"]\n",
    );
    assert_eq!(findings(&report), [""; 0]);
    assert_eq!(report.project.name.as_deref(), Some("My.Shop"));
    assert_eq!(report.project.requires_python.as_deref(), Some(">=3.11"));
    assert_eq!(versions(&report), ["aiokafka 0.12.0", "httpx -", "pytest -", "ruff -"]);
    assert_eq!(place_of(&report, "httpx"), "pyproject.toml:5:3");
    assert!(report.packages.0.values().all(|package| package.direct));
}

#[test]
fn mistakes_in_requirements_are_found_and_the_rest_is_read() {
    let report = pyproject(
        "[project]\ndependencies = [\"a\", \"b=1\", 3]\noptional-dependencies.x = \"c\"\n[dependency-groups]\ndev = [{ include-group = \"tset\" }, { x = 1 }, {include-group=\"dev\"}]\ntest = 1\n",
    );
    assert_eq!(versions(&report), ["a -"]);
    assert_eq!(
        findings(&report),
        [
            "pyproject.toml:2:22 BadRequirement: `b=1` is not a valid requirement: `=1` is not a version specifier such as `>=1.2`",
            "pyproject.toml:2:29 BadRequirement: project.dependencies has an entry that is not a string",
            "pyproject.toml:3:27 BadRequirement: project.optional-dependencies.x must be an array of requirements",
            "pyproject.toml:5:26 MissingInclude: dependency group `dev` includes `tset`, which does not exist",
            "pyproject.toml:5:36 BadRequirement: dependency-groups.dev has an entry that is neither a requirement nor an include-group",
            "pyproject.toml:5:62 MissingInclude: dependency group `dev` includes itself",
            "pyproject.toml:6:8 BadRequirement: dependency-groups.test must be an array of requirements",
        ]
    );
    assert_eq!(report.findings[3].help, "did you mean `test`?");
}

#[test]
fn poetry_has_its_own_notation() {
    let report = pyproject(
        "[tool.poetry]\nname = \"shop\"\npackages = [{ include = \"shop\", from = \"lib\" }]\n[tool.poetry.dependencies]\npython = \"^3.11\"\n\
         httpx = \"^0.27\"\nRedis = { version = \"5.0.1\", optional = true }\nnumpy = [{ version = \"<2\", python = \"<3.9\" }, { version = \">=2\" }]\n\
         common = { path = \"libs/common\", develop = true }\nmine = { git = \"https://example.org/mine\" }\n[tool.poetry.dev-dependencies]\nblack = \"*\"\n\
         [tool.poetry.group.test.dependencies]\npytest = \"==8.0.0\"\n[tool.poetry.extras]\ncache = [\"redis\"]\n",
    );
    assert_eq!(findings(&report), [""; 0]);
    assert_eq!(versions(&report), ["black -", "common -", "httpx -", "mine -", "numpy -", "pytest 8.0.0", "redis 5.0.1"]);
    assert_eq!(report.packages.find("httpx").and_then(|p| p.specifier.as_deref()), Some("^0.27"));
    assert_eq!(report.packages.find("numpy").and_then(|p| p.specifier.as_deref()), Some("<2"));
    assert_eq!(report.project.name.as_deref(), Some("shop"));
    assert_eq!(report.project.requires_python.as_deref(), Some("^3.11"));
    assert_eq!(report.project.import_roots, ["", "src", "lib", "libs/common", "libs/common/src"]);
}

#[test]
fn pdm_uv_and_flit_keep_development_dependencies_of_their_own() {
    let report = pyproject(
        "[tool.pdm.dev-dependencies]\ntest = [\"pytest>=8\", \"-e file:///${PROJECT_ROOT}/libs/kit#egg=kit\", 1]\n\
         [tool.uv]\ndev-dependencies = [\"ruff\"]\n[tool.flit.metadata]\nmodule = \"shop\"\nrequires = [\"httpx\"]\nrequires-python = \">=3.8\"\n\
         [tool.flit.metadata.requires-extra]\ndoc = [\"sphinx\"]\n",
    );
    assert_eq!(versions(&report), ["httpx -", "pytest -", "ruff -", "sphinx -"]);
    assert_eq!(kinds(&report), [ProblemKind::BadRequirement]);
    assert_eq!(report.project.name.as_deref(), Some("shop"));
    assert_eq!(report.project.import_roots, ["", "src", "libs/kit", "libs/kit/src"]);
}

#[test]
fn every_build_backend_says_where_packages_are() {
    for (text, expected) in [
        ("[tool.setuptools]\npackage-dir = { \"\" = \"lib\" }", "lib"),
        ("[tool.setuptools.packages.find]\nwhere = [\"python\"]", "python"),
        ("[tool.setuptools.package-dir]\nshop = \"code/shop\"", "code"),
        ("[tool.hatch.build.targets.wheel]\npackages = [\"backend/shop\"]", "backend"),
        ("[tool.hatch.build]\ndev-mode-dirs = [\"pkg\"]", "pkg"),
        ("[tool.hatch.build.targets.wheel]\nsources = [\"code\"]", "code"),
        ("[tool.hatch.build.targets.wheel.force-include]\n\"vendor/kit\" = \"kit\"", "vendor"),
        ("[tool.poetry]\npackages = [{ include = \"shop\", from = \"app\" }]", "app"),
        ("[tool.pdm.build]\npackage-dir = \"source\"", "source"),
        ("[tool.uv.build-backend]\nmodule-root = \"python\"", "python"),
        ("[tool.maturin]\npython-source = \"python\"", "python"),
    ] {
        assert_eq!(roots(text), ["", "src", expected], "{text}");
    }
    assert_eq!(roots("[tool.setuptools]\npackage-dir = { shop = \"shop\" }"), ["", "src"]);
    assert_eq!(roots("[tool.setuptools]\npackage-dir = { \"\" = \"../outside\" }"), ["", "src"]);
    assert_eq!(roots("[tool.flit.module]\nname = \"shop\""), ["", "src"]);
}

#[test]
fn a_package_in_a_directory_of_another_name_is_mapped() {
    for text in [
        "[tool.setuptools]\npackage-dir = { shop = \"code\" }",
        "[tool.hatch.build.targets.wheel.sources]\n\"code\" = \"shop\"",
        "[tool.hatch.build.force-include]\n\"code/\" = \"/shop\"",
    ] {
        let mapped = MappedPackage { package: "shop".to_owned(), directory: "code".to_owned() };
        assert_eq!(pyproject(text).project.mapped_packages, [mapped], "{text}");
    }
}

#[test]
fn members_of_a_workspace_belong_to_it() {
    let member = |name: &str, dependency: &str| format!("[project]\nname = \"{name}\"\ndependencies = [\"{dependency}\"]\n");
    let root = "[project]\nname = \"root\"\ndependencies = [\"Api\"]\n[tool.uv.sources]\napi = { workspace = true }\nkit = [{ path = \"vendor/kit\" }]\n\
                [tool.uv.workspace]\nmembers = [\"packages/*\", \"./tools/cli/\"]\nexclude = [\"packages/old*\"]\n";
    let lock = "[[package]]\nname = \"api\"\nversion = \"0.1.0\"\nsource = { editable = \"packages/api\" }\n\
                [[package]]\nname = \"httpx\"\nversion = \"0.28.1\"\n[[package]]\nname = \"kit\"\nversion = \"3\"\nsource = { directory = \"vendor/kit\" }\n";
    let report = read_files(&[
        ("pyproject.toml", root.to_owned()),
        ("uv.lock", lock.to_owned()),
        ("packages/api/pyproject.toml", member("api", "httpx>=0.27")),
        ("packages/old-api/pyproject.toml", member("old-api", "django")),
        ("packages/deep/er/pyproject.toml", member("deeper", "flask")),
        ("tools/cli/pyproject.toml", member("cli", "click")),
        ("vendor/kit/pyproject.toml", member("kit", "attrs")),
        ("examples/demo/pyproject.toml", member("demo", "bottle")),
    ]);
    assert_eq!(versions(&report), ["attrs -", "click -", "httpx 0.28.1", "kit 3"]);
    assert_eq!(report.packages.find("httpx").and_then(|p| p.specifier.as_deref()), Some(">=0.27"));
    assert_eq!(
        report.project.import_roots,
        ["", "src", "packages/api", "packages/api/src", "tools/cli", "tools/cli/src", "vendor/kit", "vendor/kit/src"]
    );
}

#[test]
fn projects_that_require_each_other_by_path_end() {
    let project = |path: &str| format!("[tool.poetry.dependencies]\nother = {{ path = \"{path}\" }}\n");
    let report = read_files(&[
        ("pyproject.toml", project("a")),
        ("a/pyproject.toml", project("../b")),
        ("b/pyproject.toml", project("../a")),
    ]);
    assert_eq!(report.project.import_roots, ["", "src", "a", "a/src", "b", "b/src"]);
}

#[test]
fn requirements_may_be_kept_in_files() {
    let report = read_files(&[
        (
            "pyproject.toml",
            "[tool.setuptools.dynamic]\ndependencies = { file = [\"deps/base.in\"] }\noptional-dependencies.x = { file = \"deps/x.txt\" }\n",
        ),
        ("deps/base.in", "httpx\n"),
    ]);
    assert_eq!(versions(&report), ["httpx -"]);
    assert_eq!(
        findings(&report),
        ["pyproject.toml:3:36 MissingInclude: cannot read deps/x.txt, which pyproject.toml includes: no such file"]
    );
}
