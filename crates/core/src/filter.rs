//! What a list of devices is narrowed to, and how it is sorted; what one of lines is narrowed to.

mod line;

pub use line::LineFilter;

use crate::id::{PartyKey, SiteKey};
use crate::search::Search;

/// The five words of a device's status in filters and counts. They are disjoint in counts;
/// as a filter `Registered` includes the partial ones and `Unregistered` those without a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusFilter {
    /// All lines registered, or some.
    Registered,
    /// Some lines registered, not all.
    Partial,
    /// No line registered, at least one vanished.
    Aged,
    /// None registered, none aged.
    Unregistered,
    /// No line is assigned.
    NoLine,
}

impl StatusFilter {
    /// In the order in which counts are shown.
    pub const ALL: [StatusFilter; 5] = [
        StatusFilter::Registered,
        StatusFilter::Partial,
        StatusFilter::Aged,
        StatusFilter::Unregistered,
        StatusFilter::NoLine,
    ];

    /// The word used in URLs and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            StatusFilter::Registered => "registered",
            StatusFilter::Partial => "partial",
            StatusFilter::Aged => "aged",
            StatusFilter::Unregistered => "unregistered",
            StatusFilter::NoLine => "no_line",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<StatusFilter> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The disjoint classes that this filter lets through.
    pub const fn classes(self) -> &'static [StatusFilter] {
        match self {
            StatusFilter::Registered => &[StatusFilter::Registered, StatusFilter::Partial],
            StatusFilter::Partial => &[StatusFilter::Partial],
            StatusFilter::Aged => &[StatusFilter::Aged],
            StatusFilter::Unregistered => &[StatusFilter::Unregistered, StatusFilter::NoLine],
            StatusFilter::NoLine => &[StatusFilter::NoLine],
        }
    }
}

/// Devices per disjoint class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusCounts {
    /// All assigned lines registered.
    pub registered: i64,
    /// Some.
    pub partial: i64,
    /// Aged.
    pub aged: i64,
    /// Unregistered, with lines.
    pub unregistered: i64,
    /// Without lines.
    pub no_line: i64,
    /// Counting ended before the devices did: there are at least so many.
    pub at_least: bool,
}

impl StatusCounts {
    /// All devices counted.
    pub const fn total(&self) -> i64 {
        self.registered + self.partial + self.aged + self.unregistered + self.no_line
    }

    /// Those of one class.
    pub const fn of(&self, class: StatusFilter) -> i64 {
        match class {
            StatusFilter::Registered => self.registered,
            StatusFilter::Partial => self.partial,
            StatusFilter::Aged => self.aged,
            StatusFilter::Unregistered => self.unregistered,
            StatusFilter::NoLine => self.no_line,
        }
    }

    /// Those that are not well: some or all of their assigned lines are not registered.
    pub const fn problems(&self) -> i64 {
        self.partial + self.aged + self.unregistered
    }

    /// Keeps the classes that the filter lets through.
    #[must_use]
    pub fn narrowed(self, status: Option<StatusFilter>) -> StatusCounts {
        self.narrowed_to(&DeviceFilter { status, ..DeviceFilter::default() })
    }

    /// Keeps the classes that the filter's status and problem mark let through.
    #[must_use]
    pub fn narrowed_to(self, filter: &DeviceFilter) -> StatusCounts {
        let (first, last) = filter.classes().unwrap_or((1, 0));
        let keep = |class: StatusFilter| match (first..=last).contains(&(class as i64)) {
            true => self.of(class),
            false => 0,
        };
        StatusCounts {
            registered: keep(StatusFilter::Registered),
            partial: keep(StatusFilter::Partial),
            aged: keep(StatusFilter::Aged),
            unregistered: keep(StatusFilter::Unregistered),
            no_line: keep(StatusFilter::NoLine),
            at_least: self.at_least,
        }
    }
}

/// What devices are sorted by; ties by storage key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortColumn {
    /// Address; devices without one after all others.
    #[default]
    Mac,
    /// Id of the device type: vendor, then model.
    Type,
    /// Name of the site, then address.
    Site,
    /// Class of the status, from registered to without a line, then how long it has lasted, longest first.
    Status,
    /// Lines that can still be assigned.
    LinesAvailable,
    /// Time of adding.
    CreatedAt,
}

/// The order of a list of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DeviceSort {
    /// By what.
    pub column: SortColumn,
    /// The exact reverse: also what came last for want of an address comes first.
    pub descending: bool,
}

impl DeviceSort {
    /// All orders, each with its word in URLs and API.
    pub const ALL: [(DeviceSort, &'static str); 12] = [
        (DeviceSort::by(SortColumn::Mac, false), "mac"),
        (DeviceSort::by(SortColumn::Mac, true), "-mac"),
        (DeviceSort::by(SortColumn::Type, false), "type"),
        (DeviceSort::by(SortColumn::Type, true), "-type"),
        (DeviceSort::by(SortColumn::Site, false), "site"),
        (DeviceSort::by(SortColumn::Site, true), "-site"),
        (DeviceSort::by(SortColumn::Status, false), "status"),
        (DeviceSort::by(SortColumn::Status, true), "-status"),
        (DeviceSort::by(SortColumn::LinesAvailable, false), "lines_available"),
        (DeviceSort::by(SortColumn::LinesAvailable, true), "-lines_available"),
        (DeviceSort::by(SortColumn::CreatedAt, false), "created_at"),
        (DeviceSort::by(SortColumn::CreatedAt, true), "-created_at"),
    ];

    /// An order.
    pub const fn by(column: SortColumn, descending: bool) -> DeviceSort {
        DeviceSort { column, descending }
    }

    /// The word used in URLs and API.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(sort, _)| *sort == self).map_or("mac", |(_, word)| word)
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<DeviceSort> {
        Self::ALL.iter().find(|(_, word)| *word == text).map(|(sort, _)| *sort)
    }
}

/// What a list of devices is narrowed to, already resolved to keys that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceFilter {
    /// Only this party's subtree.
    pub party: Option<(crate::party::PartyKind, PartyKey)>,
    /// Only this site.
    pub site: Option<SiteKey>,
    /// Only these device types, by id: one that was chosen, or all of a kind.
    pub device_types: Option<Vec<String>>,
    /// Only this status.
    pub status: Option<StatusFilter>,
    /// Only devices that are not well: aged, unregistered with a line, or partial.
    pub problem: bool,
    /// Only devices with a line that can still be assigned.
    pub lines_available: bool,
    /// Only critical devices, or only the others.
    pub critical: Option<bool>,
    /// Only devices in which all of this is found.
    pub search: Option<Search>,
    /// Order.
    pub sort: DeviceSort,
}

impl DeviceFilter {
    /// The classes that status and problem mark let through, first and last: they always lie side by side.
    /// `None`: the two exclude each other.
    pub fn classes(&self) -> Option<(i64, i64)> {
        let (first, last) = match self.status {
            None => (StatusFilter::Registered, StatusFilter::NoLine),
            Some(StatusFilter::Registered) => (StatusFilter::Registered, StatusFilter::Partial),
            Some(StatusFilter::Unregistered) => (StatusFilter::Unregistered, StatusFilter::NoLine),
            Some(one) => (one, one),
        };
        let (mut first, mut last) = (first as i64, last as i64);
        if self.problem {
            first = first.max(StatusFilter::Partial as i64);
            last = last.min(StatusFilter::Unregistered as i64);
        }
        (first <= last).then_some((first, last))
    }

    /// Whether the counts that are kept per site are those of this filter, whatever its status.
    pub fn is_kept_count(&self) -> bool {
        self.device_types.is_none()
            && !self.lines_available
            && self.critical.is_none()
            && self.search.is_none()
    }

    /// Tells lists apart: a cursor of one is none of another. FNV-1a over all that is asked, order included; a cursor
    /// lives for minutes, so that the number need not survive a new version of the program.
    pub fn fingerprint(&self) -> u64 {
        fnv1a(&format!("{self:?}"))
    }
}

fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_words_are_read_as_they_are_written() {
        for (sort, word) in DeviceSort::ALL {
            assert_eq!(DeviceSort::parse(word), Some(sort));
            assert_eq!(sort.as_str(), word);
        }
        assert_eq!(DeviceSort::default().as_str(), "mac");
        assert_eq!(DeviceSort::parse("--mac").or(DeviceSort::parse("MAC")).or(DeviceSort::parse("")), None);
    }

    #[test]
    fn status_and_problem_let_through_what_both_allow() {
        use StatusFilter::{Aged, NoLine, Partial, Registered, Unregistered};
        let counts = StatusCounts {
            registered: 1,
            partial: 10,
            aged: 100,
            unregistered: 1000,
            no_line: 10_000,
            at_least: false,
        };
        for (status, problem, total) in [
            (None, false, 11_111),
            (None, true, 1_110),
            (Some(Registered), false, 11),
            (Some(Registered), true, 10),
            (Some(Partial), true, 10),
            (Some(Aged), false, 100),
            (Some(Unregistered), false, 11_000),
            (Some(Unregistered), true, 1_000),
            (Some(NoLine), false, 10_000),
            (Some(NoLine), true, 0),
        ] {
            let filter = DeviceFilter { status, problem, ..DeviceFilter::default() };
            assert_eq!(counts.narrowed_to(&filter).total(), total, "{status:?} {problem}");
            if !problem {
                let classes: i64 = status
                    .map_or(total, |status| status.classes().iter().map(|class| counts.of(*class)).sum());
                assert_eq!(classes, total, "{status:?}");
            }
        }
    }

    #[test]
    fn lists_that_differ_have_fingerprints_that_differ() {
        let plain = DeviceFilter::default();
        let others = [
            DeviceFilter { sort: DeviceSort::by(SortColumn::Mac, true), ..plain.clone() },
            DeviceFilter { site: Some(SiteKey(1)), ..plain.clone() },
            DeviceFilter { problem: true, ..plain.clone() },
            DeviceFilter { lines_available: true, ..plain.clone() },
            DeviceFilter { critical: Some(false), ..plain.clone() },
            DeviceFilter { device_types: Some(Vec::new()), ..plain.clone() },
            DeviceFilter { search: Search::parse("ab").unwrap(), ..plain.clone() },
        ];
        let prints: std::collections::HashSet<u64> =
            others.iter().chain([&plain]).map(DeviceFilter::fingerprint).collect();
        assert_eq!(prints.len(), others.len() + 1);
    }
}
