//! What files have in common: language, bytes and times, and the words that many rows repeat.

use tonalite_core::csv::words::{detail_word, state_word};
use tonalite_core::csv::{Dialect, Naming};
use tonalite_core::line_state::{LineState, StateDetail};
use tonalite_core::time::Timestamp;

/// How what is in the columns is written.
pub struct SheetForm {
    /// Language of headings and of closed sets of words.
    pub naming: Naming,
    /// Bytes.
    pub dialect: Dialect,
    /// Name of the zone that the times are in.
    pub zone: String,
    /// Writes a time.
    pub write_time: Box<dyn Fn(Timestamp) -> String + Send + Sync>,
}

/// Words that many rows repeat, each looked up once.
pub(crate) struct Words {
    states: [String; LineState::ALL.len()],
    details: [String; StateDetail::ALL.len()],
    /// When the states were read.
    pub(crate) checked_at: String,
}

impl Words {
    pub(crate) fn new(form: &SheetForm, checked_at: Timestamp) -> Words {
        Words {
            states: LineState::ALL.map(|state| state_word(form.naming, state)),
            details: StateDetail::ALL.map(|detail| detail_word(form.naming, detail)),
            checked_at: (form.write_time)(checked_at),
        }
    }

    pub(crate) fn state(&self, state: LineState) -> &str {
        word(&LineState::ALL, &self.states, state)
    }

    pub(crate) fn detail(&self, detail: StateDetail) -> &str {
        word(&StateDetail::ALL, &self.details, detail)
    }
}

/// The word at the place of its key; every key has one.
pub(crate) fn word<'a, T: PartialEq>(keys: &[T], words: &'a [String], key: T) -> &'a str {
    let word = keys.iter().position(|own| *own == key).and_then(|place| words.get(place));
    word.map_or("", String::as_str)
}
