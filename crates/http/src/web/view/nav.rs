//! The sections of the portal, as the bar on top of every page lists them. A new section is one line of [`SECTIONS`].

use tonalite_core::party::PartyKind;
use tonalite_core::portal_user::Role;

/// Who reads a page, as far as the bar depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reader {
    /// The role.
    pub(crate) role: Role,
    /// Level of the party whose subtree is seen.
    pub(crate) kind: PartyKind,
    /// Whether only some sites of it are seen.
    pub(crate) narrowed: bool,
}

impl Reader {
    /// Whether there is something to administer or, for a customer's administrators, to read in Party Manager.
    pub(crate) fn administers(self) -> bool {
        self.role.includes(Role::Admin)
    }
}

/// A section.
struct Section {
    /// Text key of its name.
    name: &'static str,
    /// Its first page.
    address: &'static str,
    /// What else lies in it: the first parts of paths.
    also: &'static [&'static str],
    /// To whom it is shown. Who may read it, the use case decides.
    shown: fn(Reader) -> bool,
}

const SECTIONS: &[Section] = &[
    Section {
        name: "nav-devices",
        address: "/devices",
        also: &["/line-states", "/dect-systems", "/dect-reboots", "/imports", "/reboots", "/exports"],
        shown: |_| true,
    },
    Section { name: "nav-users", address: "/users", also: &[], shown: |_| true },
    Section {
        name: "nav-parties",
        address: "/parties",
        also: &["/sites"],
        shown: |reader| reader.kind != PartyKind::Customer,
    },
    Section {
        name: "sites-title",
        address: "/sites",
        also: &["/parties"],
        shown: |reader| reader.kind == PartyKind::Customer,
    },
    Section {
        name: "party-title",
        address: "/party-manager",
        also: &[],
        shown: |reader| reader.administers(),
    },
    Section {
        name: "nav-audit",
        address: "/audit",
        also: &[],
        shown: |reader| reader.administers() && !reader.narrowed,
    },
];

/// A link to a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SectionLink {
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    /// Value of `aria-current`: the page itself, or one that lies in the section.
    pub(crate) current: Option<&'static str>,
}

/// The sections that a reader is shown, on the page with this path.
pub(crate) fn sections(reader: Option<Reader>, path: &str) -> Vec<SectionLink> {
    let Some(reader) = reader else { return Vec::new() };
    let lies_in =
        |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let shown = SECTIONS.iter().filter(|section| (section.shown)(reader));
    shown
        .map(|section| SectionLink {
            name: section.name,
            address: section.address,
            current: match path == section.address {
                true => Some("page"),
                false if lies_in(section.address) || section.also.iter().any(|root| lies_in(root)) => {
                    Some("true")
                }
                false => None,
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_lies_in_one_section_at_most() {
        let reader = Reader { role: Role::Admin, kind: PartyKind::Platform, narrowed: false };
        let roots = SECTIONS.iter().flat_map(|section| section.also.iter().chain([&section.address]));
        for root in roots {
            let below = format!("{root}/x");
            let current = |path: &str| {
                let links = sections(Some(reader), path);
                links.iter().filter(|link| link.current.is_some()).count()
            };
            assert_eq!((current(root), current(&below)), (1, 1), "{root}");
        }
        assert!(sections(Some(reader), "/devicesque").iter().all(|link| link.current.is_none()));
        assert_eq!(sections(None, "/devices"), []);
    }
}
