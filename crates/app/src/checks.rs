//! The active check of a device: every live contact is asked, and what is known is told beside what it answered.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tonalite_core::access::Operate;
use tonalite_core::contact_request::{ContactAnswer, ContactRequest, ContactRequestKind};
use tonalite_core::device::Device;
use tonalite_core::id::LineKey;
use tonalite_core::line_state::Binding;
use tonalite_core::time::{Span, Timestamp};
use tonalite_core::{Error, Result};

use crate::{App, LineView};

/// Checks at one time in the process: each holds a request of somebody for some seconds.
const CHECKS: usize = 64;
/// Contacts of one device that are asked at one time. A gateway of 48 ports is asked in three rounds.
const AT_ONCE: usize = 16;
/// Contacts of one device that are asked at all: five of each of the largest gateway's ports.
const MOST_CONTACTS: usize = 320;
/// Longest that anybody waits for a check.
pub const LONGEST_WAIT: Span = Span::from_secs(10);

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCheck {
    /// The device, as known after it.
    pub device: Device,
    /// Its assigned lines, by port.
    pub lines: Vec<CheckedLine>,
    /// When the answers were in.
    pub checked_at: Timestamp,
}

/// One line, and what its contacts answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedLine {
    /// What is known.
    pub view: LineView,
    /// Its live contacts.
    pub contacts: Vec<CheckedContact>,
}

/// One contact, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedContact {
    /// The contact.
    pub binding: Binding,
    /// What came of asking it; nothing in time is [`ContactAnswer::NoAnswer`].
    pub answer: ContactAnswer,
}

/// How many checks may run.
pub(crate) struct Checks(Arc<Semaphore>);

impl Default for Checks {
    fn default() -> Self {
        Checks(Arc::new(Semaphore::new(CHECKS)))
    }
}

impl App {
    /// Asks every live contact of a device, and waits for the answers, at most `wait` (0 to [`LONGEST_WAIT`]).
    /// Changes nothing: a line that is registered and silent stays registered.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when too many checks are under way.
    pub async fn check_device(
        &self,
        device: Operate<Device>,
        wait: Span,
        now: Timestamp,
    ) -> Result<DeviceCheck> {
        let _slot =
            self.checks.0.clone().try_acquire_owned().map_err(|_| Error::Unavailable(Span::from_secs(5)))?;
        let mut bindings = self.store.find_bindings_of_device(device.key).await?;
        bindings.truncate(MOST_CONTACTS);
        let answers = self.ask_all(&bindings, wait.min(LONGEST_WAIT)).await;

        let seen = self.store.find_device(device.id, self.ready_at, now).await?.ok_or(Error::NotFound)?;
        let views = self.lines_of(&seen, now).await?;
        let mut contacts: Vec<(LineKey, CheckedContact)> = bindings
            .into_iter()
            .zip(answers)
            .map(|((line, binding), answer)| (line, CheckedContact { binding, answer }))
            .collect();
        let lines = views
            .into_iter()
            .map(|view| {
                let own = contacts.extract_if(.., |(line, _)| *line == view.line.key);
                let contacts = own.map(|(_, contact)| contact).collect();
                CheckedLine { view, contacts }
            })
            .collect();
        Ok(DeviceCheck { device: seen, lines, checked_at: now })
    }

    /// The answers, in the order of the contacts.
    async fn ask_all(&self, bindings: &[(LineKey, Binding)], wait: Span) -> Vec<ContactAnswer> {
        let mut answers = vec![ContactAnswer::NoAnswer; bindings.len()];
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut asking = JoinSet::new();
        for (at, (line, binding)) in bindings.iter().enumerate() {
            let request =
                ContactRequest { line: *line, binding: binding.id, kind: ContactRequestKind::Options };
            let (phones, places) = (Arc::clone(&self.phones), Arc::clone(&places));
            asking.spawn(async move {
                let _place = places.acquire().await;
                (at, phones.request(request).await)
            });
        }
        let collect = async {
            while let Some(asked) = asking.join_next().await {
                if let Ok((at, answer)) = asked {
                    answers[at] = answer;
                }
            }
        };
        // Who comes too late has not answered; dropping the set ends what is still waited for.
        let _ = tokio::time::timeout(Duration::from_millis(wait.0.unsigned_abs()), collect).await;
        answers
    }
}
