//! User-Agent patterns: literal text with `*`, matched by hand. Not regular expressions: these strings come from phones
//! and strangers, and a pattern must stay cheap and readable whatever they send.

/// A pattern for User-Agent strings.
///
/// It stands at the start of the string, ASCII case aside; `*` is any text, also none. Its end must be the end of a word
/// (`Yealink SIP-T31` is not the start of `Yealink SIP-T31P …`), unless it ends in `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Takes a pattern; `None` when it has no literal text, since that would match everything.
    pub fn parse(text: &str) -> Option<Pattern> {
        (!text.trim_matches('*').trim().is_empty()).then(|| Pattern(text.to_owned()))
    }

    /// As written in the file.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `user_agent` is of this pattern. Time is at most pattern × string.
    pub fn matches(&self, user_agent: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), user_agent.as_bytes());
        let (mut p, mut t) = (0, 0);
        // Where the last `*` stood and how much of the text it has eaten: on a mismatch it eats one byte more.
        let mut star: Option<(usize, usize)> = None;
        loop {
            if p == pattern.len() && (pattern.ends_with(b"*") || is_word_end(text, t)) {
                return true;
            }
            if pattern.get(p) == Some(&b'*') {
                star = Some((p, t));
                p += 1;
            } else if p < pattern.len()
                && text.get(t).is_some_and(|byte| byte.eq_ignore_ascii_case(&pattern[p]))
            {
                p += 1;
                t += 1;
            } else {
                let Some((at, eaten)) = star.filter(|(_, eaten)| *eaten < text.len()) else { return false };
                star = Some((at, eaten + 1));
                (p, t) = (at + 1, eaten + 1);
            }
        }
    }
}

fn is_word_end(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_match_as_documented() {
        let cases = [
            ("Yealink SIP-T54W", "Yealink SIP-T54W 96.86.0.70", true),
            ("Yealink SIP-T54W", "yealink sip-t54w 96.86.0.70", true),
            ("Yealink SIP-T54W", "Yealink SIP-T54W", true),
            ("Yealink SIP-T31", "Yealink SIP-T31P 124.86.0.75", false),
            ("Yealink SIP-T31", "Yealink SIP-T3", false),
            ("Yealink *", "Yealink W60B 77.81.0.35", true),
            ("Yealink *", "Yealink", false),
            ("snom*", "snomD345/10.1.39.11", true),
            ("*PolycomVVX-VVX_410-UA", "PolycomVVX-VVX_410-UA/5.5.2", true),
            ("*PolycomVVX-VVX_410-UA", "Polycom/5.5.2.8571 PolycomVVX-VVX_410-UA/5.5.2.8571", true),
            ("*PolycomVVX-VVX_410-UA", "FileTransport PolycomVVX-VVX_411-UA/5.5.2", false),
            ("a*b*c", "axxbxxbxxc", true),
            ("a*b*c", "axxbxxbxx", false),
            ("*ab", "aaab", true),
            ("*ab", "abx ab", true),
            ("x", "", false),
            ("x*", "x", true),
            (
                "Mozilla/4.0 (compatible; Snom M700",
                "Mozilla/4.0 (compatible; Snom M700 05.20.0001 000413b60680)",
                true,
            ),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(text), expected, "{pattern:?} on {text:?}");
        }
    }

    #[test]
    fn a_pattern_needs_literal_text() {
        for text in ["", "*", "**", "* *", " "] {
            assert_eq!(Pattern::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn hostile_strings_stay_cheap_and_do_not_panic() {
        let pattern = Pattern::parse("*a*a*a*a*b").unwrap();
        assert!(!pattern.matches(&"a".repeat(4096)));
        assert!(!pattern.matches("é\u{0}\u{feff}日本"));
    }
}
