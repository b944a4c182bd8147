//! What people type into the search of a list, read into terms, and the text in which terms are looked for.
//! Only letters and digits count on either side, so that no sign can mean anything to an engine.

use crate::device::short;
use crate::error::FieldError;
use crate::mac::Mac;
use crate::name::fold;

/// A text that is searched for: every one of its terms must be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    text: String,
    terms: Vec<Term>,
}

/// One thing that must be found, in one of several ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Letters and digits, folded. From [`Term::LEAST`] characters on it is looked for anywhere in a text.
    pub text: String,
    /// Two hexadecimal digits or more: addresses that begin so, from the first up to but without the second.
    pub mac: Option<(u64, u64)>,
    /// The beginning of an IP address: texts from the first up to but without the second.
    pub address: Option<(String, String)>,
    /// Device types that people call so although their id does not say it. Whoever knows the catalogue fills it.
    pub device_types: Vec<String>,
}

impl Term {
    /// A trigram index knows nothing shorter. A shorter term that stands alone finds whole extensions, and addresses that
    /// begin so; beside a longer one it is looked for in the texts which that one finds.
    pub const LEAST: usize = 3;

    /// Whether it is long enough to be looked for anywhere.
    pub fn is_long(&self) -> bool {
        self.text.chars().count() >= Self::LEAST
    }
}

impl Search {
    /// Longest text that is read. A MAC address, a name and a number together have room in it.
    pub const MOST_CHARACTERS: usize = 100;
    /// Each term is a condition of the statement.
    pub const MOST_TERMS: usize = 10;

    /// Reads what was typed; `None` for nothing but space.
    ///
    /// # Errors
    /// `too_long`, `too_many_words`, both at `q`.
    pub fn parse(text: &str) -> Result<Option<Search>, FieldError> {
        let length = text.chars().count();
        if length > Self::MOST_CHARACTERS {
            let error = FieldError::new("q", "too_long").with("max", Self::MOST_CHARACTERS);
            return Err(error.with("length", length));
        }
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let mut terms = Vec::new();
        for term in read(text) {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        if terms.len() > Self::MOST_TERMS {
            return Err(FieldError::new("q", "too_many_words").with("max", Self::MOST_TERMS));
        }
        Ok(Some(Search { text: text.to_owned(), terms }))
    }

    /// As it was typed, trimmed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// As it may be repeated in a sentence.
    pub fn shown(&self) -> String {
        short(&self.text)
    }

    /// What must be found. Empty where nothing that was typed is a letter or digit: that finds nothing.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The same, for whoever fills in the device types.
    pub fn terms_mut(&mut self) -> &mut [Term] {
        &mut self.terms
    }
}

/// The text in which terms are looked for: folded, and every sign a space.
pub fn searchable(text: &str) -> String {
    let spaced: String = fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read(text: &str) -> Vec<Term> {
    if let Ok(mac) = Mac::parse(text) {
        return vec![hex(&mac.to_string())];
    }
    if let Some(number) = spaced_number(text) {
        return vec![plain(without_trunk_prefix(&number, 5))];
    }
    text.split_whitespace().flat_map(read_word).collect()
}

fn read_word(word: &str) -> Vec<Term> {
    let digits = mac_digits(word);
    let address = address_beginning(word);
    match (digits, address) {
        (Some(digits), address) => vec![Term { address, ..hex(&digits) }],
        (None, Some(address)) => {
            let text = word.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>();
            // Signs alone, as the `::` that many an address begins with, are nothing to look for.
            if text.is_empty() {
                return Vec::new();
            }
            // Only the address is meant: "10.20" does not stand for "1020".
            vec![Term { text, mac: None, address: Some(address), device_types: Vec::new() }]
        }
        (None, None) => searchable(word).split(' ').filter(|part| !part.is_empty()).map(term).collect(),
    }
}

fn term(text: &str) -> Term {
    let is_hex = text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { hex(text) } else { plain(text.to_owned()) }
}

fn plain(text: String) -> Term {
    Term { text, mac: None, address: None, device_types: Vec::new() }
}

fn hex(digits: &str) -> Term {
    let text = digits.to_ascii_lowercase();
    let mac = (text.len() >= 2 && text.len() <= 12).then(|| {
        let missing = 4 * (12 - text.len());
        let first = u64::from_str_radix(&text, 16).unwrap_or(0) << missing;
        (first, first + (1 << missing))
    });
    Term { text: without_trunk_prefix(&text, 9), mac, address: None, device_types: Vec::new() }
}

/// A national number is stored with its country: `0478000001` is found in `33478000001` without its zero. What has
/// fewer digits than `from` keeps it: it may be the beginning of an address.
fn without_trunk_prefix(text: &str, from: usize) -> String {
    let national = (from..12).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.starts_with('0')
        && !text.starts_with("00");
    if national { text[1..].to_owned() } else { text.to_owned() }
}

/// `+33 4 78 00 00 01`, `04 78 00`, `(04) 78-00`: digits in groups are one number, unless there are only two groups.
fn spaced_number(text: &str) -> Option<String> {
    let is_number = |c: char| {
        c.is_ascii_digit() || matches!(c, '+' | ' ' | '\u{a0}' | '\u{202f}' | '-' | '.' | '/' | '(' | ')')
    };
    if !text.chars().all(is_number) {
        return None;
    }
    let groups = text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let spaced = text.contains([' ', '\u{a0}', '\u{202f}']);
    let groups: Vec<&str> = groups.collect();
    let one = spaced && (groups.len() >= 3 || (groups.len() == 2 && text.starts_with('+')));
    one.then(|| groups.concat())
}

/// The digits of a part of a MAC address: `00:15:65:a`, `0015.65AB`, `65-ab-cd`. Two groups or more of one width (the
/// last may be unfinished), one kind of separator; between hyphens at least one digit, else `dead-beef` would be no words.
fn mac_digits(word: &str) -> Option<String> {
    let separator = word.chars().find(|c| matches!(c, ':' | '.' | '-'))?;
    let trimmed = word.trim_matches(separator);
    let groups: Vec<&str> = trimmed.split(separator).collect();
    let (last, full) = groups.split_last()?;
    let width = full.first().map_or(last.len(), |group| group.len());
    let widths = if separator == '.' { &[4, 6][..] } else { &[2, 4, 6][..] };
    let fits = widths.contains(&width)
        && full.iter().all(|group| group.len() == width)
        && (1..=width).contains(&last.len());
    let digits = groups.concat();
    let is_hex = digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_meant = separator != '-' || digits.bytes().any(|byte| byte.is_ascii_digit());
    (fits && is_hex && is_meant && digits.len() >= 2).then_some(digits)
}

/// The range of texts that begin like this IP address.
fn address_beginning(word: &str) -> Option<(String, String)> {
    let groups: Vec<&str> = word.split('.').collect();
    let octet = |group: &str| group.len() <= 3 && group.parse::<u8>().is_ok();
    let v4 = match groups.split_last() {
        Some((last, full)) => {
            (1..=3).contains(&full.len())
                && full.iter().all(|group| octet(group))
                && (last.is_empty() || octet(last))
        }
        None => false,
    };
    let hextet = |group: &str| group.len() <= 4 && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let v6 = word.matches(':').count() >= 2 || (word.contains(':') && word.len() >= 4);
    let v6 = v6 && word.split(':').all(hextet) && word.split(':').count() <= 8;
    if !v4 && !v6 {
        return None;
    }
    let from = word.to_ascii_lowercase();
    let mut until = from.clone();
    // The next text in the order of bytes that does not begin so; ':' and '9' and 'f' all have a successor.
    let last = until.pop()?;
    until.push(char::from_u32(u32::from(last) + 1)?);
    Some((from, until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let search = Search::parse(text).unwrap();
        search.map_or_else(Vec::new, |search| search.terms.into_iter().map(|term| term.text).collect())
    }

    #[test]
    fn each_notation_of_an_address_is_its_digits() {
        for (typed, digits) in [
            ("00:15:65:ab:cd:ef", "001565abcdef"),
            ("00 15 65 AB CD EF", "001565abcdef"),
            ("MAC: 001565abcdef", "001565abcdef"),
            ("00:15:65:ab", "001565ab"),
            ("00:15:65:a", "001565a"),
            ("00:15:65:", "001565"),
            (":cd:ef", "cdef"),
            ("0015.65AB", "001565ab"),
            ("0015.65", "001565"),
            ("65-ab-cd", "65abcd"),
            ("001565ab", "001565ab"),
            ("ABCDEF", "abcdef"),
        ] {
            assert_eq!(terms(typed), [digits], "{typed}");
        }
        let term = &Search::parse("00:15:65").unwrap().unwrap().terms[0];
        assert_eq!(term.mac, Some((0x0015_6500_0000, 0x0015_6600_0000)));
        let whole = &Search::parse("ff:ff:ff:ff:ff:fe").unwrap().unwrap().terms[0];
        assert_eq!(whole.mac, Some((0xffff_ffff_fffe, 0xffff_ffff_ffff)));
        assert_eq!(Search::parse("0").unwrap().unwrap().terms[0].mac, None, "one digit is no beginning");
    }

    #[test]
    fn words_are_folded_and_signs_separate() {
        for (typed, expected) in [
            ("Siège  ÉTÉ", vec!["siege", "ete"]),
            ("Part-Dieu", vec!["part", "dieu"]),
            ("dead-beef", vec!["dead", "beef"]),
            ("Yealink T54W", vec!["yealink", "t54w"]),
            ("O’Brien", vec!["o", "brien"]),
            ("lyon lyon LYON", vec!["lyon"]),
            ("100%", vec!["100"]),
            ("a_b\\c*\"d\" NEAR(x)", vec!["a", "b", "c", "d", "near", "x"]),
            ("x\0y", vec!["x", "y"]),
            ("📞 %%%", vec![]),
            ("accueil 100", vec!["accueil", "100"]),
        ] {
            assert_eq!(terms(typed), expected, "{typed}");
        }
        assert_eq!(Search::parse(" \t\u{a0}"), Ok(None));
        assert!(Search::parse("%").unwrap().is_some_and(|search| search.terms().is_empty()));
    }

    #[test]
    fn numbers_are_one_term_and_lose_what_only_the_country_dials() {
        for (typed, expected) in [
            ("+33 4 78 00", "3347800"),
            ("04 78 00 00 01", "478000001"),
            ("0478000001", "478000001"),
            ("+33478000001", "33478000001"),
            ("+33 478", "33478"),
            ("(04) 78-00.00", "4780000"),
        ] {
            assert_eq!(terms(typed), [expected.to_owned()], "{typed}");
        }
        assert_eq!(terms("12 203"), ["12", "203"], "two extensions are two");
    }

    #[test]
    fn beginnings_of_ip_addresses_are_ranges() {
        let range = |text: &str| Search::parse(text).unwrap().unwrap().terms[0].address.clone();
        let pair = |from: &str, until: &str| Some((from.to_owned(), until.to_owned()));
        assert_eq!(range("203.0.113.2"), pair("203.0.113.2", "203.0.113.3"));
        assert_eq!(range("192.168."), pair("192.168.", "192.168/"));
        assert_eq!(range("2001:DB8:"), pair("2001:db8:", "2001:db8;"));
        assert_eq!(range("300.1"), None);
        assert_eq!(range("1.2.3.4.5"), None);
        assert_eq!(range("0015.65ab"), None);
    }

    #[test]
    fn what_is_too_long_says_so() {
        let code = |text: &str| Search::parse(text).map_err(|error| (error.field, error.code));
        assert_eq!(code(&"x".repeat(101)), Err(("q".to_owned(), "too_long")));
        assert!(code(&"é".repeat(100)).is_ok());
        assert_eq!(code("a b c d e f g h i j k"), Err(("q".to_owned(), "too_many_words")));
    }

    proptest::proptest! {
        #[test]
        fn nothing_but_letters_and_digits_remains(text in ".{0,100}") {
            if let Ok(Some(search)) = Search::parse(&text) {
                for term in search.terms() {
                    proptest::prop_assert!(!term.text.is_empty());
                    proptest::prop_assert!(term.text.chars().all(char::is_alphanumeric), "{:?}", term);
                }
            }
        }

        #[test]
        fn what_was_written_is_found_again(text in "[a-zéèàçöœA-ZÉ]{3,20}") {
            let search = Search::parse(&text).unwrap().unwrap();
            for term in search.terms() {
                proptest::prop_assert!(searchable(&text).contains(&term.text));
            }
        }
    }
}
