//! What a room of the house may not contain: SQL outside the store, sockets in pure crates, and their like.
//! Text checks on code without comments, strings and tests. A hole they leave is the reviewer's.

use crate::rust_source::{Source, lines_with_word};
use crate::workspace::File;

/// Words that may not occur in the code of some crates.
struct Rule {
    words: &'static [&'static str],
    /// Crates (folders below `crates/`) that the rule is for; with `except` the crates that it is not for.
    crates: Crates,
    why: &'static str,
}

enum Crates {
    Only(&'static [&'static str]),
    Except(&'static [&'static str]),
}

const RULES: &[Rule] = &[
    Rule {
        words: &["Serialize", "Deserialize"],
        crates: Crates::Only(&["core"]),
        why: "nothing in core has a wire form: wire types live in http::api, rows in store",
    },
    Rule {
        words: &["async", "tokio", "std::fs", "std::process", "std::env", "std::thread", "fs::File"],
        crates: Crates::Only(&["core", "catalog", "sip", "provision"]),
        why: "pure crates do no I/O and have no async: same input, same output",
    },
    Rule {
        // Address types of std::net are plain data, and welcome everywhere.
        words: &["UdpSocket", "ToSocketAddrs"],
        crates: Crates::Except(&["registrar", "phones", "tonalite", "testkit"]),
        why: "only the registrar knows the phones' sockets",
    },
    Rule {
        words: &["TcpListener", "TcpStream"],
        crates: Crates::Except(&["http", "registrar", "phones", "tonalite", "testkit"]),
        why: "only the edges speak to the network",
    },
    Rule {
        words: &["TcpListener::bind", "TcpStream::connect"],
        crates: Crates::Only(&["http"]),
        why: "http is given its listener by the binary, and calls nobody",
    },
    Rule {
        words: &["axum", "tower_http", "hyper"],
        crates: Crates::Except(&["http", "tonalite", "testkit"]),
        why: "only http speaks HTTP",
    },
    Rule {
        // SIP has status codes too: they belong to the crates left out here.
        words: &["StatusCode"],
        crates: Crates::Only(&["core", "catalog", "provision", "store", "app"]),
        why: "only http knows status codes: give a core::Error, the edge chooses",
    },
    Rule {
        words: &["sqlx"],
        crates: Crates::Except(&["store", "testkit"]),
        why: "only store speaks to a database",
    },
];

/// How an SQL statement begins, word for word. Upper case only, as all of ours is.
const STATEMENTS: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "CREATE UNIQUE ",
    "CREATE VIRTUAL ",
    "CREATE VIEW ",
    "CREATE SCHEMA ",
    "CREATE TRIGGER ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "WITH RECURSIVE ",
    "PRAGMA ",
    "BEGIN IMMEDIATE",
    "ATTACH DATABASE ",
];

/// sqlx refuses statements put together at run time, but for this wrapper.
const UNCHECKED: &str = "AssertSqlSafe";

pub(crate) fn check(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut unchecked = Vec::new();
    for file in files.iter().filter(|file| file.is(&["rs"]) && !file.is_test()) {
        let Some(folder) = folder(&file.path) else { continue };
        let source = Source::read(&file.text);
        for rule in RULES.iter().filter(|rule| rule.is_for(folder)) {
            for word in rule.words {
                for line in lines_with_word(&source.code, word) {
                    faults.push(format!("{}:{line}: `{word}` in {folder}: {}", file.path, rule.why));
                }
            }
        }
        if folder != "store" {
            for literal in source.literals.iter().filter(|literal| is_sql(&literal.text)) {
                faults.push(format!(
                    "{}:{}: SQL in {folder}: only store contains SQL",
                    file.path, literal.line
                ));
            }
        }
        if !lines_with_word(&source.code, UNCHECKED).is_empty() {
            unchecked.push(file.path.as_str());
        }
    }
    if unchecked.len() > 1 || unchecked.iter().any(|path| !path.starts_with("crates/store/")) {
        faults.push(format!(
            "`{UNCHECKED}` may stand in one file of store, where it is argued, and stands in: {}",
            unchecked.join(", ")
        ));
    }
    faults
}

impl Rule {
    fn is_for(&self, folder: &str) -> bool {
        match self.crates {
            Crates::Only(folders) => folders.contains(&folder),
            Crates::Except(folders) => !folders.contains(&folder),
        }
    }
}

/// The crate's folder below `crates/`, for files of its `src`.
fn folder(path: &str) -> Option<&str> {
    let (folder, rest) = path.strip_prefix("crates/")?.split_once('/')?;
    rest.starts_with("src/").then_some(folder)
}

fn is_sql(literal: &str) -> bool {
    // A literal may begin with a line end, escaped or not.
    let text = literal.trim_start_matches([' ', '\n', '\\', '\t']);
    STATEMENTS.iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str) -> Vec<String> {
        super::check(&[File { path: path.to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn each_room_is_kept_clean() {
        for (path, text) in [
            ("crates/core/src/a.rs", "use serde::Serialize;"),
            ("crates/catalog/src/a.rs", "async fn f() {}"),
            ("crates/sip/src/a.rs", "use std::net::{IpAddr, UdpSocket};"),
            ("crates/core/src/a.rs", "let text = std::fs::read(path);"),
            ("crates/app/src/a.rs", "use axum::http::StatusCode;"),
            ("crates/app/src/a.rs", "let q = \"SELECT id FROM device\";"),
            ("crates/http/src/a.rs", "let q = \"\\\n    DELETE FROM device\";"),
            ("crates/http/src/a.rs", "let socket = UdpSocket::bind(a);"),
            ("crates/http/src/a.rs", "let listener = TcpListener::bind(a);"),
            ("crates/app/src/a.rs", "fn f(listener: TcpListener) {}"),
            ("crates/app/src/a.rs", "let q = AssertSqlSafe(text);"),
            ("crates/tonalite/src/a.rs", "sqlx::query(q);"),
        ] {
            assert!(!check(path, text).is_empty(), "{path}: {text}");
        }
    }

    #[test]
    fn what_is_in_its_room_passes() {
        for (path, text) in [
            (
                "crates/core/src/a.rs",
                "//! No async, no Serialize.\nconst EN: &str = include_str!(\"en.ftl\");",
            ),
            ("crates/sip/src/a.rs", "use std::net::IpAddr;"),
            ("crates/sip/src/a.rs", "pub struct StatusCode(u16);"),
            ("crates/store/src/a.rs", "let q = AssertSqlSafe(\"SELECT 1\");"),
            ("crates/http/src/a.rs", "use axum::http::StatusCode; // UPDATE device"),
            ("crates/app/src/a.rs", "let message = \"SELECTED\"; let m = \"Update now\";"),
            ("crates/app/src/a.rs", "#[cfg(test)]\nmod tests { const Q: &str = \"SELECT 1\"; }"),
            ("crates/app/tests/a.rs", "const Q: &str = \"SELECT 1\";"),
            ("crates/registrar/src/a.rs", "UdpSocket::bind(a);"),
            ("crates/http/src/a.rs", "fn serve(listener: TcpListener) {}"),
        ] {
            assert_eq!(check(path, text), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn unchecked_statements_have_one_home() {
        let file = |path: &str| File { path: path.to_owned(), text: "AssertSqlSafe(a)".to_owned() };
        assert_eq!(super::check(&[file("crates/store/src/a.rs")]), Vec::<String>::new());
        assert_eq!(super::check(&[file("crates/store/src/a.rs"), file("crates/store/src/b.rs")]).len(), 1);
    }
}
