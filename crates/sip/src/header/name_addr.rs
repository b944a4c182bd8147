//! `name-addr` and `addr-spec`: the form of From, To, Contact, Path and Route (RFC 3261 §20.10, §25.1).

use std::borrow::Cow;

use memchr::memchr;

use crate::scan::{Param, Params, Unbalanced, find_outside, quoted_len, trim, unquote};
use crate::uri::{Uri, UriFault};

/// A display name, a URI and the header's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameAddr<'a> {
    display: &'a [u8],
    /// The URI as written, without `<>`.
    pub uri_text: &'a [u8],
    /// The *header's* parameters: without `<>` all parameters are the header's, not the URI's (§20.10).
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads one element. The URI itself is not looked at, and a display name may hold any bytes: phones send
    /// Latin-1, commas and worse, and nobody needs the name to know whom a registration is for.
    ///
    /// # Errors
    /// A quote or bracket that is not closed, an empty URI, text after `>`, or a bare URI with `?` or `,`.
    pub fn parse(element: &'a [u8]) -> Result<Self, Unbalanced> {
        let element = trim(element);
        let (display, uri_text, params) = match find_bracket(element)? {
            Some(open) => {
                let close = open + memchr(b'>', &element[open..]).ok_or(Unbalanced)?;
                (trim(&element[..open]), trim(&element[open + 1..close]), &element[close + 1..])
            }
            None => {
                let end = find_outside(element, b';')?.unwrap_or(element.len());
                let uri = trim(&element[..end]);
                if memchr::memchr3(b'?', b',', b'"', uri).is_some() {
                    return Err(Unbalanced);
                }
                (&element[..0], uri, &element[end..])
            }
        };
        if uri_text.is_empty() {
            return Err(Unbalanced);
        }
        let params = trim(params);
        if !params.is_empty() && !params.starts_with(b";") {
            return Err(Unbalanced);
        }
        Ok(Self { display, uri_text, params: Params::parse(params)? })
    }

    /// The URI, read.
    ///
    /// # Errors
    /// As [`Uri::parse`].
    pub fn uri(&self) -> Result<Uri<'a>, UriFault> {
        Uri::parse(self.uri_text)
    }

    /// The name to show, without quotes; empty when there is none. Not necessarily UTF-8.
    #[must_use]
    pub fn display(&self) -> Cow<'a, [u8]> {
        unquote(self.display)
    }

    /// The `tag` of From and To.
    #[must_use]
    pub fn tag(&self) -> Option<&'a [u8]> {
        self.param("tag").and_then(|param| param.value)
    }

    /// A parameter of the header.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<Param<'a>> {
        self.params.get(name)
    }
}

/// The `<` that opens the URI: quoted strings before it are skipped whole.
fn find_bracket(element: &[u8]) -> Result<Option<usize>, Unbalanced> {
    let mut at = 0;
    while let Some(rest) = element.get(at..)
        && let Some(next) = memchr::memchr3(b'"', b'<', b';', rest)
    {
        at += next;
        match element[at] {
            b'<' => return Ok(Some(at)),
            // A `;` before any bracket: a bare URI with parameters, whose quoted values may hold brackets.
            b';' => return Ok(None),
            _ => at += quoted_len(&element[at..]).ok_or(Unbalanced)?,
        }
    }
    Ok(None)
}
