//! The real time and real chance: the only place of the program that asks for them.

use tonalite_core::time::Timestamp;
use tonalite_core::world::{Clock, Entropy};

/// The wall clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one clock that the rest of the program is given"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The kernel's random numbers.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one source of chance that the rest of the program is given"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness no key, session or id is safe: better no program than a guessable one.
        if let Err(error) = getrandom::fill(buffer) {
            eprintln!("tonalite: the system gives no random numbers: {error}");
            std::process::abort();
        }
    }
}
