//! Words that are never committed: marks of unfinished work, switched-off tests and lints, somebody's own folders.

use crate::workspace::File;

/// A word, and what to do instead.
struct Word {
    /// In two pieces, for else this file would contain it.
    pieces: [&'static str; 2],
    /// Only where neither neighbour is a letter, digit or `_`.
    whole: bool,
    extensions: &'static [&'static str],
    instead: &'static str,
}

const CODE: &[&str] = &["rs", "ts", "mjs", "html", "css", "sql", "ftl"];
const RUST: &[&str] = &["rs"];
const ALL: &[&str] = &["rs", "ts", "mjs", "html", "css", "sql", "ftl", "md", "toml", "json", "sh"];

const FINISH: &str = "finish it, or open an issue";

const WORDS: &[Word] = &[
    Word { pieces: ["TO", "DO"], whole: true, extensions: CODE, instead: FINISH },
    Word { pieces: ["FIX", "ME"], whole: true, extensions: CODE, instead: FINISH },
    Word { pieces: ["XX", "X"], whole: true, extensions: CODE, instead: FINISH },
    Word { pieces: ["todo", "!("], whole: false, extensions: RUST, instead: FINISH },
    Word { pieces: ["unimplemented", "!("], whole: false, extensions: RUST, instead: FINISH },
    Word { pieces: ["dbg", "!("], whole: false, extensions: RUST, instead: "use tracing, or remove it" },
    Word {
        pieces: ["#[ig", "nore"],
        whole: false,
        extensions: RUST,
        instead: "a test runs or does not exist",
    },
    Word {
        pieces: ["#[al", "low("],
        whole: false,
        extensions: RUST,
        instead: "use #[expect(…, reason = \"…\")]",
    },
    Word {
        pieces: ["#![al", "low("],
        whole: false,
        extensions: RUST,
        instead: "use #![expect(…, reason = \"…\")]",
    },
    Word { pieces: ["#[should_", "panic"], whole: false, extensions: RUST, instead: "test the error value" },
];

/// Folders of a person's or machine's own.
const PLACES: &[[&str; 2]] = &[["/ho", "me/"], ["/wo", "rk/"], ["/ro", "ot/"], ["/Us", "ers/"]];

pub(crate) fn check(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        for word in WORDS.iter().filter(|word| file.is(word.extensions)) {
            let text = word.pieces.concat();
            for (at, _) in file.text.match_indices(&text) {
                if !word.whole || is_whole(&file.text, at, text.len()) {
                    faults.push(format!(
                        "{}:{}: `{text}`: {}",
                        file.path,
                        line(&file.text, at),
                        word.instead
                    ));
                }
            }
        }
        for place in PLACES.iter().filter(|_| file.is(ALL)) {
            let text = place.concat();
            // Behind a letter it is the middle of some other path.
            let absolute = |at: &usize| !neighbour(file.text[..*at].chars().next_back());
            for at in file.text.match_indices(&text).map(|(at, _)| at).filter(absolute) {
                faults.push(format!(
                    "{}:{}: `{text}…`: a path of one machine",
                    file.path,
                    line(&file.text, at)
                ));
            }
        }
    }
    faults
}

fn is_whole(text: &str, at: usize, length: usize) -> bool {
    !neighbour(text[..at].chars().next_back()) && !neighbour(text[at + length..].chars().next())
}

fn neighbour(character: Option<char>) -> bool {
    character.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '}' | '*'))
}

fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: String) -> Vec<String> {
        super::check(&[File { path: path.to_owned(), text }])
    }

    #[test]
    fn every_word_is_found() {
        for word in WORDS {
            let faults = check("a.rs", format!("fn f() {{}}\n// {}: later\n", word.pieces.concat()));
            assert!(faults.first().is_some_and(|fault| fault.starts_with("a.rs:2:")), "{faults:?}");
        }
        for place in PLACES {
            assert_eq!(check("a.md", format!("See \"{}x\".", place.concat())).len(), 1);
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in ["METHODOLOGY TODOS", "XXXX", "https://example.net/home/x", "sip:1@work/", "a_todo!"] {
            assert_eq!(check("a.rs", text.to_owned()), Vec::<String>::new(), "{text}");
        }
        assert_eq!(check("a.svg", WORDS[0].pieces.concat()), Vec::<String>::new());
    }
}
