//! Rows as the engines return them: one struct for both, read by column name.

/// Declares a struct that reads itself from a row of SQLite or PostgreSQL; field names are column names.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name { $(pub(crate) $field: $type),* }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>),*
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}

pub(crate) use row;

/// A number of a row that must fit a port or count.
pub(crate) fn small(value: i64) -> u16 {
    u16::try_from(value.max(0)).unwrap_or(u16::MAX)
}
