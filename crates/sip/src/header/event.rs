//! `Event` (RFC 6665 §8.2.1): what a NOTIFY is about.

use crate::fault::Fault;
use crate::header::Name;
use crate::scan::{Params, find_outside, is_token, trim};

/// An event package with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// `check-sync`, `reg`, … in the sender's case.
    pub package: &'a [u8],
    /// `;reboot=true` and the like.
    pub params: Params<'a>,
}

impl<'a> Event<'a> {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn parse(value: &'a [u8]) -> Result<Self, Fault> {
        Self::read(trim(value)).ok_or(Fault::Malformed(Name::Event))
    }

    fn read(value: &'a [u8]) -> Option<Self> {
        let (package, params) = value.split_at(find_outside(value, b';').ok()?.unwrap_or(value.len()));
        let package = trim(package);
        if !is_token(package) {
            return None;
        }
        Some(Self { package, params: Params::parse(params).ok()? })
    }
}
