//! The typographer's rules for the portal's texts (one function of text each, so that they read as a list).

use crate::ftl::PLACE;

const NO_BREAK: char = '\u{A0}';
const NARROW_NO_BREAK: char = '\u{202F}';

/// What is wrong with a text, in any language.
pub(crate) fn common(text: &str) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    if text.contains('\'') {
        wrong.push("an apostrophe is ’, not '");
    }
    if text.contains("...") {
        wrong.push("three dots are one sign: …");
    }
    if text.contains('"') {
        wrong.push("quotation marks are « » in French, “ ” in English");
    }
    wrong
}

/// What is wrong with a French text.
pub(crate) fn french(text: &str) -> Vec<&'static str> {
    let characters: Vec<char> = text.chars().collect();
    let at = |index: Option<usize>| index.and_then(|index| characters.get(index)).copied();
    let mut wrong = common(text);
    for (index, character) in characters.iter().enumerate() {
        let (before, after) = (at(index.checked_sub(1)), at(index.checked_add(1)));
        // The sign itself is the topic: « ; ».
        let quoted = before == Some(NO_BREAK) && at(index.checked_sub(2)) == Some('«');
        let punctuates = ends_a_word(after) && follows_a_word(before) && !quoted;
        let rule = match character {
            ':' if punctuates && before != Some(NO_BREAK) => "before : stands U+00A0",
            ';' | '?' | '!' | '%' if punctuates && before != Some(NARROW_NO_BREAK) => {
                "before ; ? ! % stands U+202F"
            }
            '«' if after != Some(NO_BREAK) => "after « stands U+00A0",
            '»' if before != Some(NO_BREAK) => "before » stands U+00A0",
            _ => continue,
        };
        if !wrong.contains(&rule) {
            wrong.push(rule);
        }
    }
    wrong
}

/// A sign inside a word is no punctuation: `00:15:65`, `?q=`, `https:`.
fn ends_a_word(after: Option<char>) -> bool {
    after.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '/' | '=' | '&' | PLACE)))
}

/// After an opening bracket or another sign (`?!`) no space is wanted.
fn follows_a_word(before: Option<char>) -> bool {
    before.is_some_and(|c| {
        c.is_alphanumeric() || matches!(c, ' ' | NO_BREAK | NARROW_NO_BREAK | PLACE | ')' | '”' | '’' | '»')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_texts_pass() {
        for text in [
            "Site\u{A0}: \u{FFFC}",
            "L’appareil n’a pas renouvelé son enregistrement à temps.",
            "Retirer l’appareil\u{202F}?",
            "«\u{A0}Âgé\u{A0}»\u{202F}!",
            "Par exemple 00:15:65:ab:cd:ef, à 14:03, sip:alice@example.net, https://example.net/?a=1&b=2",
            "Séparateurs («\u{A0};\u{A0}» ou ,)",
            "50\u{202F}% (?)",
            "Vraiment\u{202F}?!",
            "\u{FFFC}:\u{FFFC}",
        ] {
            assert_eq!(french(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn wrong_texts_are_told() {
        for (text, rule) in [
            ("l'appareil", "’"),
            ("Site : x", "U+00A0"),
            ("Site: x", "U+00A0"),
            ("Site\u{202F}: x", "U+00A0"),
            ("Retirer ?", "U+202F"),
            ("Retirer?", "U+202F"),
            ("Retirer\u{A0}; puis", "before ; ? ! %"),
            ("\u{FFFC} %", "U+202F"),
            ("« Âgé\u{A0}»", "after «"),
            ("«\u{A0}Âgé »", "before »"),
            ("Un instant...", "…"),
            ("\"Âgé\"", "« »"),
        ] {
            let wrong = french(text).join("; ");
            assert!(wrong.contains(rule), "{text}: {wrong}");
        }
        assert_eq!(common("The site’s phones: all well?"), Vec::<&str>::new());
    }
}
