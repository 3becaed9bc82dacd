//! One case per rule. `tests/it/exchange.rs` compares the rules with `python-dotenv`, `PyYAML` and a shell.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{Format, Reading, Unwritable, WriteFormat, read, write};

fn environment(name: &str) -> Option<String> {
    (name == "HOME").then(|| "/home/me".to_owned())
}

fn reading(format: Format, text: &str) -> Reading {
    read(format, text, &environment)
}

fn pairs(reading: &Reading) -> Vec<(&str, &str)> {
    reading.entries.iter().map(|entry| (entry.name.as_str(), entry.value.as_str())).collect()
}

fn faults(reading: &Reading) -> Vec<String> {
    reading.faults.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn says(format: Format, text: &str, expected: &[(&str, &str)]) {
    let reading = reading(format, text);
    assert_eq!(faults(&reading), [""; 0]);
    assert_eq!(pairs(&reading), expected);
}

#[track_caller]
fn is_refused(format: Format, text: &str, fault: &str) {
    let reading = reading(format, text);
    assert_eq!(faults(&reading), [fault]);
    assert_eq!(pairs(&reading), []);
}

#[test]
fn a_format_is_known_by_name_and_else_by_content() {
    let of = Format::detect;
    assert_eq!(of("config/prod.JSON", ""), Format::Json);
    assert_eq!(of("values.yml", ""), Format::Yaml);
    assert_eq!(of(".env.production", "{}"), Format::Dotenv);
    assert_eq!(of("C:\\prod.env", "a: b"), Format::Dotenv);
    assert_eq!(of("-", "\u{feff}\n {\"A\": 1}"), Format::Json);
    assert_eq!(of("values", "# made by hand\nA: http://x?a=b\n"), Format::Yaml);
    assert_eq!(of("values", "A:\n  - 1\n"), Format::Yaml);
    assert_eq!(of("values", "---\nA: 1\n"), Format::Yaml);
    assert_eq!(of("values", "A='x: y'\n"), Format::Dotenv);
    assert_eq!(of("values", ""), Format::Dotenv);
}

#[test]
fn dotenv_is_read_as_python_dotenv_reads_it() {
    says(
        Format::Dotenv,
        "\u{feff}# a comment\r\nexport A = one # why\r\nB='it\\'s\r\ntwo' \nC=\"a\\tb\\q\"\n\nD=#no comment\nE= # empty\nF=a#b\n",
        &[("A", "one"), ("B", "it's\ntwo"), ("C", "a\tb\\q"), ("D", "#no comment"), ("E", ""), ("F", "a#b")],
    );
    says(
        Format::Dotenv,
        "A=1\nB='${A}${HOME}${NONE:-x}${NONE}'\nA=2\nC=$A${A",
        &[("A", "2"), ("B", "1/home/mex"), ("C", "$A${A")],
    );
}

#[test]
fn what_dotenv_does_not_count_is_reported() {
    let reading = reading(Format::Dotenv, "A=1\nB\n=secret\nA=2 \nD='x' secret\nE=3\n\nC='secret\n");
    assert_eq!(pairs(&reading), [("A", "2"), ("E", "3")]);
    assert_eq!(reading.entries[0].line, 4);
    assert_eq!((reading.duplicates[0].name.as_str(), reading.duplicates[0].line), ("A", 1));
    assert_eq!((reading.unset[0].name.as_str(), reading.unset[0].line), ("B", 2));
    assert_eq!(
        faults(&reading),
        [
            "3:1: a name is missing before the `=`",
            "5:7: there is text after the end of the value",
            "8:3: a quote is not closed"
        ]
    );
}

#[test]
fn json_keeps_what_is_written() {
    says(
        Format::Json,
        "{\"A\": \"x\\ny\", \"B\": 1.0, \"C\": 1e400, \"D\": true, \"E\": null, \"F\": [1.10, {\"a b\": \"c \\\" d\"}], \"G\": -0}",
        &[("A", "x\ny"), ("B", "1.0"), ("C", "1e400"), ("D", "true"), ("F", "[1.10,{\"a b\":\"c \\\" d\"}]"), ("G", "-0")],
    );
    let reading = reading(Format::Json, "{\"A\": 1,\n\"B\": null,\n\"A\": 2}");
    assert_eq!(pairs(&reading), [("A", "2")]);
    assert_eq!((reading.entries[0].line, reading.duplicates[0].line, reading.unset[0].line), (3, 1, 2));
}

#[test]
fn what_is_no_json_is_refused_without_quoting_it() {
    is_refused(Format::Json, "{\n \"é\": secret}", "2:7: this is not JSON");
    is_refused(Format::Json, "{\"A\": \"secret", "1:13: the JSON is incomplete");
    is_refused(Format::Json, "\"secret\"", "1:8: it must be an object with names and values");
    is_refused(Format::Json, "{} secret", "1:4: this is not JSON");
    is_refused(
        Format::Json,
        "{\"A\":\n \"\\ud800\"}",
        "2:2: the value of `A` contains an unpaired surrogate, which a variable cannot hold",
    );
}

#[test]
fn yaml_keeps_what_is_written() {
    says(
        Format::Yaml,
        "A: no\nB: 1.10\nC: 0123\nD: ~\nE:\nF: 'null'\nG: |\n  two\n  lines\nH: !!str null\nI: \"a\\tb\"\nJ: x # why\n",
        &[
            ("A", "no"),
            ("B", "1.10"),
            ("C", "0123"),
            ("F", "null"),
            ("G", "two\nlines\n"),
            ("H", "null"),
            ("I", "a\tb"),
            ("J", "x"),
        ],
    );
    says(
        Format::Yaml,
        "---\nA: [1, 1.0, 0123, no, True, ~, 'x', a b, .5, \"1\"]\nB:\n  host: h\n  port: 1\n  tags: []\nC: &c {a: *b}\n"
            .replace("*b", "b")
            .as_str(),
        &[
            ("A", "[1,1.0,\"0123\",\"no\",true,null,\"x\",\"a b\",\".5\",\"1\"]"),
            ("B", "{\"host\":\"h\",\"port\":1,\"tags\":[]}"),
            ("C", "{\"a\":\"b\"}"),
        ],
    );
    says(Format::Yaml, "A: &a x\nB: *a\nC: [*a, *a]\n", &[("A", "x"), ("B", "x"), ("C", "[\"x\",\"x\"]")]);
    says(Format::Yaml, "# nothing\n", &[]);
    says(Format::Yaml, "", &[]);
    assert_eq!(reading(Format::Yaml, "A: 1\nB: 2\nA: 3\n").duplicates[0].line, 1);
}

#[test]
fn what_yaml_leaves_to_a_program_is_refused() {
    is_refused(Format::Yaml, "A: !vault secret\n", "1:4: in `A`: it has a tag, and takk does not read tagged values");
    is_refused(Format::Yaml, "A: &a [*a]\n", "1:8: in `A`: an alias refers to an anchor that does not exist");
    is_refused(Format::Yaml, "A: &a {b: c}\n<<: *a\n", "2:1: takk does not read merge keys (`<<`): write the names out");
    is_refused(Format::Yaml, "A: 1\n---\nB: 2\n", "2:1: takk reads only one YAML document, and this is the second");
    is_refused(Format::Yaml, "- secret\n", "1:1: it must be a mapping of names to values");
    is_refused(Format::Yaml, "A: 1\0\nB: 2", "1:5: this is not YAML: a zero byte");
    is_refused(Format::Yaml, "? [secret]\n: 1\n", "1:3: a name must be a string");
    let deep = format!("A: {}{}\n", "[".repeat(200), "]".repeat(200));
    assert!(reading(Format::Yaml, &deep).faults[0].message.contains("nested too deep"));
}

#[test]
fn a_small_file_cannot_become_immense() {
    let mut dotenv = "A0=xxxxxxxxxx\n".to_owned();
    let mut yaml = "A0: &a0 [x, x]\n".to_owned();
    for n in 1..60 {
        let last = n - 1;
        let _ = writeln!(dotenv, "A{n}=${{A{last}}}${{A{last}}}");
        let _ = writeln!(yaml, "A{n}: &a{n} [*a{last}, *a{last}]");
    }
    assert!(reading(Format::Dotenv, &dotenv).faults[0].message.contains("exceeds the maximum file size"));
    assert!(reading(Format::Yaml, &yaml).faults[0].message.contains("exceeds the maximum file size"));
}

/// Inputs that would take quadratic time with repeated searching.
#[test]
fn time_is_linear() {
    let repeated = |part: &str| part.repeat(150_000 / part.len());
    let dotenv = ["A=\"\n", "A='\\", "='", "${", "${a:", "A=${a:-", "'", "\\", " ", "#", "A=1 #", "\u{1c}", "A=\"\\\"\n"];
    let json = ["[", "{\"a\":", "\"", "\\", "{\"a\":1,", "1", " \n", "\"a\":null,\n"];
    let yaml = [
        "[",
        "{",
        "- ",
        "a: ",
        "? ",
        "a: 1\n",
        "\"",
        "'",
        "&a ",
        "*a ",
        "!",
        "|\n",
        " ",
        "\t",
        "#",
        "[a, ",
        "{a: 1, ",
        "%",
        "a\n",
        "\n\n",
        "-\n",
        "A: |\n  x\n",
    ];
    let cases = dotenv.map(|part| (Format::Dotenv, part)).into_iter();
    let cases = cases.chain(json.map(|part| (Format::Json, part))).chain(yaml.map(|part| (Format::Yaml, part)));
    for (format, part) in cases {
        for before in ["", "{\"A\": ", "A: ", "A=\"", "A: \"", "A: {"] {
            let text = before.to_owned() + &repeated(part);
            let start = Instant::now();
            reading(format, &text);
            let took = start.elapsed();
            assert!(took < Duration::from_secs(4), "{format:?} {before:?} {part:?}: {took:?}");
        }
    }
}

fn written(format: WriteFormat, entries: &[(&str, &str)]) -> String {
    write(format, entries).map_or_else(|unwritable| unwritable.to_string(), |text| (*text).clone())
}

#[test]
fn what_is_written_is_easy_to_read() {
    let entries = [("URL", "http://x:1/?a=b"), ("TEXT", "it's\n${HOME}"), ("PATH_", "C:\\x\\"), ("NO", "a\rb"), ("EMPTY", "")];
    assert_eq!(
        written(WriteFormat::Dotenv, &entries),
        "URL='http://x:1/?a=b'\nTEXT='it\\'s\n${:-$}{HOME}'\nPATH_=C:\\x\\\nNO=\"a\\rb\"\nEMPTY=\n"
    );
    assert_eq!(written(WriteFormat::Shell, &entries[1..2]), "export TEXT='it'\\''s\n${HOME}'\n");
    assert_eq!(
        written(WriteFormat::Yaml, &entries[1..4]),
        "TEXT: \"it's\\n${HOME}\"\nPATH_: \"C:\\\\x\\\\\"\n\"NO\": \"a\\rb\"\n"
    );
    assert_eq!(
        written(WriteFormat::Json, &entries[..2]),
        "{\n  \"URL\": \"http://x:1/?a=b\",\n  \"TEXT\": \"it's\\n${HOME}\"\n}\n"
    );
    assert_eq!(written(WriteFormat::Docker, &entries[..1]), "URL=http://x:1/?a=b\n");
    assert_eq!(written(WriteFormat::Json, &[]), "{}\n");
}

#[test]
fn what_a_format_cannot_hold_is_refused_by_name() {
    let refused = |format, name, value| write(format, &[("A", "1"), (name, value)]).expect_err("it cannot be written");
    let Unwritable { name, reason } = refused(WriteFormat::Docker, "KEY", "one\ntwo");
    assert_eq!(
        (name.as_str(), reason),
        ("KEY", "has several lines, but a Docker env file allows only one line for each variable")
    );
    assert_eq!(refused(WriteFormat::Shell, "a-b", "x").reason, "is not a valid shell variable name");
    assert_eq!(refused(WriteFormat::Shell, "B", "\0").reason, "contains a NUL byte, which an environment variable cannot hold");
    assert_eq!(refused(WriteFormat::Dotenv, "a b", "x").reason, "is not a valid name in a dotenv file");
    assert_eq!(refused(WriteFormat::Json, "A", "x").reason, "appears twice");
}

#[test]
fn a_key_of_yaml_is_as_long_as_it_is_written() {
    for (name, is_written) in
        [("A".repeat(1000), true), ("A".repeat(1001), false), ("\u{1}".repeat(249), true), ("\u{1}".repeat(250), false)]
    {
        let text = write(WriteFormat::Yaml, &[(&name, "x")]);
        assert_eq!(text.is_ok(), is_written, "{}", name.len());
        let Ok(text) = text else { continue };
        assert_eq!(pairs(&reading(Format::Yaml, &text)), [(name.as_str(), "x")]);
    }
}
