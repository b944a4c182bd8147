//! The numbers of the export contract, and which of them go together.

use crate::time::Span;

/// The numbers of the export contract. What an installation may change it changes in its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// For this long after a start, neither the session nor the customer starts another; and for this long after its end, a
    /// file serves others.
    pub window: Span,
    /// How long the second parallel request of a session waits. With a window that is no longer, it goes on when that ends.
    pub delay: Span,
    /// Runs at once in the whole installation.
    pub running: usize,
    /// Requests that wait for one of these.
    pub queue: usize,
    /// Whether the running ones are counted in `queue`.
    pub queue_counts_running: bool,
    /// How long one waits in the queue at the most.
    pub wait: Span,
    /// How long one runs at the most.
    pub generation: Span,
    /// Places of one customer in the queue.
    pub places_per_customer: usize,
    /// Whether a session is served its own finished file again within the window, instead of a refusal.
    pub same_session_cached: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        Parameters {
            window: Span::from_secs(5),
            delay: Span::from_secs(5),
            running: 3,
            queue: 10,
            queue_counts_running: false,
            wait: Span::from_secs(30),
            generation: Span::from_mins(2),
            places_per_customer: 1,
            same_session_cached: false,
        }
    }
}

/// A number that the contract does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongParameter {
    /// Its name.
    pub name: &'static str,
    /// What it may be, in words for an administrator.
    pub expected: &'static str,
}

/// A longer window is a mistake of units.
const LONGEST_WINDOW: Span = Span::from_hours(1);
/// Delay, wait and generation together stay below the ten minutes after which an answer that has not begun is given up.
const LONGEST_DELAY: Span = Span::from_mins(1);
const LONGEST_WAIT: Span = Span::from_mins(2);
const LONGEST_GENERATION: Span = Span::from_mins(6);

impl Parameters {
    /// Checks each number.
    ///
    /// # Errors
    /// The first that is out of its bounds.
    pub fn check(&self) -> Result<(), WrongParameter> {
        let within = |span: Span, most: Span| (Span::from_secs(1)..=most).contains(&span);
        let wrong = |name, expected| Err(WrongParameter { name, expected });
        match self {
            _ if !(2..=3).contains(&self.running) => wrong("running", "2 or 3"),
            _ if !(1..=100).contains(&self.queue) => wrong("queue", "1 to 100"),
            _ if self.queue_counts_running && self.queue <= self.running => {
                wrong("queue", "more than `running` where the running ones are counted")
            }
            _ if !(1..=self.queue).contains(&self.places_per_customer) => {
                wrong("places_per_customer", "1 to `queue`")
            }
            _ if !within(self.window, LONGEST_WINDOW) => wrong("window", "1 to 3600 seconds"),
            _ if !within(self.delay, LONGEST_DELAY) => wrong("delay", "1 to 60 seconds"),
            _ if !within(self.wait, LONGEST_WAIT) => wrong("wait", "1 to 120 seconds"),
            _ if !within(self.generation, LONGEST_GENERATION) => wrong("generation", "1 to 360 seconds"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_the_contract_does_not_allow() {
        let right = Parameters::default();
        assert_eq!(right.check(), Ok(()));
        for (wrong, name) in [
            (Parameters { running: 1, ..right }, "running"),
            (Parameters { running: 4, ..right }, "running"),
            (Parameters { queue: 0, ..right }, "queue"),
            (Parameters { queue: 3, queue_counts_running: true, ..right }, "queue"),
            (Parameters { places_per_customer: 11, ..right }, "places_per_customer"),
            (Parameters { window: Span::ZERO, ..right }, "window"),
            (Parameters { delay: Span::from_hours(2), ..right }, "delay"),
            (Parameters { wait: Span(-1), ..right }, "wait"),
            (Parameters { generation: Span::ZERO, ..right }, "generation"),
        ] {
            assert_eq!(wrong.check().map_err(|wrong| wrong.name), Err(name), "{wrong:?}");
        }
    }
}
