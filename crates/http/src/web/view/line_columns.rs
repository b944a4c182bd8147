//! Columns of the list of line states that are a choice.

use tonalite_core::error::FieldError;
use tonalite_core::text::Locale;

use super::device_columns::ColumnChoice;

/// Columns beyond those that the list always has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Columns {
    /// The customer, in a column of its own.
    pub(crate) customer: bool,
    /// Where the phone registered from.
    pub(crate) address: bool,
    /// What the phone says it is.
    pub(crate) agent: bool,
    /// The chain id of the DECT system, for who may see it.
    pub(crate) chain: bool,
}

impl Columns {
    const WORDS: [&'static str; 4] = ["customer", "address", "agent", "chain"];

    /// Reads words between commas; an empty text is none.
    ///
    /// # Errors
    /// `unknown_value` at `columns`.
    pub(crate) fn parse(text: &str) -> Result<Columns, FieldError> {
        let mut columns = Columns::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            match word {
                "customer" => columns.customer = true,
                "address" => columns.address = true,
                "agent" => columns.agent = true,
                "chain" => columns.chain = true,
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
            address: self.address || other.address,
            agent: self.agent || other.agent,
            chain: self.chain || other.chain,
        }
    }

    const fn flags(self) -> [bool; 4] {
        [self.customer, self.address, self.agent, self.chain]
    }

    /// What may be chosen: the customer only where there is more than one, the chain id only by right.
    pub(crate) fn choices(self, t: Locale, sees_customers: bool, sees_chain_ids: bool) -> Vec<ColumnChoice> {
        let all = Self::WORDS.into_iter().zip(self.flags());
        all.filter(|(word, _)| *word != "customer" || sees_customers)
            .filter(|(word, _)| *word != "chain" || sees_chain_ids)
            .map(|(word, chosen)| ColumnChoice {
                word,
                label: t.text(&format!("line_states-column-{word}")),
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
