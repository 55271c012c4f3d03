//! The `plaudit` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    plaudit::cli::run()
}
