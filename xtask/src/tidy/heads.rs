//! Every Rust file says at its head what lives there, and holds one noun: 400 lines is the alarm.

use crate::workspace::File;

/// Above it a file is named, so that somebody looks whether it still holds one noun.
const ALARM: usize = 400;

/// Above it nobody needs to look.
const TOO_LONG: usize = 800;

const CODE: &[&str] = &["rs", "ts", "css", "html", "mjs"];

pub(crate) fn check(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.is(CODE)) {
        if file.is(&["rs"]) && !file.text.starts_with("//!") {
            faults
                .push(format!("{}:1: begins without `//!`: what lives here, and what does not?", file.path));
        }
        let lines = file.text.lines().count();
        if lines > TOO_LONG {
            faults
                .push(format!("{}: {lines} lines, above {TOO_LONG}: take it apart by its nouns", file.path));
        }
    }
    faults
}

/// Files above the alarm that are not yet a fault.
pub(crate) fn long(files: &[File]) -> Vec<String> {
    let code = files.iter().filter(|file| file.is(CODE));
    let sizes = code.map(|file| (file, file.text.lines().count()));
    let long = sizes.filter(|(_, lines)| (ALARM + 1..=TOO_LONG).contains(lines));
    long.map(|(file, lines)| format!("warning: {}: {lines} lines; does it still hold one noun?", file.path))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_sizes() {
        let file = |path: &str, text: String| File { path: path.to_owned(), text };
        let files = [
            file("a.rs", "//! Says it.\n".to_owned()),
            file("b.rs", "use a;\n".to_owned()),
            file("c.rs", "//! Long.\n".repeat(401)),
            file("d.ts", "x\n".repeat(801)),
        ];
        let faults = check(&files);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("b.rs:1:") && faults[1].starts_with("d.ts: 801"), "{faults:?}");
        let warnings = long(&files);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("c.rs: 401"), "{warnings:?}");
    }
}
