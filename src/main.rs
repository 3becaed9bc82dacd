//! Parse, run, exit code.

use std::process::ExitCode;

/// A short command spends a tenth of its time in the allocator of glibc; benches/values.sh measures it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    takk::commands::main()
}
