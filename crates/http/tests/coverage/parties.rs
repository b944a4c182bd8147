//! The parties of the world: whose people ask, whose things are asked for, and who sees whose.

use Of::{A, B, C, FirstOfA, Operator, OtherProvider, Platform, Provider, SecondOfA};

/// Whose people ask, or whose things are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Of {
    Platform,
    Provider,
    Operator,
    /// Below the operator.
    A,
    /// People of customer A narrowed to its first site; as things: those of its first site.
    FirstOfA,
    /// The things of the other site of customer A.
    SecondOfA,
    /// Below the provider itself.
    B,
    OtherProvider,
    /// Below the other provider.
    C,
}

impl Of {
    /// Of whom there are people.
    pub(crate) const PEOPLE: [Of; 8] = [Platform, Provider, Operator, A, FirstOfA, B, OtherProvider, C];

    /// Whose things there are.
    pub(crate) const ALL: [Of; 9] =
        [Platform, Provider, Operator, A, FirstOfA, SecondOfA, B, OtherProvider, C];

    /// The customer whose things these people see.
    pub(crate) const fn home(self) -> Of {
        match self {
            B => B,
            C | OtherProvider => C,
            _ => A,
        }
    }

    /// Whose things these people must not see.
    pub(crate) fn foreign_to(self) -> Vec<Of> {
        Of::ALL.into_iter().filter(|whose| !self.sees(*whose)).collect()
    }

    /// Whether these people work for a party above, whose acts on one's own things one may know.
    pub(crate) const fn is_above(self, whose: Of) -> bool {
        match self {
            Platform => true,
            Provider => matches!(whose, Provider | Operator | A | FirstOfA | B),
            OtherProvider => matches!(whose, OtherProvider | C),
            Operator => matches!(whose, Operator | A | FirstOfA),
            _ => false,
        }
    }

    /// The word in every name that is theirs.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Platform => "Plinth",
            Provider => "Prospero",
            Operator => "Oberon",
            A | FirstOfA => "Amaranth",
            SecondOfA => "Annex",
            B => "Beryl",
            OtherProvider => "Quentin",
            C => "Cobalt",
        }
    }

    /// Whose things these people see.
    pub(crate) fn sees(self, whose: Of) -> bool {
        match self {
            Platform => true,
            Provider => !matches!(whose, Platform | OtherProvider | C),
            Operator => matches!(whose, Operator | A | FirstOfA | SecondOfA),
            A => matches!(whose, A | FirstOfA | SecondOfA),
            FirstOfA => matches!(whose, A | FirstOfA),
            SecondOfA => false,
            B => whose == B,
            OtherProvider => matches!(whose, OtherProvider | C),
            C => whose == C,
        }
    }
}
