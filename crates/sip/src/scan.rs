//! The lexical ground that all headers share: white space, tokens, quoted strings, lists, parameters.
//! Folded lines are not rewritten: CR and LF inside a value count as white space here.

use std::borrow::Cow;

use memchr::memchr;

/// White space inside a header value; CR and LF can only be there as part of a fold.
#[must_use]
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The value without white space (or folds) at its ends.
#[must_use]
pub fn trim(value: &[u8]) -> &[u8] {
    trim_start(trim_end(value))
}

/// `token` of RFC 3261 §25.1: at least one byte, all of the allowed kinds.
#[must_use]
pub fn is_token(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(|&byte| is_token_byte(byte))
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// A decimal number that fits 32 bits; digits only.
#[must_use]
pub fn number(value: &[u8]) -> Option<u32> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u32, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// A port: 1 to 65535.
#[must_use]
pub fn port(value: &[u8]) -> Option<u16> {
    number(value).and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0)
}

/// The value on one line: each fold, with the white space around it, becomes one space (RFC 3261 §7.3.1).
#[must_use]
pub fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'\r', b'\n', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut line = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        line.extend_from_slice(trim_end(&rest[..at]));
        line.push(b' ');
        rest = trim_start(&rest[at..]);
    }
    line.extend_from_slice(rest);
    Cow::Owned(line)
}

fn trim_start(mut value: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = value
        && is_space(*first)
    {
        value = rest;
    }
    value
}

pub(crate) fn trim_end(mut value: &[u8]) -> &[u8] {
    while let [rest @ .., last] = value
        && is_space(*last)
    {
        value = rest;
    }
    value
}

/// A token or quoted string without its quotes and backslashes.
#[must_use]
pub fn unquote(value: &[u8]) -> Cow<'_, [u8]> {
    let [b'"', inner @ .., b'"'] = value else { return Cow::Borrowed(value) };
    if memchr(b'\\', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(&byte) = bytes.next() {
        if byte == b'\\' {
            text.extend(bytes.next());
        } else {
            text.push(byte);
        }
    }
    Cow::Owned(text)
}

/// The value between its quotes, escapes untouched: what a digest is computed over.
#[must_use]
pub fn inside_quotes(value: &[u8]) -> &[u8] {
    if let [b'"', inner @ .., b'"'] = value { inner } else { value }
}

/// Length of the quoted string that `value` begins with, both quotes included; `None`: it never ends.
pub(crate) fn quoted_len(value: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', value.get(at..)?)?;
        if value[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// A quote or an angle bracket that is never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbalanced;

/// Where `wanted` first stands outside quoted strings and angle brackets. Linear: a bracket without its partner
/// ends the search.
pub(crate) fn find_outside(value: &[u8], wanted: u8) -> Result<Option<usize>, Unbalanced> {
    let mut at = 0;
    while let Some(&byte) = value.get(at) {
        if byte == wanted {
            return Ok(Some(at));
        }
        at += match byte {
            b'"' => quoted_len(&value[at..]).ok_or(Unbalanced)?,
            b'<' => memchr(b'>', &value[at..]).ok_or(Unbalanced)? + 1,
            _ => 1,
        };
    }
    Ok(None)
}

/// The elements of a comma-separated value, trimmed; an empty element is yielded as empty bytes.
#[derive(Clone, Debug)]
pub struct List<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> List<'a> {
    /// The elements of one header line's value.
    #[must_use]
    pub fn new(value: &'a [u8]) -> Self {
        Self { rest: Some(value) }
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Result<&'a [u8], Unbalanced>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        Some(match find_outside(rest, b',') {
            Ok(Some(comma)) => {
                self.rest = Some(&rest[comma + 1..]);
                Ok(trim(&rest[..comma]))
            }
            Ok(None) => Ok(trim(rest)),
            Err(unbalanced) => Err(unbalanced),
        })
    }
}

/// `;name=value` parameters as they stand in the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params<'a>(&'a [u8]);

impl<'a> Params<'a> {
    /// Takes what follows the value proper: empty, or beginning with `;`.
    ///
    /// # Errors
    /// When a quote is not closed, a name is no token, or a parameter is empty. One `;` at the very end is
    /// forgiven: phones send it.
    pub fn parse(text: &'a [u8]) -> Result<Self, Unbalanced> {
        let text = trim(text);
        let text = text.strip_suffix(b";").unwrap_or(text);
        let params = Self(text);
        let mut rest = text;
        while let Some((param, after)) = next_param(rest)? {
            if !is_token(param.name) {
                return Err(Unbalanced);
            }
            rest = after;
        }
        if rest.is_empty() { Ok(params) } else { Err(Unbalanced) }
    }

    /// The parameters in their order.
    pub fn iter(self) -> impl Iterator<Item = Param<'a>> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            // `parse` has walked the same bytes: an error cannot come, and would only end the walk.
            let (param, after) = next_param(rest).ok().flatten()?;
            rest = after;
            Some(param)
        })
    }

    /// The first parameter of that name, names without regard to case.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Param<'a>> {
        self.iter().find(|param| param.name.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The bytes as they came, with the first `;`.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

/// One parameter; both parts trimmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param<'a> {
    /// Its name, in the sender's case.
    pub name: &'a [u8],
    /// What follows `=`, quotes included; `None` without `=`.
    pub value: Option<&'a [u8]>,
}

fn next_param(rest: &[u8]) -> Result<Option<(Param<'_>, &[u8])>, Unbalanced> {
    let Some(rest) = rest.strip_prefix(b";") else { return Ok(None) };
    let end = find_outside(rest, b';')?.unwrap_or(rest.len());
    let (one, after) = rest.split_at(end);
    let param = match memchr(b'=', one) {
        Some(equals) => Param { name: trim(&one[..equals]), value: Some(trim(&one[equals + 1..])) },
        None => Param { name: trim(one), value: None },
    };
    Ok(Some((param, after)))
}
