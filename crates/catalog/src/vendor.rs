//! A vendor: what is common to its models.

use crate::pattern::Pattern;

/// A maker of telephones, or *Generic*.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vendor {
    /// Stable id, such as `yealink`; also the name of its file.
    pub id: String,
    /// What people read, such as `Yealink`.
    pub name: String,
    /// The first 24 bits of its MAC addresses as IEEE assigned them, ascending. Not always all of them; empty for *Generic*.
    pub mac_prefixes: Vec<u32>,
    /// How the User-Agents of its models begin.
    pub user_agents: Vec<Pattern>,
}
