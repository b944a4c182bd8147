//! What an import has to know of device types: whether they have an address, and whose prefixes are whose. Types are named
//! by their index, as in the [`super::Directory`] beside it.

use std::collections::HashMap;

/// One type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeFact {
    /// What people read: `Yealink T54W`.
    pub name: String,
    /// Its maker, as [`TypeFacts::own`] names it.
    pub maker: String,
    /// Whether it is known by a MAC address.
    pub has_mac: bool,
    /// Whether it is a DECT base, which alone has a chain id.
    pub is_dect_base: bool,
}

/// All types, and the prefixes of their makers.
#[derive(Debug, Clone, Default)]
pub struct TypeFacts {
    types: Vec<TypeFact>,
    makers: HashMap<u32, String>,
}

impl TypeFacts {
    /// Adds a type, and gives its index.
    pub fn add(&mut self, fact: TypeFact) -> usize {
        self.types.push(fact);
        self.types.len() - 1
    }

    /// Says whose a MAC prefix is ([`crate::mac::Mac::prefix`]).
    pub fn own(&mut self, prefix: u32, maker: impl Into<String>) {
        self.makers.insert(prefix, maker.into());
    }

    /// A type.
    pub fn get(&self, index: usize) -> Option<&TypeFact> {
        self.types.get(index)
    }

    /// The maker of a prefix, if it is one of those that are known.
    pub fn maker(&self, prefix: u32) -> Option<&str> {
        self.makers.get(&prefix).map(String::as_str)
    }
}
