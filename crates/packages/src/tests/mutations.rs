//! The fixtures, mutated in thousands of ways: nothing panics or takes long, and every place is inside the file.

use std::time::{Duration, Instant};

use super::*;

/// Pseudorandom numbers that are the same on every run (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).expect("below a usize")
    }
}

/// Pieces with a meaning in one of the formats.
const PIECES: [&str; 30] = [
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[package]]\n",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\\",
    "\n",
    "\r\n",
    "#",
    ";",
    " @ ",
    "==",
    "-r requirements.txt\n",
    "-e ./x",
    "<<<<<<< HEAD\n",
    "=======\n",
    ">>>>>>> x\n",
    "\u{FEFF}",
    "é",
    "\0",
    "name = ",
    "version = ",
    "${X}",
    "https://x/",
];

fn damaged(text: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(40)).min(bytes.len());
        match numbers.below(5) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.truncate(at),
            2 => {
                let piece = PIECES[numbers.below(PIECES.len())].as_bytes();
                bytes.splice(at..at, piece.repeat(1 + numbers.below(3)));
            }
            3 => bytes.extend_from_within(at..end),
            _ => bytes.splice(at..end, [numbers.below(256).to_le_bytes()[0]]).for_each(drop),
        }
    }
    bytes
}

/// The start of a file, cut at a line: mutations of a shorter text hit the relevant parts more often.
fn start(text: &str) -> &str {
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= 1500).last().unwrap_or(0);
    &text[..text[..end].rfind('\n').unwrap_or(end)]
}

#[test]
fn damaged_files_are_read_without_panic() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..1000 {
        for (path, text) in DEMO {
            let content = damaged(start(text).as_bytes(), &mut numbers);
            let report = read_files(&[(path, &content)]);
            let lines = content.split(|byte| *byte == b'\n').count();
            let places =
                report.findings.iter().map(|problem| &problem.place).chain(report.packages.0.values().map(|p| &p.place));
            for place in places {
                let is_inside = place.file == path && (1..=lines).contains(&(place.line as usize)) && place.column >= 1;
                assert!(is_inside, "{place} in {:?}", String::from_utf8_lossy(&content));
            }
        }
    }
}

#[test]
fn pieces_in_any_order_are_read_without_panic() {
    let mut numbers = Numbers(42);
    for _ in 0..400 {
        let content: String = (0..numbers.below(60)).map(|_| PIECES[numbers.below(PIECES.len())]).collect();
        for (path, _) in DEMO {
            let report = read_files(&[(path, &content)]);
            assert!(report.findings.iter().all(|problem| !problem.message.is_empty()));
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what takes for ever is found by the clock")]
fn no_input_takes_more_than_its_length() {
    let many = |piece: &str| piece.repeat(200_000 / piece.len());
    let inputs = [
        many("["),
        many("{a="),
        many("a."),
        many("[a]\n"),
        many("\""),
        many("= 1\n"),
        many("<<<<<<< a\n"),
        many("<<<<<<< a\n=======\n"),
        many("a==1 \\\n"),
        format!("a[{}]", many("x,")),
        format!("a; {}os_name == 'nt'", many("(")),
        format!("a; {}", many("extra == 'a' and ")),
        format!("a=={}", many("1.")),
        format!("a{}", many(" ")),
        format!("[project]\ndependencies = [{}]", many("\"é\",")),
        format!("{{\"default\": {{{}", many("\"a\":{\"version\":\"==1\"},")),
        format!("[[package]]\n{}", many("name.a=1\n")),
        format!("package = [{}]", many("{name='a'},")),
    ];
    for input in &inputs {
        for (path, _) in DEMO {
            let started = Instant::now();
            read_files(&[(path, input)]);
            // Seconds, for a slow machine without optimization; quadratic code takes minutes.
            assert!(started.elapsed() < Duration::from_secs(20), "{path}: {:?}...", &input[..40.min(input.len())]);
        }
    }
}
