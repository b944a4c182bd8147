//! MAC addresses: parsed from whatever people paste, kept as a 48-bit number, written one way.

use std::fmt;

/// The address of one device. Canonical text is twelve lower-case hexadecimal digits; pages show colons.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mac(u64);

/// Why a text is not the address of a device. Each has a message in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacError {
    /// Nothing was given.
    Missing,
    /// Not twelve hexadecimal digits in one of the accepted notations.
    Malformed,
    /// A spreadsheet turned it into a number such as `1,56E+11`; it cannot be recovered.
    SpreadsheetNumber,
    /// All zero, broadcast, or a multicast address: no device owns it.
    NotADevice,
}

impl MacError {
    /// Stable code, which is also the key of its text.
    pub const fn code(self) -> &'static str {
        match self {
            MacError::Missing => "mac_missing",
            MacError::Malformed => "mac_malformed",
            MacError::SpreadsheetNumber => "mac_spreadsheet_number",
            MacError::NotADevice => "mac_not_a_device",
        }
    }
}

impl Mac {
    /// Reads any notation that people use: `001565abcdef`, `00:15:65:AB:CD:EF`, `00-15-…`, `0015.65ab.cdef`, `00 15 …`,
    /// with an optional leading `MAC`, `MAC:`, `0x` or `'`. One kind of separator, in groups of 2, 4 or 6.
    pub fn parse(text: &str) -> Result<Mac, MacError> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'));
        if text.is_empty() {
            return Err(MacError::Missing);
        }
        let digits = strip_lead(text);
        let value = match parse_digits(digits) {
            Some(value) => value,
            None if is_spreadsheet_number(digits) => return Err(MacError::SpreadsheetNumber),
            None => return Err(MacError::Malformed),
        };
        let multicast = value >> 40 & 1 == 1;
        if value == 0 || multicast { Err(MacError::NotADevice) } else { Ok(Mac(value)) }
    }

    /// From storage. `None` when the number is not the address of a device.
    pub const fn from_u64(value: u64) -> Option<Mac> {
        if value == 0 || value >> 48 != 0 || value >> 40 & 1 == 1 { None } else { Some(Mac(value)) }
    }

    /// The 48 bits, first octet highest: addresses with a common prefix are a range of numbers.
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The first three octets, which belong to a maker.
    pub const fn prefix(self) -> u32 {
        (self.0 >> 24) as u32
    }

    /// Set by software instead of a maker (bit 1 of the first octet).
    pub const fn is_locally_administered(self) -> bool {
        self.0 >> 41 & 1 == 1
    }

    /// As pages show it: `00:15:65:ab:cd:ef`.
    pub fn with_colons(self) -> String {
        let b = self.0.to_be_bytes();
        format!("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", b[2], b[3], b[4], b[5], b[6], b[7])
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}", self.0)
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mac({:012x})", self.0)
    }
}

fn strip_lead(text: &str) -> &str {
    let text = text.strip_prefix('\'').unwrap_or(text);
    match text.split_at_checked(3) {
        Some((lead, rest)) if lead.eq_ignore_ascii_case("mac") => {
            rest.trim_start_matches([':', ' ', '\u{a0}'])
        }
        _ => text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text),
    }
}

/// A million rows are read at one go, hence no allocation here.
fn parse_digits(text: &str) -> Option<u64> {
    let (mut value, mut digits, mut separator, mut width) = (0, 0_usize, None, None);
    // Digits since the last separator.
    let mut group = 0;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(16) {
            value = value << 4 | u64::from(digit);
            digits += 1;
            group += 1;
        } else if matches!(c, ':' | '-' | '.' | ' ' | '\u{a0}')
            && *separator.get_or_insert(c) == c
            && *width.get_or_insert(group) == group
        {
            group = 0;
        } else {
            return None;
        }
        if digits > 12 {
            return None;
        }
    }
    let fits = match width {
        None => true,
        Some(width) => width == group && matches!(width, 2 | 4 | 6),
    };
    (fits && digits == 12).then_some(value)
}

/// `/^\d([.,]\d+)?E\+?\d+$/i`
fn is_spreadsheet_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    whole.len() == 1 && digits(whole) && digits(fraction) && digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_one_address() {
        for text in [
            "001565abcdef",
            "00:15:65:AB:CD:EF",
            "00-15-65-ab-cd-ef",
            "0015.65ab.cdef",
            "001565 abcdef",
            "'001565abcdef",
            "MAC: 00:15:65:ab:cd:ef",
            "mac001565abcdef",
            "0x001565ABCDEF",
            " 001565abcdef\u{200b}",
            "00 15 65 ab cd ef",
        ] {
            assert_eq!(Mac::parse(text).map(|m| m.to_string()), Ok("001565abcdef".into()), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_device_says_why() {
        for (text, error) in [
            ("", MacError::Missing),
            ("  ", MacError::Missing),
            ("00:15:65:ab:cd", MacError::Malformed),
            ("00:15-65:ab:cd:ef", MacError::Malformed),
            ("001565abcdeg", MacError::Malformed),
            ("0:15:65:ab:cd:ef0", MacError::Malformed),
            ("001:565:abc:def", MacError::Malformed),
            ("00:15:65:ab:cd:ef:", MacError::Malformed),
            (":00:15:65:ab:cd:ef", MacError::Malformed),
            ("00::15:65:ab:cd:ef", MacError::Malformed),
            ("0015:65abcdef", MacError::Malformed),
            ("0x00x1565abcdef", MacError::Malformed),
            ("00:15:65:ab:cd:ef:01", MacError::Malformed),
            ("٠٠1565abcdef", MacError::Malformed),
            ("1,56E+11", MacError::SpreadsheetNumber),
            ("2E11", MacError::SpreadsheetNumber),
            ("000000000000", MacError::NotADevice),
            ("ffffffffffff", MacError::NotADevice),
            ("01005e000001", MacError::NotADevice),
        ] {
            assert_eq!(Mac::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn twelve_digits_with_an_e_are_an_address() {
        assert_eq!(Mac::parse("0015650E1234").map(|m| m.with_colons()), Ok("00:15:65:0e:12:34".into()));
    }

    proptest::proptest! {
        #[test]
        fn print_then_parse_is_identity(value in 1u64..1 << 48) {
            if let Some(mac) = Mac::from_u64(value) {
                proptest::prop_assert_eq!(Mac::parse(&mac.to_string()), Ok(mac));
                proptest::prop_assert_eq!(Mac::parse(&mac.with_colons()), Ok(mac));
            }
        }

        #[test]
        fn parse_never_panics(text in ".*") { let _ = Mac::parse(&text); }
    }
}
