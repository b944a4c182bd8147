//! The firmware that a User-Agent names. What a phone says of itself is hostile text: nothing is believed but its shape.

/// Longer than any version that a maker writes.
const MAX_LENGTH: usize = 40;

/// The first word of a User-Agent that looks like a version: it begins with a digit, holds a dot or two hyphens, and has only
/// letters, digits and `. - +`. An underscore ends it: Poly and Cisco write the MAC address behind one.
pub(crate) fn firmware_in(user_agent: &str) -> Option<&str> {
    // Snom's phones call themselves a browser over HTTP; that browser's version is older than the phone.
    let browser = user_agent.strip_prefix("Mozilla/").and_then(|rest| rest.split_once(';'));
    let own = browser.map_or(user_agent, |(_, own)| own);
    let words = own.split([' ', '/', ';', ',', '(', ')', '_']);
    words.map(version_of).find(|word| is_version(word))
}

/// `OBi302-3.2.2.5921` and `SPA-942-6.1.5`: the part with dots behind a hyphen. `ATA191-MPP-11-1-0-MSR4` has none: from the
/// first hyphen on that a digit follows. `V:6.4.0.140-SIP`, but not `MAC:14-00-E9-1F-03-EA`.
fn version_of(word: &str) -> &str {
    if let Some((label, value)) = word.split_once(':') {
        return if label == "V" { value } else { "" };
    }
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        return word;
    }
    let mut numbered = word
        .match_indices('-')
        .map(|(at, _)| &word[at + 1..])
        .filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let dotted = |rest: &&str| rest.split('-').next().is_some_and(|part| part.contains('.'));
    numbered.clone().find(dotted).or_else(|| numbered.next()).unwrap_or(word)
}

fn is_version(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
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
            ("Yealink SIP-T46G 28.83.0.120 00:15:65:4a:a9:37", Some("28.83.0.120")),
            ("Cisco-CP-8851-3PCC/12.0.7", Some("12.0.7")),
            ("Cisco-CP-7832-3PCC/11.0.1 (00562b043615)", Some("11.0.1")),
            ("Cisco-CP-8865-3PCC/12.0.3_dcf719f39350_0a_0b", Some("12.0.3")),
            ("Cisco/ATA191-MPP-11-1-0-MSR4", Some("11-1-0-MSR4")),
            ("Cisco/SPA501G-7.4.4 (8843E157DDCC)(CBT141100HR)", Some("7.4.4")),
            ("Linksys/SPA-942-6.1.5(a) (88019FA42805)", Some("6.1.5")),
            ("Fanvil X6U 2.4.11 0c383e07e16c", Some("2.4.11")),
            ("Fanvil X5U-V2 2.12.16.17 0c383e07e16c", Some("2.12.16.17")),
            ("Gigaset N610 IP PRO/83.V2.52.0+build.3a1c0de;7C2F80E0D605", Some("83.V2.52.0+build.3a1c0de")),
            ("Gigaset N720 DM PRO/70.089.00.000.000;7C2F80CA21E4", Some("70.089.00.000.000")),
            ("Grandstream GXP2135 1.0.11.85", Some("1.0.11.85")),
            ("Grandstream Model HW HT801 V1.1A SW 1.0.17.5 DevId c074ad0b63ee", Some("1.0.17.5")),
            ("Mitel6920 MAC:14-00-E9-1F-03-EA V:6.4.0.140-SIP", Some("6.4.0.140-SIP")),
            ("Panasonic_KX-HDV430/09.050 (0080f0c8c381)", Some("09.050")),
            ("PolycomVVX-VVX_350-UA/6.4.6.2453", Some("6.4.6.2453")),
            ("PolycomVVX-VVX_150-UA/6.4.1.2280_482567164887", Some("6.4.1.2280")),
            ("FileTransport PolycomVVX-VVX_450-UA/5.9.5.0614 Type/Application", Some("5.9.5.0614")),
            ("OBIHAI/OBi302-3.2.2.5921", Some("3.2.2.5921")),
            ("snomD735/10.1.184.15", Some("10.1.184.15")),
            ("snomM300/05.20.0001", Some("05.20.0001")),
            ("snomM700/03.23.0005 (MAC=0004136323B2; SER=00000; HW=255)", Some("03.23.0005")),
            (
                "Mozilla/4.0 (compatible; snom715-SIP 8.7.5.35 1.1.5-IFX-05.01.12 000413741767)",
                Some("8.7.5.35"),
            ),
            ("Mozilla/4.0 (compatible; Snom M700 05.20.0001 000413b60680)", Some("05.20.0001")),
            ("Grandstream Model HW HT802V2 V1.0A", None),
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
