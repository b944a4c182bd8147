//! A small reader of Fluent files (projectfluent.org), for comparing and checking them.
//! It does not format: the portal does that with the real library, whose tests also prove the syntax.

use std::collections::BTreeSet;

/// What stands in a checked text where a variable, a message or a selection is put in.
pub(crate) const PLACE: char = '\u{FFFC}';

/// A comment line that starts so exempts keys from "is it used?": `# used-by-code: device-state-*`.
const MARKER: &str = "used-by-code:";

/// The value of a message, of a term (`-name`) or of an attribute (`name.attribute`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// Of the key, from 1.
    pub(crate) line: usize,
    /// The arguments that it shows, without `$`.
    pub(crate) variables: BTreeSet<String>,
    /// The arguments that choose a variant.
    pub(crate) selectors: BTreeSet<String>,
    /// The messages and terms it puts in.
    pub(crate) references: BTreeSet<String>,
    /// Every piece of text that a person reads, each variant of a selection by itself.
    pub(crate) texts: Vec<String>,
}

/// A Fluent file.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) entries: Vec<Entry>,
    /// Prefixes of keys that code puts together, without the `*`.
    pub(crate) dynamic: Vec<String>,
    /// What is wrong with the file, as "line: what".
    pub(crate) errors: Vec<String>,
}

impl Catalogue {
    pub(crate) fn parse(text: &str) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let lines: Vec<&str> = text.lines().collect();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let number = at + 1;
            at += 1;
            if let Some(comment) = line.strip_prefix('#') {
                catalogue.comment(comment);
            } else if let Some((key, value)) = key_and_value(line, "") {
                // A value goes on in indented lines, and wherever a brace is still open.
                let mut body = vec![value];
                let mut depth = braces(value, 0);
                while let Some(next) = lines.get(at) {
                    if depth == 0 && !(next.starts_with(' ') || next.trim().is_empty()) {
                        break;
                    }
                    depth = braces(next, depth);
                    body.push(next);
                    at += 1;
                }
                catalogue.message(key, number, &body);
            } else if !line.trim().is_empty() {
                catalogue.errors.push(format!("{number}: neither `key = text` nor a comment nor indented"));
            }
        }
        catalogue
    }

    /// The entry of this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn comment(&mut self, comment: &str) {
        let Some(list) = comment.trim_start_matches('#').trim().strip_prefix(MARKER) else { return };
        let prefixes = list
            .split([',', ' '])
            .map(|prefix| prefix.trim_end_matches('*'))
            .filter(|prefix| !prefix.is_empty());
        self.dynamic.extend(prefixes.map(str::to_owned));
    }

    fn message(&mut self, key: &str, line: usize, body: &[&str]) {
        let mut depth = 0;
        let mut current = (key.to_owned(), line, String::new());
        for (offset, text) in body.iter().enumerate() {
            let attribute = if depth == 0 { key_and_value(text.trim_start(), ".") } else { None };
            if let Some((name, value)) = attribute {
                let next = (format!("{key}.{name}"), line + offset, value.to_owned());
                let (key, line, value) = std::mem::replace(&mut current, next);
                self.entry(key, line, &value);
            } else {
                current.2.push('\n');
                current.2.push_str(text);
            }
            depth = braces(text, depth);
        }
        let (key, line, value) = current;
        self.entry(key, line, &value);
    }

    fn entry(&mut self, key: String, line: usize, value: &str) {
        if value.trim().is_empty() {
            // A message that has only attributes.
            return;
        }
        if let Some(before) = self.get(&key) {
            self.errors.push(format!("{line}: `{key}` was already given in line {}", before.line));
        }
        let mut entry = Entry {
            key,
            line,
            variables: BTreeSet::new(),
            selectors: BTreeSet::new(),
            references: BTreeSet::new(),
            texts: Vec::new(),
        };
        if let Err(what) = pattern(value, &mut entry) {
            self.errors.push(format!("{line}: `{}`: {what}", entry.key));
        }
        self.entries.push(entry);
    }
}

/// `key = value`, where the key begins with `before` (which is taken off).
fn key_and_value<'a>(line: &'a str, before: &str) -> Option<(&'a str, &'a str)> {
    let (key, value) = line.strip_prefix(before)?.split_once('=')?;
    let key = key.trim_end();
    let name = key.strip_prefix('-').unwrap_or(key);
    let right = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    right.then_some((key, value.trim_start()))
}

/// How many braces are open after this line; braces in the strings of a placeable do not count.
fn braces(line: &str, mut depth: usize) -> usize {
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' if depth > 0 => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
}

/// Text with placeables: adds what it finds to the entry.
fn pattern(value: &str, entry: &mut Entry) -> Result<(), String> {
    let mut text = String::new();
    let mut rest = value;
    while let Some(open) = rest.find(['{', '}']) {
        text.push_str(&rest[..open]);
        if rest[open..].starts_with('}') {
            return Err("a `}` without its `{`".to_owned());
        }
        let inside = &rest[open + 1..];
        let close = closing(inside).ok_or("a `{` without its `}`")?;
        text.push_str(&placeable(&inside[..close], entry)?);
        rest = &inside[close + 1..];
    }
    text.push_str(rest);
    // Fluent takes the indentation off; a line end is white space to a browser.
    let lines: Vec<&str> =
        text.lines().map(|line| line.trim_matches(' ')).filter(|line| !line.is_empty()).collect();
    entry.texts.push(lines.join("\n"));
    Ok(())
}

/// Where the brace closes that was open before `inside`.
fn closing(inside: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_usize, false);
    for (at, character) in inside.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted && depth == 0 => return Some(at),
            '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What stands between braces: an expression, or a selection with its variants. Gives what it is in the text.
fn placeable(inside: &str, entry: &mut Entry) -> Result<String, String> {
    let Some((selector, variants)) = inside.split_once("->") else { return expression(inside, entry) };
    let shown = std::mem::take(&mut entry.variables);
    expression(selector, entry)?;
    entry.selectors.append(&mut std::mem::replace(&mut entry.variables, shown));
    let mut default = false;
    let (mut depth, mut current) = (0, None::<String>);
    for line in variants.lines() {
        let start = line.trim_start();
        if depth == 0 && (start.starts_with('[') || start.starts_with("*[")) {
            default |= start.starts_with('*');
            let (_, text) = start.split_once(']').ok_or("a variant without its `]`")?;
            if let Some(before) = current.replace(text.to_owned()) {
                pattern(&before, entry)?;
            }
        } else if let Some(current) = &mut current {
            current.push('\n');
            current.push_str(line);
        } else if !start.is_empty() {
            return Err("text before the first variant".to_owned());
        }
        depth = braces(line, depth);
    }
    pattern(&current.ok_or("a selection without variants")?, entry)?;
    if default { Ok(PLACE.to_string()) } else { Err("a selection without a default, `*[other]`".to_owned()) }
}

/// A variable, a string, a number, a function with arguments, a message or a term.
fn expression(expression: &str, entry: &mut Entry) -> Result<String, String> {
    let expression = expression.trim();
    if let Some(quoted) = expression.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return Ok(unescape(quoted));
    }
    if expression.is_empty() {
        return Err("an empty `{ }`".to_owned());
    }
    // Strings among a function's arguments name no message.
    for (index, piece) in expression.split('"').enumerate() {
        if index % 2 == 1 {
            continue;
        }
        let names = piece.split(|c: char| !(c.is_ascii_alphanumeric() || "$-_.".contains(c)));
        for name in names.filter(|name| !name.is_empty()) {
            if let Some(variable) = name.strip_prefix('$') {
                entry.variables.insert(variable.to_owned());
            } else if is_reference(name) && !is_option(piece, name) {
                entry.references.insert(name.to_owned());
            }
        }
    }
    Ok(PLACE.to_string())
}

/// A message or a term; functions are in capitals, numbers begin with a digit.
fn is_reference(name: &str) -> bool {
    name.strip_prefix('-').unwrap_or(name).starts_with(|c: char| c.is_ascii_lowercase())
}

/// Whether the name is that of an option, `NUMBER($n, minimumFractionDigits: 2)`.
fn is_option(piece: &str, name: &str) -> bool {
    piece.split_once(name).is_some_and(|(_, after)| after.trim_start().starts_with(':'))
}

/// `\u00A0` and the like, so that they are checked as what they are.
fn unescape(quoted: &str) -> String {
    let mut text = String::new();
    let mut rest = quoted;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let code = after.strip_prefix('u').and_then(|digits| digits.get(..4));
        let character = code.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        if let Some(character) = character {
            text.push(character);
            rest = &after[5..];
        } else {
            text.extend(after.chars().next());
            rest = after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"### Everything
# used-by-code: state-*, cause-*
-brand = Tonalite
title = Devices of { -brand }
    .aria-label = All { $count } devices

lines =
    { $count ->
        [one] { $count } line of { $site }
       *[other] { NUMBER($count, minimumFractionDigits: 0) } lines
    } registered
space = a{"\u00A0"}: { title }
only-attribute =
    .label = Yes
"#;

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn reads_messages_attributes_and_terms() {
        let catalogue = Catalogue::parse(SAMPLE);
        assert_eq!(catalogue.errors, Vec::<String>::new());
        let keys: Vec<(&str, usize)> =
            catalogue.entries.iter().map(|entry| (entry.key.as_str(), entry.line)).collect();
        assert_eq!(
            keys,
            [
                ("-brand", 3),
                ("title", 4),
                ("title.aria-label", 5),
                ("lines", 7),
                ("space", 12),
                ("only-attribute.label", 14)
            ]
        );
        assert_eq!(catalogue.dynamic, ["state-", "cause-"]);
        assert_eq!(names(&catalogue.get("title").unwrap().references), ["-brand"]);
        assert_eq!(names(&catalogue.get("title.aria-label").unwrap().variables), ["count"]);
    }

    #[test]
    fn reads_selections_into_their_variants() {
        let catalogue = Catalogue::parse(SAMPLE);
        let lines = catalogue.get("lines").unwrap();
        assert_eq!(names(&lines.variables), ["count", "site"]);
        assert_eq!(names(&lines.selectors), ["count"]);
        let chosen = Catalogue::parse("a = { $form ->\n [one] x\n *[other] { $n }\n }").entries.remove(0);
        assert_eq!((names(&chosen.selectors), names(&chosen.variables)), (vec!["form"], vec!["n"]));
        assert_eq!(names(&lines.references), Vec::<&str>::new());
        assert_eq!(lines.texts, ["\u{FFFC} line of \u{FFFC}", "\u{FFFC} lines", "\u{FFFC} registered"]);
        assert_eq!(catalogue.get("space").unwrap().texts, ["a\u{A0}: \u{FFFC}"]);
    }

    #[test]
    fn tells_what_is_wrong() {
        for (text, what) in [
            ("a = x\na = y", "2: `a` was already given in line 1"),
            ("not a message", "1: neither"),
            ("a = { $n", "without its `}`"),
            ("a = }", "without its `{`"),
            ("a = { $n ->\n [one] x\n }", "without a default"),
            ("a = { }", "an empty"),
        ] {
            let errors = Catalogue::parse(text).errors.join("; ");
            assert!(errors.contains(what), "{text:?} gave {errors:?}");
        }
    }
}
