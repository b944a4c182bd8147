//! Short texts that people type: trimmed, bounded, without control characters.

use crate::error::FieldError;

/// Zero-width and direction marks: they hide in pasted text and make two equal names differ.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Trims, and refuses what is too long or contains control or invisible characters. Empty text is `None`.
///
/// # Errors
/// `too_long` (argument `max`, in characters) or `forbidden_character`.
pub fn optional(field: &str, text: &str, max: usize) -> Result<Option<String>, FieldError> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if text.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(FieldError::new(field, "forbidden_character"));
    }
    let length = text.chars().count();
    if length > max {
        return Err(FieldError::new(field, "too_long").with("max", max).with("length", length));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// The same, but empty text is the error `required`.
pub fn required(field: &str, text: &str, max: usize) -> Result<String, FieldError> {
    optional(field, text, max)?.ok_or_else(|| FieldError::new(field, "required"))
}

/// Folds case, the common Latin accents, apostrophes and runs of spaces, so that what people hold for one name compares equal.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => folded.push('a'),
            'ç' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            '’' | 'ʼ' => folded.push('\''),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            '\u{300}'..='\u{36f}' => {} // combining accents of decomposed text
            c => folded.push(c),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_bounded_and_visible() {
        assert_eq!(optional("name", " \u{a0}Accueil ", 80), Ok(Some("Accueil".into())));
        assert_eq!(optional("name", "  ", 80), Ok(None));
        assert_eq!(required("name", "", 80).map_err(|e| e.code), Err("required"));
        assert_eq!(required("name", "abc", 2).map_err(|e| e.code), Err("too_long"));
        assert_eq!(required("name", "a\u{202e}b", 80).map_err(|e| e.code), Err("forbidden_character"));
        assert_eq!(required("name", "a\nb", 80).map_err(|e| e.code), Err("forbidden_character"));
    }

    #[test]
    fn folding_joins_what_people_hold_for_one() {
        for (a, b) in [
            ("Lyon  Part-Dieu", "lyon part-dieu"),
            ("Siège", "SIEGE"),
            ("L’Isle", "l'isle"),
            ("e\u{301}te", "été"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }
}
