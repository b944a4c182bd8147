//! What the columns of all our files have in common: a key, a heading in each language, and how they are chosen.

use super::Naming;
use crate::device::short;
use crate::error::FieldError;

/// Declares the columns of a file, in its order: `prefix` is that of their texts in the catalogue.
macro_rules! columns {
    (
        $(#[$doc:meta])* $name:ident, $prefix:literal, times: [$($time:ident),* $(,)?];
        $($(#[$column_doc:meta])* $column:ident = $key:literal),* $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$column_doc])* $column),* }

        impl $name {
            /// All of them, in the order of the file: `columns=all`.
            pub const ALL: &'static [$name] = &[$($name::$column),*];

            /// The word used in the API, and as a heading for programs.
            pub const fn key(self) -> &'static str {
                match self { $($name::$column => $key),* }
            }

            /// Whether its cells are points in time, so that the heading names their zone.
            pub const fn is_time(self) -> bool {
                matches!(self, $($name::$time)|*)
            }

            /// What stands on top of the column. `zone` is that of the times.
            pub fn heading(self, naming: $crate::csv::Naming, zone: &str) -> String {
                $crate::csv::columns::heading(naming, $prefix, self.key(), self.is_time().then_some(zone))
            }
        }
    };
}
pub(crate) use columns;

pub(crate) fn heading(naming: Naming, prefix: &str, key: &str, zone: Option<&str>) -> String {
    let Naming::Words(locale) = naming else { return key.to_owned() };
    let heading = locale.text(&format!("{prefix}{key}"));
    match zone {
        Some(zone) => locale.with("csv-zone", &[("heading", heading.into()), ("zone", zone.into())]),
        None => heading,
    }
}

/// Reads `all`, or keys with commas between them; nothing is the default.
///
/// # Errors
/// `column_unknown` or `column_twice`, with the first that is wrong.
pub(crate) fn parse_list<C: Copy + PartialEq>(
    text: &str,
    all: &[C],
    default: &[C],
    key: fn(C) -> &'static str,
) -> Result<Vec<C>, FieldError> {
    match text {
        "" => return Ok(default.to_vec()),
        "all" => return Ok(all.to_vec()),
        _ => {}
    }
    let mut columns = Vec::new();
    for word in text.split(',') {
        let word = word.trim();
        let wrong = |code| FieldError::new("columns", code).with("value", short(word));
        let column = all.iter().find(|column| key(**column) == word);
        let column = *column.ok_or_else(|| wrong("column_unknown"))?;
        if columns.contains(&column) {
            return Err(wrong("column_twice"));
        }
        columns.push(column);
    }
    Ok(columns)
}
