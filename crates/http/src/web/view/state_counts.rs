//! Devices by status, as a row of a list or a page of one thing says it: shape, word and number of each that is not zero.

use tonalite_core::filter::StatusCounts;
use tonalite_core::text::Locale;

/// Devices by status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountsView {
    /// What there is, the healthy first.
    pub(crate) items: Vec<CountItem>,
    /// All of them: "1,204 devices".
    pub(crate) total: String,
}

/// One status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CountItem {
    /// As shapes and colours know it; `partial` is a word of its own.
    pub(crate) state: &'static str,
    /// Value of the filter of the device list.
    pub(crate) filter: &'static str,
    pub(crate) word: String,
    pub(crate) count: String,
}

impl CountsView {
    /// Says counts in words.
    pub(crate) fn new(t: Locale, counts: StatusCounts) -> CountsView {
        let all = [
            ("registered", "registered", "state-registered", counts.registered),
            ("registered", "partial", "devices-status-partial", counts.partial),
            ("aged", "aged", "state-aged", counts.aged),
            ("unregistered", "unregistered", "state-unregistered", counts.unregistered),
            ("no_line", "no_line", "state-no_line", counts.no_line),
        ];
        let shown = all.into_iter().filter(|(_, _, _, count)| *count > 0);
        let item = |(state, filter, word, count): (&'static str, &'static str, &str, i64)| CountItem {
            state,
            filter,
            word: t.text(word),
            count: t.number(count),
        };
        CountsView {
            items: shown.map(item).collect(),
            total: t.with(
                "parties-devices",
                &[("count", counts.total().into()), ("n", t.number(counts.total()).into())],
            ),
        }
    }
}
