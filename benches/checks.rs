//! How many values a second are checked: `cargo bench --bench checks`. Prints one line per type.

#![allow(clippy::print_stdout, reason = "the measure is what it is run for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use takk_model::ValueType as T;
use takk_value::{Verdict, check};

/// How long each type is measured.
const TIME: Duration = Duration::from_millis(500);

fn main() {
    let optional_int = T::Union(vec![T::Int, T::None]);
    let cases: [(&str, T, &str); 10] = [
        ("str", T::Str, "an ordinary text of some length"),
        ("int", T::Int, "  12_345 "),
        ("float", T::Float, "-12.5e3"),
        ("bool", T::Bool, "yes"),
        ("Decimal", T::Decimal, "12345.6789"),
        ("UUID", T::Uuid(None), "0b5e0c3e-5c8b-4f6a-9d0f-1f2a3b4c5d6e"),
        ("datetime", T::DateTime, "2026-11-22T12:00:00Z"),
        ("SecretStr", T::Secret(Box::new(T::Str)), "an ordinary secret"),
        ("int | None", optional_int, "17"),
        ("list[int]", T::List(Box::new(T::Int)), "[1, 2, 3, 4, 5, 6, 7, 8]"),
    ];
    for (name, accepts, text) in cases {
        assert_eq!(check(&accepts, text), Verdict::Accepted, "{name}");
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < TIME {
            for _ in 0..1_000 {
                black_box(check(black_box(&accepts), black_box(text)));
            }
            count += 1_000;
        }
        println!("{name}\t{:.0}", f64::from(count) / start.elapsed().as_secs_f64());
    }
}
