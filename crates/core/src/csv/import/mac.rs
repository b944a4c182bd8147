//! The address in a cell, and what happened to it on its way: the rules of [`crate::mac`], and what spreadsheets and
//! eyes do to addresses.

use crate::mac::{Mac, MacError};

/// Why a cell holds no address of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacFault {
    /// It is blank.
    Missing,
    /// It is no address. If letters were taken for digits, which address it is with digits.
    Malformed(Option<Mac>),
    /// It is the address of no device.
    NotADevice,
    /// A spreadsheet made a number of it, and the digits are lost.
    SpreadsheetNumber,
    /// A spreadsheet took it for a number and dropped the zeros before it.
    DroppedZeros {
        /// Digits that are left.
        digits: usize,
        /// The address with the zeros, if it can be one.
        padded: Option<Mac>,
    },
}

/// Reads a cell.
///
/// # Errors
/// Why it is no address.
pub fn read_mac(text: &str) -> Result<Mac, MacFault> {
    Mac::parse(text).map_err(|error| match error {
        MacError::Missing => MacFault::Missing,
        MacError::NotADevice => MacFault::NotADevice,
        MacError::SpreadsheetNumber => MacFault::SpreadsheetNumber,
        MacError::Malformed if is_short_number(text) => {
            MacFault::DroppedZeros { digits: text.len(), padded: Mac::parse(&format!("{text:0>12}")).ok() }
        }
        MacError::Malformed => MacFault::Malformed(with_digits(text)),
    })
}

fn is_short_number(text: &str) -> bool {
    text.len() < 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The same with zeros and ones where somebody read letters.
fn with_digits(text: &str) -> Option<Mac> {
    // The longest notation, with "MAC: " before it, has 22 characters.
    if text.len() > 32 {
        return None;
    }
    let digits: String = text
        .chars()
        .map(|c| match c {
            'O' | 'o' => '0',
            'I' | 'i' | 'l' | 'L' => '1',
            c => c,
        })
        .collect();
    Mac::parse(&digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_to_addresses() {
        let mac = |value| Mac::from_u64(value);
        let malformed = MacFault::Malformed;
        for (text, expected) in [
            ("00:15:65:12:34:56", Ok(0x0015_6512_3456)),
            ("MAC: 00-15-65-12-34-56", Ok(0x0015_6512_3456)),
            ("806512345678", Ok(0x8065_1234_5678)),
            ("", Err(MacFault::Missing)),
            ("OO:15:65:I2:34:56", Err(malformed(mac(0x0015_6512_3456)))),
            ("ool565l23456", Err(malformed(mac(0x0015_6512_3456)))),
            ("mac:oo1565l23456", Err(malformed(mac(0x0015_6512_3456)))),
            ("OO:00:00:00:00:OO", Err(malformed(None))),
            ("00:15:65:12:34", Err(malformed(None))),
            ("00:15-65:12:34:56", Err(malformed(None))),
            ("Accueil", Err(malformed(None))),
            ("ff:ff:ff:ff:ff:ff", Err(MacFault::NotADevice)),
            ("000000000000", Err(MacFault::NotADevice)),
            ("01:00:5e:00:00:01", Err(MacFault::NotADevice)),
            ("1,56E+11", Err(MacFault::SpreadsheetNumber)),
            ("1.56E+11", Err(MacFault::SpreadsheetNumber)),
            ("8e16", Err(MacFault::SpreadsheetNumber)),
            ("1565123456", Err(MacFault::DroppedZeros { digits: 10, padded: mac(0x0015_6512_3456) })),
            ("1", Err(MacFault::DroppedZeros { digits: 1, padded: mac(1) })),
            ("0", Err(MacFault::DroppedZeros { digits: 1, padded: None })),
            ("1565123456,0", Err(malformed(None))),
            ("15651234567890", Err(malformed(None))),
        ] {
            assert_eq!(read_mac(text).map(Mac::as_u64), expected, "{text:?}");
        }
    }
}
