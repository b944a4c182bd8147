//! Looks texts up in a directory, a million times over: what was asked before is known, and what was never heard of costs
//! no more than a bound.

use std::collections::HashMap;

use super::{Directory, Found};

/// Texts whose meaning is kept. A fleet has some hundred types and some thousand sites.
const KEPT: usize = 16_384;
/// Longest text that is kept, in bytes. Names have 80 characters at most.
const LONGEST: usize = 320;
/// Names that are compared with unknown texts, in one file: a second of work or less. Then nothing more is suggested.
const COMPARED: usize = 2_000_000;

/// A directory with a memory.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    directory: &'a Directory,
    known: HashMap<Box<str>, Found>,
    last_text: String,
    last: Found,
    budget: usize,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(directory: &'a Directory) -> Lookup<'a> {
        let last = Found::None { nearest: None };
        Lookup { directory, known: HashMap::new(), last_text: String::new(), last, budget: COMPARED }
    }

    pub(super) const fn directory(&self) -> &'a Directory {
        self.directory
    }

    pub(super) fn find(&mut self, text: &str) -> &Found {
        if self.last_text != text || text.is_empty() {
            self.last = match self.known.get(text) {
                Some(found) => found.clone(),
                None => {
                    let found = self.directory.find_within(text, &mut self.budget);
                    if self.known.len() < KEPT && text.len() <= LONGEST {
                        self.known.insert(text.into(), found.clone());
                    }
                    found
                }
            };
            self.last_text.clear();
            self.last_text.push_str(text);
        }
        &self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_keeps_is_bounded_and_right() {
        let mut directory = Directory::default();
        (0..100).for_each(|index| directory.insert(&format!("Site {index:05}"), index));
        let mut lookup = Lookup::new(&directory);
        lookup.budget = 1_000;
        assert_eq!(lookup.find("Sita 00007"), &Found::None { nearest: Some(7) });
        for index in 0..20_000 {
            assert!(matches!(lookup.find(&format!("Sita {index:05}")), Found::None { .. }));
        }
        assert_eq!((lookup.known.len(), lookup.budget), (KEPT, 0));
        for index in [99, 3, 3, 99] {
            assert_eq!(lookup.find(&format!("site {index:05}")), &Found::One(index));
        }
        assert_eq!(lookup.find("Sita 00007"), &Found::None { nearest: Some(7) });
        assert_eq!(lookup.find("Sita 00008 "), &Found::None { nearest: None });
    }
}
