//! Events for those who listen: a bounded memory of what was committed, each with a number that only grows,
//! so that a listener who was away for a moment hears what it missed, or hears that it must reload.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;
use tonalite_core::event::Event;
use tonalite_core::time::Timestamp;

/// Events remembered. A page that was away longer reloads; at 1,000 changes a second that is four seconds.
const REMEMBERED: usize = 4096;

/// Where events are published and heard.
pub struct Events {
    state: Mutex<State>,
}

struct State {
    last: u64,
    first_of_this_life: u64,
    remembered: VecDeque<(u64, Arc<Event>)>,
    sender: broadcast::Sender<(u64, Arc<Event>)>,
}

/// What a listener hears.
#[derive(Debug, Clone)]
pub enum Received {
    /// An event and its number.
    Event(u64, Arc<Event>),
    /// Some were missed: read the state anew, then listen on.
    Missed,
}

/// One listener.
pub struct Subscription {
    backlog: VecDeque<Received>,
    receiver: broadcast::Receiver<(u64, Arc<Event>)>,
}

impl Events {
    pub(crate) fn new(now: Timestamp) -> Self {
        // Numbers of an earlier life of the program lie below: 4,096 events in each millisecond since are never reached.
        let first = u64::try_from(now.0).unwrap_or(0) << 12;
        let (sender, _) = broadcast::channel(REMEMBERED);
        Events {
            state: Mutex::new(State {
                last: first,
                first_of_this_life: first,
                remembered: VecDeque::with_capacity(REMEMBERED),
                sender,
            }),
        }
    }

    pub(crate) fn publish(&self, event: Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last += 1;
        let numbered = (state.last, Arc::new(event));
        if state.remembered.len() == REMEMBERED {
            state.remembered.pop_front();
        }
        state.remembered.push_back(numbered.clone());
        // Nobody listening is no fault.
        let _ = state.sender.send(numbered);
    }

    /// Listens from now on, or from after the event with this number.
    pub fn subscribe(&self, after: Option<u64>) -> Subscription {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = state.sender.subscribe();
        let mut backlog = VecDeque::new();
        if let Some(after) = after {
            let oldest = state.remembered.front().map_or(state.last + 1, |(number, _)| *number);
            if after < state.first_of_this_life || after > state.last || after + 1 < oldest {
                backlog.push_back(Received::Missed);
            } else {
                let missed = state.remembered.iter().filter(|(number, _)| *number > after);
                backlog.extend(missed.map(|(number, event)| Received::Event(*number, Arc::clone(event))));
            }
        }
        Subscription { backlog, receiver }
    }
}

impl Subscription {
    /// The next event; `None` when there will be no more.
    pub async fn next(&mut self) -> Option<Received> {
        if let Some(received) = self.backlog.pop_front() {
            return Some(received);
        }
        match self.receiver.recv().await {
            Ok((number, event)) => Some(Received::Event(number, event)),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Received::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonalite_core::event::EventKind;
    use tonalite_core::id::{DeviceId, SiteKey};
    use tonalite_core::party::Tenancy;

    fn event() -> Event {
        let id = DeviceId::from_uuid(uuid::Uuid::nil());
        Event::at_site(Tenancy::default(), SiteKey(1), EventKind::DeviceAdded(id))
    }

    fn numbers(subscription: &mut Subscription) -> Vec<Option<u64>> {
        let taken = std::mem::take(&mut subscription.backlog);
        taken.into_iter().map(|r| if let Received::Event(n, _) = r { Some(n) } else { None }).collect()
    }

    #[test]
    fn who_was_away_hears_what_was_missed_or_that_it_must_reload() {
        let events = Events::new(Timestamp(1000));
        let first = 1000 << 12;
        assert_eq!(numbers(&mut events.subscribe(Some(first))), []);
        for _ in 0..3 {
            events.publish(event());
        }
        assert_eq!(numbers(&mut events.subscribe(None)), []);
        assert_eq!(numbers(&mut events.subscribe(Some(first + 1))), [Some(first + 2), Some(first + 3)]);
        assert_eq!(numbers(&mut events.subscribe(Some(first + 3))), []);
        assert_eq!(numbers(&mut events.subscribe(Some(first - 1))), [None], "an earlier life");
        assert_eq!(numbers(&mut events.subscribe(Some(first + 9))), [None], "never told");
        for _ in 0..REMEMBERED {
            events.publish(event());
        }
        assert_eq!(numbers(&mut events.subscribe(Some(first + 1))), [None], "forgotten");
    }
}
