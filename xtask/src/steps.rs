//! Headlines and elapsed times for commands that take minutes. The one place of xtask with a clock.
#![expect(
    clippy::disallowed_methods,
    reason = "how long a step took is told to a person; nothing is decided by it"
)]

use std::io::{Write, stdout};
use std::time::Instant;

use crate::Outcome;

/// Counts and announces steps.
pub(crate) struct Steps {
    total: usize,
    done: usize,
    begun: Instant,
}

impl Steps {
    pub(crate) fn new(total: usize) -> Steps {
        Steps { total, done: 0, begun: Instant::now() }
    }

    /// Runs one step between a headline and its time.
    pub(crate) fn step<T>(&mut self, title: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        say(&format!("\n[{}/{}] {title}", self.done + 1, self.total));
        let begun = Instant::now();
        let result = work()?;
        self.done += 1;
        say(&format!("[{}/{}] done in {}", self.done, self.total, elapsed(begun.elapsed().as_secs())));
        Ok(result)
    }

    /// How many steps came to their end.
    pub(crate) fn done(&self) -> usize {
        self.done
    }

    /// Time since the first step, for people.
    pub(crate) fn elapsed(&self) -> String {
        elapsed(self.begun.elapsed().as_secs())
    }
}

/// Prints at once: what a child prints next must come after it, also into a pipe.
pub(crate) fn say(line: &str) {
    let mut out = stdout().lock();
    // A closed terminal is no reason to stop building.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn elapsed(seconds: u64) -> String {
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {:02} s", seconds / 60, seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_only_what_succeeded() {
        let mut steps = Steps::new(2);
        assert_eq!(steps.step("first", || Ok(7)), Ok(7));
        assert_eq!(steps.step("second", || Err::<(), _>("no".to_owned())), Err("no".to_owned()));
        assert_eq!(steps.done(), 1);
    }

    #[test]
    fn tells_time_as_people_do() {
        assert_eq!(elapsed(0), "0 s");
        assert_eq!(elapsed(59), "59 s");
        assert_eq!(elapsed(245), "4 min 05 s");
    }
}
