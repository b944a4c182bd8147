//! Where the repository is, what cargo says of it, and which of its files were written by people.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::json::Json;
use crate::process::Run;

/// The repository's root: the parent of this crate's folder, wherever the caller stands.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The cargo that runs us. A bare `cargo` could be another toolchain's.
pub(crate) fn cargo() -> Run {
    Run::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// `cargo metadata` of the workspace's own packages.
pub(crate) fn metadata() -> Outcome<Json> {
    let text = cargo().args(["metadata", "--format-version", "1", "--no-deps"]).output()?;
    Json::parse(&text).map_err(|error| format!("cannot read the answer of `cargo metadata`: {error}"))
}

/// Where cargo builds: `target`, or what `CARGO_TARGET_DIR` and the configuration say.
pub(crate) fn target() -> Outcome<PathBuf> {
    let metadata = metadata()?;
    let target = metadata.get("target_directory").and_then(Json::text);
    target.map(PathBuf::from).ok_or_else(|| "`cargo metadata` names no target_directory".to_owned())
}

/// A text file of the repository.
pub(crate) struct File {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// Whether the name ends with one of these extensions.
    pub(crate) fn is(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    /// Whether all of it is test code: an integration test, or the development-only kit.
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("crates/testkit/") || self.path.split('/').any(|part| part == "tests")
    }
}

/// Folders that hold what is generated, fetched or made by other programs (then in whatever encoding they like), never
/// written by hand.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist", "demo-data", "fixtures", "__fuzz__"];

/// Folders with a dot in front that belong to us; all others are tools' own.
const OURS: &[&str] = &[".cargo", ".ci", ".config"];

/// What is read as text. Pictures and lock files are left out.
const TEXT: &[&str] = &[
    "rs", "toml", "md", "ftl", "sql", "html", "css", "ts", "mjs", "json", "sh", "xml", "csv", "txt", "snap",
];

/// All text files below `folder` (from the root; `""` is everything), sorted by path.
pub(crate) fn files(folder: &str) -> Outcome<Vec<File>> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found)?;
    found.sort_by(|a: &File, b: &File| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<File>) -> Outcome {
    let problem = |path: &Path, error: std::io::Error| format!("cannot read {}: {error}", path.display());
    for entry in fs::read_dir(folder).map_err(|error| problem(folder, error))? {
        let entry = entry.map_err(|error| problem(folder, error))?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let kind = entry.file_type().map_err(|error| problem(&path, error))?;
        if kind.is_dir() {
            let ours = if name.starts_with('.') {
                OURS.contains(&name.as_str())
            } else {
                !NOT_OURS.contains(&name.as_str())
            };
            if ours {
                walk(&path, found)?;
            }
        } else if kind.is_file() {
            let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
            if name == "package-lock.json" || !extension.is_some_and(|known| TEXT.contains(&known.as_str())) {
                continue;
            }
            let text = fs::read_to_string(&path).map_err(|error| problem(&path, error))?;
            let relative = path.strip_prefix(root()).unwrap_or(&path);
            found.push(File { path: relative.to_string_lossy().replace('\\', "/"), text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_this_file_and_nothing_generated() {
        let files = files("").unwrap();
        assert!(files.iter().any(|file| file.path == "xtask/src/workspace.rs"));
        assert!(files.iter().any(|file| file.path == ".cargo/config.toml"));
        let generated =
            |file: &&File| file.path.contains("node_modules/") || file.path.starts_with("target/");
        assert!(files.iter().find(generated).is_none());
    }

    #[test]
    fn tells_tests_from_code() {
        let file = |path: &str| File { path: path.to_owned(), text: String::new() };
        assert!(file("crates/store/tests/devices.rs").is_test());
        assert!(file("crates/testkit/src/lib.rs").is_test());
        assert!(!file("crates/store/src/device.rs").is_test());
        assert!(file("web/src/app.ts").is(&["ts"]));
    }
}
