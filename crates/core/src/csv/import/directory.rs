//! Names, codes and aliases of types or sites: what a text in a file means, and what was probably meant.

use std::collections::{BTreeMap, HashMap};

use crate::name::fold;

/// Characters of the longest text for which a neighbour is sought.
const LONGEST: usize = 100;

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing; perhaps this one was meant.
    None {
        /// The nearest by name.
        nearest: Option<usize>,
    },
    /// This one.
    One(usize),
    /// Any of these, in the order in which they were inserted.
    Several(Vec<usize>),
}

/// The names under which things are known, by index.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    names: HashMap<String, Vec<usize>>,
    /// What things are called towards people: name, and code if there is one.
    shown: BTreeMap<usize, (String, Option<String>)>,
    /// The names by their length in characters: only those of about the same length can be near.
    by_length: BTreeMap<usize, Vec<(Vec<char>, usize)>>,
}

impl Directory {
    /// Adds a name. The first one of an index is what people are told.
    pub fn insert(&mut self, name: &str, index: usize) {
        self.shown.entry(index).or_insert_with(|| (name.to_owned(), None));
        self.add(name, index);
    }

    /// Adds a code, which tells apart what has one name.
    pub fn insert_code(&mut self, code: &str, index: usize) {
        self.shown.entry(index).or_insert_with(|| (code.to_owned(), None)).1 = Some(code.to_owned());
        self.add(code, index);
    }

    fn add(&mut self, name: &str, index: usize) {
        let folded = fold(name);
        if folded.is_empty() {
            return;
        }
        let characters: Vec<char> = folded.chars().collect();
        let indices = self.names.entry(folded).or_default();
        if !indices.contains(&index) {
            indices.push(index);
            self.by_length.entry(characters.len()).or_default().push((characters, index));
        }
    }

    /// What a text means. Case, accents, apostrophes and repeated spaces do not matter.
    pub fn find(&self, text: &str) -> Found {
        self.find_within(text, &mut usize::MAX.clone())
    }

    /// The same with a bound on the names that are compared when none fits: `budget` goes down by those that were, and
    /// at 0 there is no nearest one.
    pub fn find_within(&self, text: &str, budget: &mut usize) -> Found {
        let folded = fold(text);
        match self.names.get(&folded).map(Vec::as_slice) {
            Some([one]) => Found::One(*one),
            Some(several) => Found::Several(several.to_vec()),
            None => Found::None { nearest: self.nearest(&folded, budget) },
        }
    }

    /// The name of a thing.
    pub fn name(&self, index: usize) -> &str {
        self.shown.get(&index).map_or("", |(name, _)| name)
    }

    /// What a person can write for it: its name, or its code where others have that name, too.
    pub fn proposal(&self, index: usize) -> &str {
        let name = self.name(index);
        match self.names.get(&fold(name)).map(Vec::as_slice) {
            Some([_]) => name,
            _ => self.code(index),
        }
    }

    /// Its code, or its name if it has none.
    pub fn code(&self, index: usize) -> &str {
        self.shown.get(&index).map_or("", |(name, code)| code.as_deref().unwrap_or(name))
    }

    /// The name with the fewest differing characters; of several, the one that was inserted first.
    fn nearest(&self, folded: &str, budget: &mut usize) -> Option<usize> {
        let text: Vec<char> = folded.chars().take(LONGEST + 1).collect();
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        let most = match text.len() {
            1..=3 => 1,
            4..=7 => 2,
            _ => 3,
        };
        let mut nearest: Option<(usize, usize)> = None;
        let lengths = text.len().saturating_sub(most)..=text.len() + most;
        for (name, index) in self.by_length.range(lengths).flat_map(|(_, names)| names) {
            if *budget == 0 {
                return None;
            }
            *budget -= 1;
            let limit = nearest.map_or(most, |(distance, _)| distance);
            if let Some(distance) = distance(&text, name, limit)
                && nearest.is_none_or(|best| (distance, *index) < best)
            {
                nearest = Some((distance, *index));
            }
        }
        nearest.map(|(_, index)| index)
    }
}

/// How many characters have to be put in, taken out, replaced or swapped with their neighbour, if no more than `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let (mut before, mut current) = (Vec::with_capacity(b.len() + 1), Vec::with_capacity(b.len() + 1));
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, &from) in a.iter().enumerate() {
        current.clear();
        current.push(row + 1);
        for (column, &to) in b.iter().enumerate() {
            let replaced = last[column] + usize::from(from != to);
            let mut best = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && from == b[column - 1] && a[row - 1] == to {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        if current.iter().min().is_none_or(|best| *best > most) {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut current);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let mut directory = Directory::default();
        for (index, names) in [
            &["Lyon", "Lyon Part-Dieu"][..],
            &["Siège", "Paris"],
            &["Lyon"],
            &["L’Isle d'Abeau"],
            &["Yealink T54W", "T54W"],
        ]
        .into_iter()
        .enumerate()
        {
            names.iter().for_each(|name| directory.insert(name, index));
        }
        directory.insert_code("LY2", 2);
        directory.insert_code("", 3);
        directory
    }

    #[test]
    fn names_are_matched_as_people_write_them() {
        let directory = directory();
        let none = |nearest| Found::None { nearest };
        for (text, expected) in [
            ("lyon part-dieu", Found::One(0)),
            (" LYON\u{a0}\u{202f} Part-Dieu", Found::One(0)),
            ("Siege", Found::One(1)),
            ("l'isle d’abeau", Found::One(3)),
            ("ly2", Found::One(2)),
            ("Lyon", Found::Several(vec![0, 2])),
            ("Lyon Part Dieu", none(Some(0))),
            ("Yealnik T54W", none(Some(4))),
            ("Yealink T54", none(Some(4))),
            ("T55W", none(Some(4))),
            ("Prais", none(Some(1))),
            ("Bordeaux", none(None)),
            ("", none(None)),
            ("T", none(None)),
        ] {
            assert_eq!(directory.find(text), expected, "{text:?}");
        }
        assert_eq!((directory.name(2), directory.code(2)), ("Lyon", "LY2"));
        assert_eq!((directory.name(0), directory.code(0)), ("Lyon", "Lyon"));
        assert_eq!([1, 2, 3].map(|index| directory.proposal(index)), ["Siège", "LY2", "L’Isle d'Abeau"]);
        assert_eq!(directory.find(&"x".repeat(1 << 20)), none(None));
    }

    #[test]
    fn distances() {
        for (a, b, most, expected) in [
            ("", "", 0, Some(0)),
            ("abc", "abc", 0, Some(0)),
            ("abc", "abd", 1, Some(1)),
            ("abc", "acb", 1, Some(1)),
            ("abc", "ab", 1, Some(1)),
            ("ab", "abc", 1, Some(1)),
            ("abc", "xyz", 3, Some(3)),
            ("abc", "xyz", 2, None),
            ("abcdef", "abc", 2, None),
        ] {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&characters(a), &characters(b), most), expected, "{a} {b}");
        }
    }

    #[test]
    fn comparing_has_a_bound() {
        let mut directory = Directory::default();
        (0..1000).for_each(|index| directory.insert(&format!("Site {index:04}"), index));
        let mut budget = 1500;
        assert_eq!(directory.find_within("Sitx 0007", &mut budget), Found::None { nearest: Some(7) });
        assert_eq!(budget, 500);
        assert_eq!(directory.find_within("Sitx 0007", &mut budget), Found::None { nearest: None });
        assert_eq!(budget, 0);
        assert_eq!(directory.find_within("site 0007", &mut budget), Found::One(7));
    }
}
