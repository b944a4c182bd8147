//! Looks at Rust source as a lexer does, as far as text checks need it: what is code, what is a string, what is
//! a comment, and what is test code. No parsing.

/// A string literal, escapes as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// A source file, taken apart. Both texts have the lines of the original.
pub(crate) struct Source {
    /// Comments and the inside of strings blanked, items under `#[cfg(test)]` too.
    pub(crate) code: String,
    /// The original with only the items under `#[cfg(test)]` blanked.
    pub(crate) product: String,
    /// The string literals outside `#[cfg(test)]`.
    pub(crate) literals: Vec<Literal>,
}

impl Source {
    pub(crate) fn read(text: &str) -> Source {
        let mut lexer = Lexer { text, at: 0, code: String::with_capacity(text.len()), literals: Vec::new() };
        lexer.run();
        let Lexer { mut code, literals, .. } = lexer;
        let mut product = text.to_owned();
        let mut from = 0;
        while let Some(range) = test_item(&code, from) {
            from = range.end;
            blank(&mut code, &range);
            blank(&mut product, &range);
        }
        let in_test = |at: usize| code.as_bytes().get(at) != Some(&b'"');
        let line = |at: usize| text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let literals = literals.into_iter().filter(|(at, _)| !in_test(*at));
        let literals = literals.map(|(at, text)| Literal { line: line(at), text }).collect();
        Source { code, product, literals }
    }
}

/// Where `word` stands in `code` as a whole word; a line number each, from 1.
pub(crate) fn lines_with_word(code: &str, word: &str) -> Vec<usize> {
    let is_word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let whole = |(at, _): (usize, &str)| {
            !is_word(line[..at].chars().next_back()) && !is_word(line[at + word.len()..].chars().next())
        };
        if line.match_indices(word).any(whole) {
            found.push(number + 1);
        }
    }
    found
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    code: String,
    /// With the byte offset of the opening quote.
    literals: Vec<(usize, String)>,
}

impl<'a> Lexer<'a> {
    fn run(&mut self) {
        while let Some(character) = self.rest().chars().next() {
            let rest = self.rest();
            if rest.starts_with("//") {
                let end = rest.find('\n').unwrap_or(rest.len());
                self.skip(end);
            } else if rest.starts_with("/*") {
                self.skip(block_comment(rest));
            } else if let Some((prefix, hashes)) = raw_string(rest).filter(|_| !self.inside_word()) {
                self.keep(prefix - 1 - hashes);
                self.skip(hashes);
                self.string(&format!("\"{}", "#".repeat(hashes)), false);
            } else if character == '"' {
                self.string("\"", true);
            } else if character == '\'' {
                self.quote();
            } else {
                self.keep(character.len_utf8());
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Whether the letter before belongs to the same word: `br"` begins a string, `attr"` does not occur.
    fn inside_word(&self) -> bool {
        self.text[..self.at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
    }

    fn keep(&mut self, length: usize) {
        let end = self.at + length;
        self.code.push_str(&self.text[self.at..end]);
        self.at = end;
    }

    fn skip(&mut self, length: usize) {
        let end = self.at + length;
        push_blank(&mut self.code, &self.text[self.at..end]);
        self.at = end;
    }

    /// From the opening quote to behind the closing one.
    fn string(&mut self, closing: &str, escapes: bool) {
        let opened = self.at;
        self.keep(1);
        let rest = self.rest();
        let mut end = 0;
        while end < rest.len() && !rest[end..].starts_with(closing) {
            let step = |from: usize| rest[from..].chars().next().map_or(0, char::len_utf8);
            end += if escapes && rest[end..].starts_with('\\') { 1 + step(end + 1) } else { step(end) };
        }
        self.literals.push((opened, rest[..end].to_owned()));
        self.skip(end);
        if !self.rest().is_empty() {
            self.keep(1);
            self.skip(closing.len() - 1);
        }
    }

    /// A character literal, or the tick of a lifetime.
    fn quote(&mut self) {
        let rest = self.rest();
        let mut characters = rest.char_indices().skip(1);
        let first = characters.next().map(|(_, c)| c);
        if first == Some('\\') {
            // The character after the backslash may itself be a tick.
            let end = rest[1..]
                .char_indices()
                .skip(2)
                .find(|(_, c)| *c == '\'')
                .map_or(rest.len(), |(at, _)| at + 2);
            self.skip(end);
        } else if let Some((at, '\'')) = characters.next() {
            self.skip(at + 1);
        } else {
            self.keep(1);
        }
    }
}

/// The length of `r#*"`, `br#*"` or `cr#*"` at the start, and its number of `#`.
fn raw_string(rest: &str) -> Option<(usize, usize)> {
    let letters = ["r", "br", "cr"].into_iter().find(|letters| {
        rest.strip_prefix(letters).is_some_and(|after| after.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = rest[letters.len()..].chars().take_while(|c| *c == '#').count();
    Some((letters.len() + hashes + 1, hashes))
}

/// The length of a block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The bytes of the next item under `#[cfg(test)]`, to its closing brace or semicolon.
fn test_item(code: &str, from: usize) -> Option<std::ops::Range<usize>> {
    let start = from + code[from..].find("#[cfg(test)]")?;
    let mut depth = 0_usize;
    for (at, character) in code[start..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth <= 1 => return Some(start..start + at + 1),
            '}' => depth -= 1,
            ';' if depth == 0 => return Some(start..start + at + 1),
            _ => {}
        }
    }
    Some(start..code.len())
}

fn blank(text: &mut String, range: &std::ops::Range<usize>) {
    let mut blanked = String::with_capacity(range.len());
    push_blank(&mut blanked, &text[range.clone()]);
    text.replace_range(range.clone(), &blanked);
}

/// As many bytes of white space, with the same line ends.
fn push_blank(out: &mut String, text: &str) {
    out.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        Source::read(source).literals.into_iter().map(|literal| literal.text).collect()
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        let source = Source::read(
            "let a = \"tokio\"; // tokio\n/* tokio /* tokio */ tokio */ let b = 'x';\nasync fn é() {}\n",
        );
        assert!(lines_with_word(&source.code, "tokio").is_empty(), "{}", source.code);
        assert_eq!(lines_with_word(&source.code, "async"), [3]);
        assert_eq!(
            source.code.len(),
            "let a = \"tokio\"; // tokio\n/* tokio /* tokio */ tokio */ let b = 'x';\nasync fn é() {}\n"
                .len()
        );
    }

    #[test]
    fn finds_every_kind_of_string() {
        assert_eq!(
            texts(r##"f("a\"b", r"c\", r#"d"e"#, b"f", br#"g"#, '"', '\'', 'h', x::<'i>("j\\"))"##),
            [r#"a\"b"#, r"c\", r#"d"e"#, "f", "g", r"j\\"]
        );
        let literal = &Source::read("\n\n  \"two\nlines\"").literals[0];
        assert_eq!((literal.line, literal.text.as_str()), (3, "two\nlines"));
    }

    #[test]
    fn never_stumbles_over_what_does_not_end() {
        for text in [
            "\"",
            "\"\\",
            "r#\"",
            "/*",
            "/* /*",
            "'",
            "'\\",
            "#[cfg(test)]",
            "#[cfg(test)] mod a {",
            "é'é",
            "b",
        ] {
            assert_eq!(Source::read(text).code.len(), text.len(), "{text:?}");
        }
    }

    #[test]
    fn test_items_are_left_out() {
        let source = Source::read(
            "use a;\n#[cfg(test)]\nuse tokio;\nfn f() { \"kept\" }\n#[cfg(test)]\nmod tests {\n fn t() { g(\"{\") }\n}\nfn h() {}\n",
        );
        assert!(!source.code.contains("tokio") && !source.product.contains("mod tests"));
        assert!(source.code.contains("fn f()") && source.code.contains("fn h()"));
        assert_eq!(source.literals, [Literal { line: 4, text: "kept".to_owned() }]);
    }

    #[test]
    fn a_word_is_whole() {
        assert_eq!(lines_with_word("Deserialize\nSerialize\nSerializer\n", "Serialize"), [2]);
    }

    #[test]
    fn every_file_of_the_repository_stays_balanced() {
        // A string or comment that is not recognised somewhere leaves its brackets, or swallows others.
        for file in crate::workspace::files("").unwrap().iter().filter(|file| file.is(&["rs"])) {
            let code = Source::read(&file.text).code;
            assert_eq!(code.len(), file.text.len(), "{}", file.path);
            for (open, close) in ["{}", "()", "[]"].map(|pair| pair.split_at(1)) {
                assert_eq!(code.matches(open).count(), code.matches(close).count(), "{} {open}", file.path);
            }
        }
    }
}
