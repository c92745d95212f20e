//! Owns the signals that ask this program to end. They are passed on as happenings; nobody dies of them by default.

use crate::trouble::Trouble;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

pub const KILL: i32 = signal_hook::consts::SIGKILL;
pub const TERMINATE: i32 = SIGTERM;

/// Calls `heard` for each, on a thread of its own.
pub fn listen(heard: impl Fn(i32) + Send + 'static) -> Result<(), Trouble> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])
        .map_err(|error| Trouble::Local(format!("Signals cannot be listened for: {error}.")))?;
    std::thread::spawn(move || signals.forever().for_each(heard));
    Ok(())
}

/// As a person calls it.
pub fn name(signal: i32) -> String {
    signal_hook::low_level::signal_name(signal).map_or_else(|| format!("signal {signal}"), str::to_owned)
}
