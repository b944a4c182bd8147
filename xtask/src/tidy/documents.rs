//! Documents tell the truth about files: each path in backticks and each relative link must lead somewhere.

use std::path::Path;

use crate::workspace::File;

/// What makes a word with a `/` in it a path of this repository.
const EXTENSIONS: &[&str] = &[
    "rs", "toml", "md", "ftl", "sql", "ts", "css", "html", "json", "mjs", "sh", "yml", "yaml", "lock", "png",
    "svg",
];

const FOLDERS: &[&str] = &["crates/", "docs/", "xtask/", "web/", ".ci/", ".cargo/", ".config/"];

/// Made by commands, so absent from a fresh clone: what is told of them cannot be looked up.
const GENERATED: &[&str] = &["web/dist", "web/node_modules", "target/", "demo-data"];

pub(crate) fn check(files: &[File], root: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.is(&["md"])) {
        let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
        let exists = |path: &str, bases: &[&Path]| {
            GENERATED.iter().any(|generated| path.starts_with(generated))
                || bases.iter().any(|base| base.join(path).exists())
        };
        for (line, text) in prose(&file.text) {
            for path in mentions(text) {
                if !exists(path, &[root, &root.join(folder)]) {
                    faults.push(format!("{}:{line}: `{path}` does not exist", file.path));
                }
            }
            for link in links(text) {
                if !exists(link, &[&root.join(folder)]) {
                    faults.push(format!("{}:{line}: the link to {link} leads nowhere", file.path));
                }
            }
        }
    }
    faults
}

/// The lines outside fenced blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((index + 1, line))
    })
}

/// Words inside backticks that look like a path of this repository.
fn mentions(line: &str) -> Vec<&str> {
    let spans = line.split('`').skip(1).step_by(2);
    spans.flat_map(str::split_whitespace).filter_map(path_in).collect()
}

fn path_in(word: &str) -> Option<&str> {
    let word =
        word.trim_end_matches(['.', ',', ';', ':', ')', '"', '\'']).trim_start_matches(['(', '"', '\'', '.']);
    let word = word.strip_prefix('/').map_or(word, |_| "");
    // A line number behind it, an anchor.
    let word = word.split(['#', ':']).next().unwrap_or(word);
    let made_up = word.contains(['*', '{', '}', '<', '>', '$', '?', '=', '[', '…', '|', '\\']);
    if made_up || word.contains("//") || !word.contains('/') {
        return None;
    }
    let extension = word.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension));
    let known = FOLDERS.iter().any(|folder| word.starts_with(folder));
    (extension || known).then_some(word)
}

/// Targets of `[text](target)` that are files.
fn links(line: &str) -> Vec<&str> {
    let targets = line.match_indices("](").filter_map(|(at, _)| line[at + 2..].split_once(')'));
    let targets = targets.filter_map(|(target, _)| target.split(['#', ' ']).next());
    targets
        .filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::root;

    #[test]
    fn paths_are_told_from_other_words() {
        let line = "`xtask/src/main.rs`, `cargo run crates/x`, `a/b`, `text/csv`, `/api/v1/devices.csv`, \
                    `crates/*/src/lib.rs`, `docs/{en,fr}`, `https://example.net/a.html`, `(web/src/app.ts:12)`, xtask/no.rs";
        assert_eq!(mentions(line), ["xtask/src/main.rs", "crates/x", "web/src/app.ts"]);
    }

    #[test]
    fn what_does_not_exist_is_told() {
        let text = "See `xtask/src/main.rs`, `src/main.rs` and `xtask/src/nothing.rs`.\n```\n`docs/none.md`\n```\n\
                    [here](src/json.rs#top) [there](src/gone.rs) [far](https://example.net/a.rs) `web/dist/app.js`\n";
        let file = File { path: "xtask/README.md".to_owned(), text: text.to_owned() };
        assert_eq!(
            check(&[file], root()),
            [
                "xtask/README.md:1: `xtask/src/nothing.rs` does not exist",
                "xtask/README.md:5: the link to src/gone.rs leads nowhere",
            ]
        );
    }
}
