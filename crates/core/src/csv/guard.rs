//! The guard against formulas: a cell that a spreadsheet would calculate gets one `'` in front, and loses it on the way
//! back. Much of what stands in our cells was sent by a phone, or by what says that it is one.

/// What a spreadsheet takes for the beginning of a formula, the characters that it skips before one, and the same in
/// full width, which some turn into the plain ones.
const fn is_dangerous(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠')
}

/// A number in the strict form of E.164: to every spreadsheet a number, and to people the commonest cell with a `+`.
fn is_phone_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (2..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether [`encode`] puts a `'` in front.
pub fn needs_guard(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(is_dangerous) && !is_phone_number(text)
}

/// Makes a text harmless in a spreadsheet.
pub fn encode(text: &str) -> String {
    if needs_guard(text) { format!("'{text}") } else { text.to_owned() }
}

/// Takes back what [`encode`] did: `decode(&encode(text)) == text` for every text.
pub fn decode(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(is_dangerous) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_looks_like_a_formula_changes() {
        for (text, encoded) in [
            ("", ""),
            ("Accueil", "Accueil"),
            ("'tis", "'tis"),
            ("L'Isle", "L'Isle"),
            ("'", "'"),
            ("3-4", "3-4"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1+1", "'+1+1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("\0=1", "'\0=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠A1", "'＠A1"),
            ("'=x", "''=x"),
            ("''=x", "'''=x"),
            ("+33478000000", "+33478000000"),
            ("'+33478000000", "''+33478000000"),
            ("+033478000000", "'+033478000000"),
            ("+33 4 78 00", "'+33 4 78 00"),
            ("+1", "'+1"),
            ("+1234567890123456", "'+1234567890123456"),
            ("+123456789012345", "+123456789012345"),
            ("+٣٣٤٧٨", "'+٣٣٤٧٨"),
        ] {
            assert_eq!(encode(text), encoded, "{text:?}");
            assert_eq!(decode(encoded), text, "{encoded:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_guarded_comes_back(text in "['=+@\t\r\n\0＝＋－＠a-zA-Z0-9-]{0,24}") {
            let encoded = encode(&text);
            prop_assert_eq!(decode(&encoded), &text);
            prop_assert!(!encoded.starts_with(is_dangerous) || is_phone_number(&encoded), "{:?}", encoded);
        }

        #[test]
        fn phone_numbers_and_whatever_stands_before_them(text in "'{0,3}\\+[0-9]{0,17}") {
            let encoded = encode(&text);
            prop_assert_eq!(decode(&encoded), &text);
            prop_assert!(!encoded.starts_with(is_dangerous) || is_phone_number(&encoded), "{:?}", encoded);
        }

        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            let encoded = encode(&text);
            prop_assert_eq!(decode(&encoded), &text);
        }
    }
}
