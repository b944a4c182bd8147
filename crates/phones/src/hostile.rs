//! A phone that tries whatever shows its words: markup, formulas, control characters, bytes that are no text.
//! All of it is allowed in SIP or bent as real phones bend it, so that it registers and the words arrive.

use std::net::SocketAddr;

use crate::config::PhoneConfig;

/// Begins like a formula, ends an attribute and a script, turns the writing direction, and colours a terminal.
const USER_AGENT: &str = "=HYPERLINK(\"http://evil.example\";\"+1\") </script>'\"><script>alert(1)</script> \
                          \u{202e}enohp\u{202c} \u{1b}[31m\u{7f} ;--\t{{7*7}} ${7*7} %00%0d%0a";

/// Markup, then a byte order mark cut short and a surrogate: no UTF-8.
const DISPLAY_NAME: &[u8] =
    b"<script>alert(1)</script> =1+1 \"; DROP TABLE line; -- \xef\xbb \xed\xa0\x80 \xff";

const CONTACT_PARAMS: &[u8] =
    b";note=\"<img src=x onerror=alert(1)>\";formula=\"@SUM(1+1)\";odd=\"\xc3\x28\x1b\"";

impl PhoneConfig {
    /// A phone whose `User-Agent`, display name and contact parameters are an attack on whoever shows them.
    pub fn hostile(
        username: impl Into<String>,
        domain: impl Into<String>,
        password: impl Into<String>,
        registrar: SocketAddr,
    ) -> PhoneConfig {
        PhoneConfig::new(username, domain, password, registrar).with_hostile_words()
    }

    /// The same phone with hostile words.
    #[must_use]
    pub fn with_hostile_words(self) -> PhoneConfig {
        PhoneConfig {
            user_agent: USER_AGENT.to_owned(),
            display_name: Some(DISPLAY_NAME.to_vec()),
            contact_params: CONTACT_PARAMS.to_vec(),
            ..self
        }
    }
}
