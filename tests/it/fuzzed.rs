//! Runs the body of each fuzz target on a few inputs. Otherwise the targets, which are only built for fuzzing, would break unnoticed.

#[path = "../../fuzz/lib.rs"]
#[expect(unreachable_pub, reason = "it is the root of a crate of its own, whose targets use it")]
mod fuzz;

/// Invalid inputs, and a valid one.
const INPUTS: [&str; 6] = [
    "",
    "{}",
    "A=1\nexport B='two'\n",
    "[tool.takk]\nenvironments = [\"dev\"]\n",
    "from pydantic_settings import BaseSettings\n#---\nclass S(BaseSettings):\n    a: int = 1\n",
    "{\"schema_version\": 1, \"x\": [\"",
];

#[test]
fn what_the_fuzz_targets_do_is_done() {
    for text in INPUTS {
        let bytes = text.as_bytes();
        fuzz::compiled::run(bytes);
        fuzz::config::run(bytes);
        fuzz::declaration::run(bytes);
        fuzz::exchange::run(text);
        fuzz::python_project::run(bytes);
        fuzz::python_source::run(bytes);
        fuzz::scan::run(bytes);
        fuzz::settings_file::run(bytes);
        for path in [
            "pyproject.toml",
            "uv.lock",
            "poetry.lock",
            "pdm.lock",
            "pylock.toml",
            "Pipfile",
            "Pipfile.lock",
            "requirements.txt",
        ] {
            fuzz::read_packages(path, bytes);
        }
    }
}
