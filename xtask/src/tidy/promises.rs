//! What the security document promises is held by tests that exist: each name in backticks in the last column of its tables
//! is a test of ours.

use std::collections::BTreeSet;

use crate::workspace::File;

const DOCUMENT: &str = "docs/security.md";

pub(crate) fn check(files: &[File]) -> Vec<String> {
    let tests: BTreeSet<&str> =
        files.iter().filter(|file| file.is(&["rs"])).flat_map(|file| tests(&file.text)).collect();
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path == DOCUMENT) {
        for (index, row) in file.text.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
            let column = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
            let is_head = column.trim() == "test" || column.trim().chars().all(|sign| sign == '-');
            let names: Vec<&str> = column.split('`').skip(1).step_by(2).collect();
            if names.is_empty() && !is_head {
                faults.push(format!("{DOCUMENT}:{}: no test holds this", index + 1));
            }
            for name in names.into_iter().filter(|name| !tests.contains(name)) {
                faults.push(format!("{DOCUMENT}:{}: there is no test `{name}`", index + 1));
            }
        }
    }
    faults
}

/// Names of the functions behind `#[test]` and `#[tokio::test]`, whatever else stands between.
fn tests(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_marked = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_marked = true;
        } else if let Some((_, rest)) = line.split_once("fn ")
            && std::mem::take(&mut is_marked)
        {
            names.extend(rest.split(['(', '<']).next());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_without_a_test_is_told() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let source = "#[tokio::test]\nasync fn held() {}\n\n#[test]\nfn also_held() {}\n\nfn helper() {}\n";
        let table =
            "| rule | test |\n|---|---|\n| a | `held`, `also_held` |\n| b | `helper` |\n| c | soon |\n";
        assert_eq!(
            check(&[file("crates/x/tests/a.rs", source), file(DOCUMENT, table)]),
            ["docs/security.md:4: there is no test `helper`", "docs/security.md:5: no test holds this"]
        );
    }
}
