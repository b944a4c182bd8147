//! Options of a list box.

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) label: String,
    /// Whether it is the chosen one.
    pub(crate) selected: bool,
}

impl Choice {
    /// An option, chosen when its value is `chosen`.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Choice {
        let value = value.into();
        Choice { selected: value == chosen, value, label: label.into() }
    }
}
