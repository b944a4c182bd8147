//! Digest authentication, both sides (RFC 7616, RFC 8760, RFC 3261 §22): challenges, answers, and their check.
//! No `-sess` algorithms and no `auth-int`: no phone needs them.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

use md5::Md5;
use memchr::memchr;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::fault::Fault;
use crate::header::Name;
use crate::scan::{List, inside_quotes, is_space, trim, unquote};

/// A hash that challenges name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `MD5`; also meant where no algorithm is named.
    Md5,
    /// `SHA-256`
    Sha256,
}

impl Algorithm {
    /// As it stands in headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    fn parse(text: &[u8]) -> Option<Self> {
        [Self::Md5, Self::Sha256]
            .into_iter()
            .find(|known| text.eq_ignore_ascii_case(known.as_str().as_bytes()))
    }

    fn hash(self, parts: &[&[u8]]) -> Hex {
        fn run<D: sha2::Digest>(parts: &[&[u8]]) -> Hex {
            let mut hash = D::new();
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    hash.update(b":");
                }
                hash.update(part);
            }
            Hex::encode(&hash.finalize())
        }
        match self {
            Self::Md5 => run::<Md5>(parts),
            Self::Sha256 => run::<Sha256>(parts),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A hash in lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Hex {
    digits: [u8; 64],
    len: usize,
}

impl Hex {
    fn encode(hash: &[u8]) -> Self {
        let mut hex = Self { digits: [b'0'; 64], len: (hash.len() * 2).min(64) };
        for (pair, byte) in hex.digits.chunks_exact_mut(2).zip(hash) {
            pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        hex
    }

    fn as_bytes(&self) -> &[u8] {
        &self.digits[..self.len]
    }
}

/// The hash of user name, realm and password: as good as the password within its realm, hence without `Debug`.
/// Kept as bytes, since a registrar keeps a million of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Ha1 {
    algorithm: Algorithm,
    hash: [u8; 32],
}

impl Ha1 {
    /// From the password.
    #[must_use]
    pub fn new(algorithm: Algorithm, username: &[u8], realm: &[u8], password: &[u8]) -> Self {
        let hex = algorithm.hash(&[username, realm, password]);
        // Digits that were just made from bytes can be read back.
        Self::from_hex(hex.as_bytes()).unwrap_or(Self { algorithm, hash: [0; 32] })
    }

    /// From its hexadecimal digits, as fleets are imported; `None` unless they are 32 (MD5) or 64 (SHA-256).
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        let algorithm = match text.len() {
            32 => Algorithm::Md5,
            64 => Algorithm::Sha256,
            _ => return None,
        };
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(text.chunks_exact(2)) {
            *byte = u8::try_from(hex_number(pair)?).ok()?;
        }
        Some(Self { algorithm, hash })
    }

    /// Which hash it is.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn hex(&self) -> Hex {
        let len = match self.algorithm {
            Algorithm::Md5 => 16,
            Algorithm::Sha256 => 32,
        };
        Hex::encode(&self.hash[..len])
    }
}

/// *Quality of protection* as the client states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qop {
    /// Absent, as in RFC 2069: no nonce count, no client nonce.
    Absent,
    /// `auth`
    Auth,
    /// Anything else; its response cannot be right.
    Other,
}

/// An `Authorization` or `Proxy-Authorization` of scheme Digest. Texts are as they stood between the quotes.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    username: &'a [u8],
    /// The realm that it answers for.
    pub realm: &'a [u8],
    /// The nonce that it answers.
    pub nonce: &'a [u8],
    /// The URI that its hash covers: phones write it loosely, so it is not compared with the Request-URI.
    pub uri: &'a [u8],
    /// `None`: named, but none that we know.
    pub algorithm: Option<Algorithm>,
    /// Quality of protection.
    pub qop: Qop,
    /// The nonce count; `None` when absent or no hexadecimal number.
    pub nonce_count: Option<u32>,
    response: &'a [u8],
    cnonce: &'a [u8],
    nc_text: &'a [u8],
}

impl<'a> Credentials<'a> {
    /// Reads the header's value; `Ok(None)` for another scheme.
    ///
    /// # Errors
    /// [`Fault::Malformed`] when a quote is not closed, or one of `username`, `realm`, `nonce`, `uri`, `response` is
    /// absent.
    pub fn parse(value: &'a [u8]) -> Result<Option<Self>, Fault> {
        let malformed = Fault::Malformed(Name::Authorization);
        let Some(fields) = digest_fields(value) else { return Ok(None) };
        let [mut username, mut realm, mut nonce, mut uri, mut response] = [None::<&[u8]>; 5];
        let (mut algorithm, mut qop) = (Some(Algorithm::Md5), Qop::Absent);
        let [mut cnonce, mut nc_text]: [&[u8]; 2] = [b"", b""];
        for field in List::new(fields) {
            let (name, value) = split_field(field.map_err(|_| malformed)?);
            // Quoted or not is not asked: old Polycom and Cisco quote qop and algorithm.
            let value = inside_quotes(value);
            match () {
                () if is(name, "username") => username = Some(value),
                () if is(name, "realm") => realm = Some(value),
                () if is(name, "nonce") => nonce = Some(value),
                () if is(name, "uri") => uri = Some(value),
                () if is(name, "response") => response = Some(value),
                () if is(name, "cnonce") => cnonce = value,
                () if is(name, "nc") => nc_text = value,
                () if is(name, "algorithm") => algorithm = Algorithm::parse(value),
                () if is(name, "qop") => {
                    qop = if value.eq_ignore_ascii_case(b"auth") { Qop::Auth } else { Qop::Other };
                }
                () => {}
            }
        }
        Ok(Some(Self {
            username: username.ok_or(malformed)?,
            realm: realm.ok_or(malformed)?,
            nonce: nonce.ok_or(malformed)?,
            uri: uri.ok_or(malformed)?,
            algorithm,
            qop,
            nonce_count: hex_number(nc_text),
            response: response.ok_or(malformed)?,
            cnonce,
            nc_text,
        }))
    }

    /// The user name, escapes resolved.
    #[must_use]
    pub fn username(&self) -> Cow<'a, [u8]> {
        if memchr(b'\\', self.username).is_none() {
            return Cow::Borrowed(self.username);
        }
        let mut quoted = Vec::with_capacity(self.username.len() + 2);
        quoted.push(b'"');
        quoted.extend_from_slice(self.username);
        quoted.push(b'"');
        Cow::Owned(unquote(&quoted).into_owned())
    }

    /// Whether the response is the one that this password and method give. Constant time in the digits; digits of
    /// either case. Says nothing about the nonce.
    #[must_use]
    pub fn verify(&self, ha1: &Ha1, method: &[u8]) -> bool {
        let right = match self.qop {
            Qop::Absent => response_2069(ha1, self.nonce, method, self.uri),
            Qop::Auth | Qop::Other => {
                response_auth(ha1, self.nonce, self.nc_text, self.cnonce, method, self.uri)
            }
        };
        let mut given = Hex { digits: [b'0'; 64], len: right.len };
        for (digit, byte) in given.digits.iter_mut().zip(self.response) {
            *digit = byte.to_ascii_lowercase();
        }
        let equal = given.digits[..right.len].ct_eq(right.as_bytes());
        bool::from(equal)
            && self.response.len() == right.len
            && self.qop != Qop::Other
            && self.algorithm == Some(ha1.algorithm)
    }
}

fn response_auth(ha1: &Ha1, nonce: &[u8], nc: &[u8], cnonce: &[u8], method: &[u8], uri: &[u8]) -> Hex {
    let ha2 = ha1.algorithm.hash(&[method, uri]);
    ha1.algorithm.hash(&[ha1.hex().as_bytes(), nonce, nc, cnonce, b"auth", ha2.as_bytes()])
}

fn response_2069(ha1: &Ha1, nonce: &[u8], method: &[u8], uri: &[u8]) -> Hex {
    let ha2 = ha1.algorithm.hash(&[method, uri]);
    ha1.algorithm.hash(&[ha1.hex().as_bytes(), nonce, ha2.as_bytes()])
}

/// A `WWW-Authenticate` or `Proxy-Authenticate` of scheme Digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge<'a> {
    /// Between the quotes.
    pub realm: &'a [u8],
    /// Between the quotes.
    pub nonce: &'a [u8],
    /// To be sent back unchanged.
    pub opaque: Option<&'a [u8]>,
    /// Which hash.
    pub algorithm: Algorithm,
    /// Whether `auth` is offered; without it the answer is that of RFC 2069.
    pub qop_auth: bool,
    /// The password was right, only the nonce is too old: no need to ask anybody.
    pub stale: bool,
}

impl<'a> Challenge<'a> {
    /// Reads the header's value; `None` when it is of another scheme, of an algorithm that we do not know, or broken.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        let [mut realm, mut nonce, mut opaque] = [None::<&[u8]>; 3];
        let (mut algorithm, mut qop_auth, mut stale) = (Some(Algorithm::Md5), false, false);
        for field in List::new(digest_fields(value)?) {
            let (name, value) = split_field(field.ok()?);
            let value = inside_quotes(value);
            match () {
                () if is(name, "realm") => realm = Some(value),
                () if is(name, "nonce") => nonce = Some(value),
                () if is(name, "opaque") => opaque = Some(value),
                () if is(name, "algorithm") => algorithm = Algorithm::parse(value),
                () if is(name, "stale") => stale = value.eq_ignore_ascii_case(b"true"),
                () if is(name, "qop") => {
                    qop_auth = value.split(|&b| b == b',').any(|one| trim(one).eq_ignore_ascii_case(b"auth"));
                }
                () => {}
            }
        }
        Some(Self { realm: realm?, nonce: nonce?, opaque, algorithm: algorithm?, qop_auth, stale })
    }

    /// Appends the value of a challenge header. The realm must hold neither quotes nor line ends, as no domain does.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"Digest realm=\"");
        out.extend_from_slice(self.realm);
        out.extend_from_slice(b"\", nonce=\"");
        out.extend_from_slice(self.nonce);
        out.push(b'"');
        if let Some(opaque) = self.opaque {
            out.extend_from_slice(b", opaque=\"");
            out.extend_from_slice(opaque);
            out.push(b'"');
        }
        if self.stale {
            out.extend_from_slice(b", stale=true");
        }
        out.extend_from_slice(b", algorithm=");
        out.extend_from_slice(self.algorithm.as_str().as_bytes());
        if self.qop_auth {
            out.extend_from_slice(b", qop=\"auth\"");
        }
    }

    /// Appends the value of the header that answers this challenge, for the client's side. `nonce_count` begins at 1
    /// for each nonce; `cnonce` is any text without quotes.
    pub fn answer(&self, out: &mut Vec<u8>, who: &Answer<'_>) {
        let ha1 = Ha1::new(self.algorithm, who.username, self.realm, who.password);
        let nc = Hex::encode(&who.nonce_count.to_be_bytes());
        let response = if self.qop_auth {
            response_auth(&ha1, self.nonce, nc.as_bytes(), who.cnonce, who.method, who.uri)
        } else {
            response_2069(&ha1, self.nonce, who.method, who.uri)
        };
        let quoted: [(&[u8], &[u8]); 5] = [
            (b"Digest username", who.username),
            (b", realm", self.realm),
            (b", nonce", self.nonce),
            (b", uri", who.uri),
            (b", response", response.as_bytes()),
        ];
        for (name, value) in quoted.into_iter().chain(self.opaque.map(|opaque| (&b", opaque"[..], opaque))) {
            out.extend_from_slice(name);
            out.extend_from_slice(b"=\"");
            out.extend_from_slice(value);
            out.push(b'"');
        }
        out.extend_from_slice(b", algorithm=");
        out.extend_from_slice(self.algorithm.as_str().as_bytes());
        if self.qop_auth {
            out.extend_from_slice(b", cnonce=\"");
            out.extend_from_slice(who.cnonce);
            // Writing into a Vec cannot fail.
            let _ = write!(out, "\", qop=auth, nc={:08x}", who.nonce_count);
        }
    }
}

/// What a client puts into its answer to a [`Challenge`].
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// Auth user.
    pub username: &'a [u8],
    /// Its password.
    pub password: &'a [u8],
    /// The request's method.
    pub method: &'a [u8],
    /// The Request-URI.
    pub uri: &'a [u8],
    /// The client's own random text.
    pub cnonce: &'a [u8],
    /// How often this nonce was answered, this time included.
    pub nonce_count: u32,
}

/// What follows the word `Digest`.
fn digest_fields(value: &[u8]) -> Option<&[u8]> {
    let value = trim(value);
    let (scheme, rest) = value.split_at_checked(6)?;
    (scheme.eq_ignore_ascii_case(b"Digest") && rest.first().is_some_and(|&byte| is_space(byte)))
        .then(|| trim(rest))
}

/// `name=value`; the whole name is compared later, so that `cnonce` is never taken for `nonce`.
fn split_field(field: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b'=', field) {
        Some(equals) => (trim(&field[..equals]), trim(&field[equals + 1..])),
        None => (field, b""),
    }
}

fn is(name: &[u8], wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted.as_bytes())
}

fn hex_number(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 8 {
        return None;
    }
    text.iter().try_fold(0, |sum, &digit| Some(sum << 4 | char::from(digit).to_digit(16)?))
}
