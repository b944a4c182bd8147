//! What a list of devices is narrowed to, and how it is sorted.

use crate::id::{PartyKey, SiteKey};

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
}

impl StatusCounts {
    /// All devices counted.
    pub const fn total(&self) -> i64 {
        self.registered + self.partial + self.aged + self.unregistered + self.no_line
    }

    /// Keeps the classes that the filter lets through.
    #[must_use]
    pub fn narrowed(self, status: Option<StatusFilter>) -> StatusCounts {
        let Some(status) = status else { return self };
        let keep = |class: StatusFilter, n: i64| if status.classes().contains(&class) { n } else { 0 };
        StatusCounts {
            registered: keep(StatusFilter::Registered, self.registered),
            partial: keep(StatusFilter::Partial, self.partial),
            aged: keep(StatusFilter::Aged, self.aged),
            unregistered: keep(StatusFilter::Unregistered, self.unregistered),
            no_line: keep(StatusFilter::NoLine, self.no_line),
        }
    }
}

/// Column by which devices are sorted; ties by storage key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DeviceSort {
    /// By address; devices without one first.
    #[default]
    Mac,
    /// By time of adding, newest first.
    Newest,
}

impl DeviceSort {
    /// The word used in URLs and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            DeviceSort::Mac => "mac",
            DeviceSort::Newest => "-created_at",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<DeviceSort> {
        [DeviceSort::Mac, DeviceSort::Newest].into_iter().find(|sort| sort.as_str() == text)
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
    /// Order.
    pub sort: DeviceSort,
}
