//! SIP, SIPS and TEL URIs: parts, the canonical address-of-record, and the comparison of RFC 3261 §19.1.4.

use std::fmt::{self, Write as _};

use memchr::memchr;

use crate::scan::{Params, port};

/// The schemes that a phone or its registrar can mean something by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:` (RFC 3966); its number is the [`Uri::user`], its host is empty.
    Tel,
}

/// Why a text is not a URI that we can work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriFault {
    /// Not a URI.
    Malformed,
    /// A URI, of a scheme that we do not know.
    Scheme,
}

/// A URI, split; every part borrows the sender's bytes, escapes and all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Uri<'a> {
    /// Which scheme.
    pub scheme: Scheme,
    /// User part before `:` and `@`; may hold `;`, `?` and `/`.
    pub user: Option<&'a [u8]>,
    /// What stands between `:` and `@`. Ignored by us, yet part of the comparison.
    pub password: Option<&'a [u8]>,
    /// Host name or address in the sender's case; an IPv6 address keeps its brackets.
    pub host: &'a [u8],
    /// Port, when written: absent is not the same as 5060.
    pub port: Option<u16>,
    /// `;transport=…` and the like.
    pub params: Params<'a>,
    /// What follows `?`, without it; empty when there is none.
    pub headers: &'a [u8],
}

impl fmt::Debug for Uri<'_> {
    /// Without the password: URIs end up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.unwrap_or_default();
        write!(f, "{:?}:{}@{}", self.scheme, user.escape_ascii(), self.host.escape_ascii())
    }
}

impl<'a> Uri<'a> {
    /// Splits a URI as it stands between `<>`, in a request line, or bare.
    ///
    /// # Errors
    /// [`UriFault::Scheme`] for a well-formed URI of another scheme, [`UriFault::Malformed`] for all else.
    pub fn parse(text: &'a [u8]) -> Result<Self, UriFault> {
        if text.iter().any(|&byte| byte <= b' ' || matches!(byte, 0x7f | b'<' | b'>' | b'"')) {
            return Err(UriFault::Malformed);
        }
        let colon = memchr(b':', text).ok_or(UriFault::Malformed)?;
        let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
        if scheme.eq_ignore_ascii_case(b"sip") {
            Self::parse_sip(Scheme::Sip, rest)
        } else if scheme.eq_ignore_ascii_case(b"sips") {
            Self::parse_sip(Scheme::Sips, rest)
        } else if scheme.eq_ignore_ascii_case(b"tel") {
            Self::parse_tel(rest)
        } else if is_scheme(scheme) && !rest.is_empty() {
            Err(UriFault::Scheme)
        } else {
            Err(UriFault::Malformed)
        }
    }

    fn parse_sip(scheme: Scheme, rest: &'a [u8]) -> Result<Self, UriFault> {
        // `@` must be escaped everywhere but here (RFC 3261 §25.1), so the first one ends the user part, even
        // where that part holds `;` or `?`.
        let (user, password, rest) = match memchr(b'@', rest) {
            None => (None, None, rest),
            Some(at) => {
                let (info, rest) = (&rest[..at], &rest[at + 1..]);
                match memchr(b':', info) {
                    None => (Some(info), None, rest),
                    Some(colon) => (Some(&info[..colon]), Some(&info[colon + 1..]), rest),
                }
            }
        };
        if user.is_some_and(<[u8]>::is_empty) {
            return Err(UriFault::Malformed);
        }
        let (rest, headers) = match memchr(b'?', rest) {
            None => (rest, &rest[rest.len()..]),
            Some(mark) => (&rest[..mark], &rest[mark + 1..]),
        };
        let (host_port, params) = rest.split_at(memchr(b';', rest).unwrap_or(rest.len()));
        let (host, port) = parse_host_port(host_port).ok_or(UriFault::Malformed)?;
        let params = Params::parse(params).map_err(|_| UriFault::Malformed)?;
        Ok(Self { scheme, user, password, host, port, params, headers })
    }

    fn parse_tel(rest: &'a [u8]) -> Result<Self, UriFault> {
        let (number, params) = rest.split_at(memchr(b';', rest).unwrap_or(rest.len()));
        if number.is_empty() {
            return Err(UriFault::Malformed);
        }
        let params = Params::parse(params).map_err(|_| UriFault::Malformed)?;
        let (host, headers): (&[u8], &[u8]) = (&[], &[]);
        Ok(Self {
            scheme: Scheme::Tel,
            user: Some(number),
            password: None,
            host,
            port: None,
            params,
            headers,
        })
    }

    /// Appends the canonical address-of-record (RFC 3261 §10.3 step 5): `sip:user@host`, escapes resolved, host in
    /// lower case, without password, parameters and headers. The user keeps its case. The port goes too: phones
    /// write the registrar's there, and no domain of ours has one.
    pub fn write_aor(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self.scheme {
            Scheme::Sip | Scheme::Sips => b"sip:",
            Scheme::Tel => b"tel:",
        });
        if let Some(user) = self.user {
            out.extend(Unescaped(user).map(|(byte, _)| byte));
            if self.scheme != Scheme::Tel {
                out.push(b'@');
            }
        }
        self.write_domain(out);
    }

    /// Appends the host in lower case, without the dot of a fully qualified name.
    pub fn write_domain(&self, out: &mut Vec<u8>) {
        let host = self.host.strip_suffix(b".").unwrap_or(self.host);
        out.extend(host.iter().map(u8::to_ascii_lowercase));
    }

    /// Whether two URIs name the same resource by RFC 3261 §19.1.4. Not transitive, as the RFC itself says.
    #[must_use]
    pub fn is_equivalent(&self, other: &Uri<'_>) -> bool {
        self.scheme == other.scheme
            && same_text(self.user, other.user)
            && same_text(self.password, other.password)
            && self.host.eq_ignore_ascii_case(other.host)
            && self.port == other.port
            && params_agree(self.params, other.params)
            && params_agree(other.params, self.params)
            && headers_within(self.headers, other.headers)
            && headers_within(other.headers, self.headers)
    }
}

/// Escapes what must not stand in the user part of a SIP URI (RFC 3261 §25.1).
#[must_use]
pub fn escape_user(user: &str) -> String {
    let mut escaped = String::with_capacity(user.len());
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// The same URI with another user, and without a password; `None` for what is no SIP URI.
#[must_use]
pub fn with_user(text: &str, user: &str) -> Option<String> {
    let uri = Uri::parse(text.as_bytes()).ok().filter(|uri| uri.scheme != Scheme::Tel)?;
    let (scheme, rest) = text.split_once(':')?;
    // As when it was split: the first `@` ends the user part.
    let host = if uri.user.is_some() { rest.split_once('@')?.1 } else { rest };
    Some(format!("{scheme}:{}@{host}", escape_user(user)))
}

/// Splits `host[:port]`; brackets around an IPv6 address stay.
pub(crate) fn parse_host_port(text: &[u8]) -> Option<(&[u8], Option<u16>)> {
    let host_len = if text.first() == Some(&b'[') {
        let close = memchr(b']', text)?;
        let inner = &text[1..close];
        // Not parsed as an address: RFC 5118 §4.10 asks to bear the `:::` that RFC 3261's own grammar produces.
        if !inner.contains(&b':') || !inner.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        {
            return None;
        }
        close + 1
    } else {
        let len = memchr(b':', text).unwrap_or(text.len());
        // `_` is no host name, yet it stands in the configuration of many a network.
        if len == 0
            || !text[..len].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        {
            return None;
        }
        len
    };
    let (host, rest) = text.split_at(host_len);
    match rest.strip_prefix(b":") {
        Some(digits) => Some((host, Some(port(digits)?))),
        None if rest.is_empty() => Some((host, None)),
        None => None,
    }
}

fn is_scheme(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Bytes with `%HH` resolved; the flag says that an escape hid a reserved character, which is then not the same as
/// the character itself. A `%` that begins no escape stands for itself.
struct Unescaped<'a>(&'a [u8]);

impl Iterator for Unescaped<'_> {
    type Item = (u8, bool);

    fn next(&mut self) -> Option<(u8, bool)> {
        let (&first, rest) = self.0.split_first()?;
        if first == b'%'
            && let [high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            self.0 = after;
            let byte = high << 4 | low;
            return Some((byte, b";/?:@&=+$,".contains(&byte)));
        }
        self.0 = rest;
        Some((first, false))
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn same_text(a: Option<&[u8]>, b: Option<&[u8]>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => Unescaped(a).eq(Unescaped(b)),
        _ => false,
    }
}

fn same_text_any_case(a: &[u8], b: &[u8]) -> bool {
    let lower = |(byte, reserved): (u8, bool)| (byte.to_ascii_lowercase(), reserved);
    Unescaped(a).map(lower).eq(Unescaped(b).map(lower))
}

/// Each parameter of `a` that `b` has too must agree; these five must be in both or in none.
fn params_agree(a: Params<'_>, b: Params<'_>) -> bool {
    const NEVER_IGNORED: [&str; 5] = ["transport", "user", "ttl", "method", "maddr"];
    // The cap keeps a hostile URI from costing the square of a datagram's length.
    a.iter().nth(32).is_none()
        && a.iter().all(|param| match b.iter().find(|other| same_text_any_case(param.name, other.name)) {
            Some(other) => {
                same_text_any_case(param.value.unwrap_or_default(), other.value.unwrap_or_default())
            }
            None => !NEVER_IGNORED.iter().any(|name| same_text_any_case(param.name, name.as_bytes())),
        })
}

/// Each header of `a` stands in `b` with the same value.
fn headers_within(a: &[u8], b: &[u8]) -> bool {
    fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
        text.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
            let equals = memchr(b'=', pair).unwrap_or(pair.len());
            (&pair[..equals], pair.get(equals + 1..).unwrap_or_default())
        })
    }
    pairs(a).nth(32).is_none()
        && pairs(a).all(|(name, value)| {
            pairs(b).any(|(other, its)| same_text_any_case(name, other) && same_text(Some(value), Some(its)))
        })
}
