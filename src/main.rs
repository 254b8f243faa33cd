//! The command line: arguments in, one function of `commands` out.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    herald::access::install_crypto();
    herald::commands::run()
}
