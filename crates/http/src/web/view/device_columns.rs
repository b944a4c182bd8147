//! Columns of the list of devices: those that it always has and can be sorted by, and those that are a choice.

use tonalite_core::error::FieldError;
use tonalite_core::filter::{DeviceSort, SortColumn};
use tonalite_core::text::Locale;

/// Columns beyond the article's six.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Columns {
    /// The customer, in a column of its own.
    pub(crate) customer: bool,
    /// Who uses its lines.
    pub(crate) users: bool,
    /// What the phone says it is.
    pub(crate) agent: bool,
    /// When it was last heard.
    pub(crate) seen: bool,
}

impl Columns {
    const WORDS: [&'static str; 4] = ["customer", "users", "agent", "seen"];

    /// Reads words between commas; an empty text is none.
    ///
    /// # Errors
    /// `unknown_value` at `columns`.
    pub(crate) fn parse(text: &str) -> Result<Columns, FieldError> {
        let mut columns = Columns::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            match word {
                "customer" => columns.customer = true,
                "users" => columns.users = true,
                "agent" => columns.agent = true,
                "seen" => columns.seen = true,
                other => {
                    let value = tonalite_core::device::short(other);
                    return Err(FieldError::new("columns", "unknown_value").with("value", value));
                }
            }
        }
        Ok(columns)
    }

    /// Those of either.
    pub(crate) const fn with(self, other: Columns) -> Columns {
        Columns {
            customer: self.customer || other.customer,
            users: self.users || other.users,
            agent: self.agent || other.agent,
            seen: self.seen || other.seen,
        }
    }

    const fn flags(self) -> [bool; 4] {
        [self.customer, self.users, self.agent, self.seen]
    }

    /// What may be chosen: the customer only where there is more than one.
    pub(crate) fn choices(self, t: Locale, sees_customers: bool) -> Vec<ColumnChoice> {
        let all = Self::WORDS.into_iter().zip(self.flags());
        all.filter(|(word, _)| *word != "customer" || sees_customers)
            .map(|(word, chosen)| ColumnChoice {
                word,
                label: t.text(&format!("devices-column-{word}")),
                chosen,
            })
            .collect()
    }
}

impl std::fmt::Display for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let chosen = Self::WORDS.into_iter().zip(self.flags()).filter(|(_, chosen)| *chosen);
        f.write_str(&chosen.map(|(word, _)| word).collect::<Vec<_>>().join(","))
    }
}

/// A box to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnChoice {
    pub(crate) word: &'static str,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// The head of a column by which the list is sorted, when one chooses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) address: String,
    /// `ascending` or `descending`, where the list is sorted by it.
    pub(crate) sorted: Option<&'static str>,
    pub(crate) is_number: bool,
}

/// The heads of the columns that every list has. `address` leads to the list by a column.
pub(crate) fn heads(t: Locale, sort: DeviceSort, address: impl Fn(SortColumn) -> String) -> Vec<Head> {
    let columns = [
        ("mac", SortColumn::Mac),
        ("type", SortColumn::Type),
        ("lines", SortColumn::LinesAvailable),
        ("site", SortColumn::Site),
        ("status", SortColumn::Status),
    ];
    columns
        .map(|(name, column)| Head {
            name,
            label: t.text(&format!("devices-{name}")),
            address: address(column),
            sorted: (sort.column == column).then_some(if sort.descending {
                "descending"
            } else {
                "ascending"
            }),
            is_number: column == SortColumn::LinesAvailable,
        })
        .into()
}
