//! What is wrong in a vendor's file, said so that its author finds the line.

use std::fmt;

/// A mistake in a vendor's file. It is for developers: no user of the portal meets one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogError {
    /// The file, such as `yealink.toml`.
    pub file: String,
    /// The table: empty for the head of the file, else `recipe.phone` or `type[3]` (the third one).
    pub table: String,
    /// The key; empty when the table as a whole is wrong.
    pub key: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if !self.table.is_empty() {
            write!(f, " [{}]", self.table)?;
        }
        if !self.key.is_empty() {
            write!(f, " {}", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for CatalogError {}
