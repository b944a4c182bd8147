//! The firmware that a User-Agent names. What a phone says of itself is hostile text: nothing is believed but its shape.

/// Longer than any version that a maker writes.
const MAX_LENGTH: usize = 40;

/// The first word of a User-Agent that looks like a version: it begins with a digit, holds a dot or two hyphens, and has only
/// letters, digits and `. - + _`. Cisco's and Obihai's stand behind the model with a hyphen.
pub(crate) fn firmware_in(user_agent: &str) -> Option<&str> {
    let words = user_agent.split([' ', '/', ';', ',', '(', ')']);
    words.map(version_of).find(|word| is_version(word))
}

/// `OBi302-3.2.2.5921`, `ATA191-MPP-11-1-0-MSR4`: from the first hyphen on that a digit follows. `V:6.4.0.140-SIP`, but not
/// `MAC:14-00-E9-1F-03-EA`.
fn version_of(word: &str) -> &str {
    if let Some((label, value)) = word.split_once(':') {
        return if label == "V" { value } else { "" };
    }
    let behind = |at: usize| word.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
    match word.match_indices('-').map(|(at, _)| at).find(|at| behind(*at)) {
        Some(at) if !word.starts_with(|first: char| first.is_ascii_digit()) => &word[at + 1..],
        _ => word,
    }
}

fn is_version(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-+_".contains(&byte);
    word.len() <= MAX_LENGTH
        && word.starts_with(|first: char| first.is_ascii_digit())
        && word.bytes().all(plain)
        && (word.contains('.') || word.matches('-').count() >= 2)
}

#[cfg(test)]
mod tests {
    use super::firmware_in;

    #[test]
    fn versions_are_found_where_makers_put_them() {
        for (user_agent, firmware) in [
            ("Yealink SIP-T54W 96.86.0.100", Some("96.86.0.100")),
            ("Cisco-CP-8851-3PCC/12.0.7", Some("12.0.7")),
            ("Cisco/ATA191-MPP-11-1-0-MSR4", Some("11-1-0-MSR4")),
            ("Fanvil X6U 2.4.11 0c383e07e16c", Some("2.4.11")),
            ("Gigaset N610 IP PRO/83.V2.52.0+build.3a1c0de;7C2F80E0D605", Some("83.V2.52.0+build.3a1c0de")),
            ("Grandstream GXP2135 1.0.11.85", Some("1.0.11.85")),
            ("Mitel6920 MAC:14-00-E9-1F-03-EA V:6.4.0.140-SIP", Some("6.4.0.140-SIP")),
            ("Panasonic_KX-HDV430/09.050 (0080f0c8c381)", Some("09.050")),
            ("PolycomVVX-VVX_350-UA/6.4.6.2453", Some("6.4.6.2453")),
            ("OBIHAI/OBi302-3.2.2.5921", Some("3.2.2.5921")),
            ("snomD735/10.1.184.15", Some("10.1.184.15")),
            ("snomM300/05.20.0001", Some("05.20.0001")),
            ("Yealink", None),
            ("", None),
            ("<script>1.2.3</script>", None),
            ("=1.2+cmd|'/c calc'", None),
            ("Phone 1.2\u{202e}3", None),
        ] {
            assert_eq!(firmware_in(user_agent), firmware, "{user_agent}");
        }
        assert_eq!(firmware_in(&format!("Phone {}", "1.".repeat(60))), None);
    }
}
