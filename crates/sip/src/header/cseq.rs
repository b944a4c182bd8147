//! `CSeq` (RFC 3261 §20.16): order within a Call-ID, and the method once more.

use crate::fault::Fault;
use crate::header::Name;
use crate::method::Method;
use crate::scan::{is_space, is_token, number, trim};

/// A sequence number with its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CSeq<'a> {
    /// Below 2^31 (§8.1.1.5).
    pub number: u32,
    /// The request's method.
    pub method: Method<'a>,
}

impl<'a> CSeq<'a> {
    /// Reads `number method`.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn parse(value: &'a [u8]) -> Result<Self, Fault> {
        Self::read(trim(value)).ok_or(Fault::Malformed(Name::CSeq))
    }

    fn read(value: &'a [u8]) -> Option<Self> {
        let space = value.iter().position(|&byte| is_space(byte))?;
        let number = number(&value[..space]).filter(|number| *number < 1 << 31)?;
        let method = trim(&value[space..]);
        is_token(method).then(|| Self { number, method: Method::new(method) })
    }
}
