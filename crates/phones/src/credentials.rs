//! The credentials file of a simulated fleet: one `username;domain;password` a line. No phones are made here.

use std::fmt;
use std::io::{self, BufRead, Read as _};
use std::net::SocketAddr;

use crate::config::{Password, PhoneConfig};

/// Bytes that a line may have: a user name, a domain and a password of 255 each leave room to spare.
const MAX_LINE: usize = 1024;

/// Faults that are collected before reading stops: a file of another format has one in each of its million lines.
const MAX_FAULTS: usize = 20;

/// One line's way to register. No `Debug`: it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// User part of the address of record, and user name of the digest.
    pub username: String,
    /// SIP domain.
    pub domain: String,
    /// All that follows the second semicolon.
    pub password: Password,
}

impl Credential {
    /// A well-behaved phone with this line.
    #[must_use]
    pub fn into_phone(self, registrar: SocketAddr) -> PhoneConfig {
        PhoneConfig { password: self.password, ..PhoneConfig::new(self.username, self.domain, "", registrar) }
    }
}

/// What is wrong with one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialFault {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong; never the line itself, which holds a password.
    pub problem: &'static str,
}

impl fmt::Display for CredentialFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

/// Why a credentials file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// It could not be read.
    #[error("cannot read the credentials: {0}")]
    Io(#[from] io::Error),
    /// These lines are wrong (the first twenty).
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<CredentialFault>),
}

/// Reads up to `limit` rows. Empty lines, lines that begin with `#` and a heading `username;domain;password` are passed
/// over; a byte order mark and CRLF do no harm.
///
/// # Errors
/// What the reader says, or every wrong line up to twenty.
pub fn read_credentials(mut reader: impl BufRead, limit: usize) -> Result<Vec<Credential>, CredentialError> {
    let (mut credentials, mut faults) = (Vec::new(), Vec::new());
    let mut line = Vec::new();
    let mut number = 0;
    while credentials.len() < limit && faults.len() < MAX_FAULTS {
        line.clear();
        number += 1;
        let bound = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        if reader.by_ref().take(bound).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let whole = line.ends_with(b"\n") || line.len() < MAX_LINE;
        match if whole { parse(&line, number) } else { Err("longer than 1,024 bytes") } {
            Ok(Some(credential)) => credentials.push(credential),
            Ok(None) => {}
            Err(problem) => faults.push(CredentialFault { line: number, problem }),
        }
        if !whole {
            // What follows is the rest of the same line: nothing after it can be numbered or trusted.
            break;
        }
    }
    if faults.is_empty() { Ok(credentials) } else { Err(CredentialError::Faults(faults)) }
}

fn parse(line: &[u8], number: usize) -> Result<Option<Credential>, &'static str> {
    let text = std::str::from_utf8(line).map_err(|_| "not UTF-8")?;
    let text = if number == 1 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() || text.starts_with('#') || number == 1 && text == "username;domain;password" {
        return Ok(None);
    }
    let mut fields = text.splitn(3, ';');
    let (Some(username), Some(domain), Some(password)) = (fields.next(), fields.next(), fields.next()) else {
        return Err("three fields are wanted: username;domain;password");
    };
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\');
    if username.is_empty() || !username.chars().all(|c| is_plain(c) && c != '@') {
        return Err("the username is empty or has characters that no SIP user has");
    }
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if domain.is_empty() || !domain.chars().all(is_host) {
        return Err("the domain is empty or no host name");
    }
    if password.is_empty() || password.chars().any(char::is_control) {
        return Err("the password is empty or has control characters");
    }
    Ok(Some(Credential {
        username: username.to_owned(),
        domain: domain.to_owned(),
        password: Password::new(password),
    }))
}

#[cfg(test)]
mod tests {
    use super::{CredentialError, read_credentials};

    /// Line and the beginning of what is said of it.
    type Faults = &'static [(usize, &'static str)];

    #[test]
    fn rows_are_read() {
        let file = "\u{feff}username;domain;password\r\nk7q2;one.example;s3cret\r\n\n# a remark\nb-8!;[::1]:5060;a;b;c\nlast;x;y";
        let read = read_credentials(file.as_bytes(), 100).ok().unwrap();
        let rows: Vec<(&str, &str, &[u8])> =
            read.iter().map(|c| (&*c.username, &*c.domain, c.password.as_bytes())).collect();
        assert_eq!(
            rows,
            [("k7q2", "one.example", &b"s3cret"[..]), ("b-8!", "[::1]:5060", b"a;b;c"), ("last", "x", b"y"),]
        );
        let phone = read[1].clone().into_phone("192.0.2.1:5060".parse().unwrap());
        assert_eq!((phone.username.as_str(), phone.domain.as_str()), ("b-8!", "[::1]:5060"));
        assert_eq!(phone.password.as_bytes(), b"a;b;c");
        assert_eq!(read_credentials(file.as_bytes(), 2).ok().unwrap().len(), 2);
        assert_eq!(read_credentials(&b""[..], 2).ok().unwrap().len(), 0);
    }

    #[test]
    fn wrong_rows_are_all_told_with_their_lines_and_without_passwords() {
        let long = format!("a;b;{}\n", "x".repeat(2000));
        let cases: Vec<(&[u8], Faults)> = vec![
            (b"a;b\n", &[(1, "three fields")]),
            (b"a;b;c\nu\nw;;p\n", &[(2, "three fields"), (3, "the domain")]),
            (b";b;c\n", &[(1, "the username")]),
            (b"a b;b;c\n", &[(1, "the username")]),
            (b"a@b;b;c\n", &[(1, "the username")]),
            (b"a;b;\n", &[(1, "the password")]),
            (b"a;b;\xff\n", &[(1, "not UTF-8")]),
            (long.as_bytes(), &[(1, "longer than")]),
        ];
        for (file, expected) in cases {
            let Err(CredentialError::Faults(faults)) = read_credentials(file, 100) else {
                panic!("{file:?} was read");
            };
            assert_eq!(faults.len(), expected.len(), "{file:?}: {faults:?}");
            for (fault, (line, problem)) in faults.iter().zip(expected) {
                assert_eq!(fault.line, *line);
                assert!(fault.problem.starts_with(problem), "{fault}");
            }
        }
        let many = "nothing\n".repeat(1000);
        let Err(error) = read_credentials(many.as_bytes(), 100) else { panic!("was read") };
        assert_eq!(error.to_string().lines().count(), 20);
    }
}
