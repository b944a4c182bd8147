//! Every text of the product, in English and French, out of one Fluent catalogue (`locales/`).
//! A missing key is a fault that `cargo xtask l10n` finds; at run time the key itself is shown, never another language.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::error::{Error, FieldError};
use crate::feature::FeatureOff;
use crate::party::Feature;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::English, Language::French];

    /// BCP 47 tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
        }
    }

    /// Reads a tag; regions (`fr-CA`) count as their language.
    pub fn parse(text: &str) -> Option<Language> {
        let primary = text.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.as_str()))
    }

    /// The first language of an `Accept-Language` header that we speak, by descending weight (RFC 9110 §12.5.4).
    pub fn negotiate(accept_language: &str) -> Language {
        let mut best = (0, Language::default());
        for item in accept_language.split(',').take(32) {
            let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
            let weight = match parameters.trim().strip_prefix("q=") {
                None => 1000,
                Some(q) => q.trim().parse::<f32>().map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0) as i32),
            };
            if let Some(language) = Language::parse(tag.trim())
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The texts in this language.
    pub fn locale(self) -> Locale {
        Locale(self)
    }
}

/// Argument of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A number, which may choose a plural form. Written with the language's thousands separator.
    Number(i64),
    /// Any text.
    Text(String),
}

impl From<i64> for Arg {
    fn from(n: i64) -> Self {
        Arg::Number(n)
    }
}
impl From<u16> for Arg {
    fn from(n: u16) -> Self {
        Arg::Number(i64::from(n))
    }
}
impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Arg::Text(text.to_owned())
    }
}
impl From<String> for Arg {
    fn from(text: String) -> Self {
        Arg::Text(text)
    }
}

/// The texts of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale(Language);

impl Locale {
    /// The language.
    pub const fn language(&self) -> Language {
        self.0
    }

    /// A text without arguments.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with arguments.
    pub fn with(&self, key: &str, args: &[(&str, Arg)]) -> String {
        let bundle = bundle(self.0);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut values = FluentArgs::new();
        for (name, value) in args {
            match value {
                Arg::Number(n) => values.set(*name, FluentValue::from(*n)),
                Arg::Text(text) => values.set(*name, FluentValue::from(text.as_str())),
            }
        }
        let mut problems = Vec::new();
        bundle.format_pattern(pattern, Some(&values), &mut problems).into_owned()
    }

    /// Whether the catalogue has the key.
    pub fn has(&self, key: &str) -> bool {
        bundle(self.0).has_message(key)
    }

    /// A whole number with the language's thousands separator: `1,204`, `1 204`.
    pub fn number(&self, n: i64) -> String {
        group_thousands(n, self.0)
    }

    /// What is wrong with one field, in words.
    pub fn field_error(&self, error: &FieldError) -> String {
        let args: Vec<(&str, Arg)> =
            error.args.iter().map(|(name, value)| (*name, Arg::from(value.as_str()))).collect();
        self.with(&format!("error-{}", error.code), &args)
    }

    /// The error as a whole, in words. Says nothing of its private cause.
    pub fn error(&self, error: &Error) -> String {
        match error {
            Error::Taken(field) | Error::Conflict(field) => self.field_error(field),
            Error::TooMany(span) | Error::Unavailable(span) => {
                self.with(&format!("error-{}", error.code()), &[("seconds", span.seconds_up().into())])
            }
            Error::FeatureDisabled(off) => self.feature_off(off),
            _ => self.text(&format!("error-{}", error.code())),
        }
    }

    /// That a feature is off here, who can switch it on, and whom to ask.
    pub fn feature_off(&self, off: &FeatureOff) -> String {
        let feature = self.feature(off.feature);
        if !off.feature.exists() {
            return self.with("feature_off-missing", &[("feature", feature.into())]);
        }
        let party = off.party.as_ref().map_or_else(String::new, |party| party.name.clone());
        let why = if off.switched { "feature_off-switched" } else { "feature_off-never" };
        let who = match &off.who {
            Some(who) => self.with("feature_off-who", &[("who", who.name.as_str().into())]),
            None => self.text("feature_off-platform"),
        };
        let args = [
            ("why", self.with(why, &[("feature", feature.into()), ("party", party.into())]).into()),
            ("who", who.into()),
        ];
        let said = self.with("error-feature_disabled", &args);
        match off.contact.as_ref().and_then(|contact| Some((contact, contact.reached.as_deref()?))) {
            Some((contact, reached)) => format!("{said} {}", self.contact(&contact.party, reached)),
            None => said,
        }
    }

    /// "Cordial Télécom: +33 4 78 00 00 00". What is typed there is anybody's.
    pub fn contact(&self, party: &str, reached: &str) -> String {
        self.with("feature_off-contact", &[("party", party.into()), ("reached", reached.into())])
    }

    /// Name of a feature.
    pub fn feature(&self, feature: Feature) -> String {
        self.text(&format!("feature-{}", feature.as_str()))
    }
}

fn bundle(language: Language) -> &'static FluentBundle<FluentResource> {
    static BUNDLES: OnceLock<[FluentBundle<FluentResource>; 2]> = OnceLock::new();
    let bundles = BUNDLES.get_or_init(|| {
        [
            load(include_str!("locales/en.ftl"), Language::English),
            load(include_str!("locales/fr.ftl"), Language::French),
        ]
    });
    &bundles[language as usize]
}

fn load(source: &str, language: Language) -> FluentBundle<FluentResource> {
    // What does not parse is left out here and found by the test below and by `cargo xtask l10n`.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let identifier: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // Isolation marks (U+2068/2069) would end up in CSV files, titles and tests.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => |value, _| match value {
            FluentValue::Number(n) => Some(group_thousands(n.value as i64, Language::English)),
            _ => None,
        },
        Language::French => |value, _| match value {
            FluentValue::Number(n) => Some(group_thousands(n.value as i64, Language::French)),
            _ => None,
        },
    }));
    bundle.add_resource_overriding(resource);
    bundle
}

fn group_thousands(n: i64, language: Language) -> String {
    let separator = match language {
        Language::English => ',',
        Language::French => '\u{202f}',
    };
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    if n < 0 {
        text.push('\u{2212}');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_catalogues_parse() {
        for source in [include_str!("locales/en.ftl"), include_str!("locales/fr.ftl")] {
            if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
                panic!("{errors:?}");
            }
        }
    }

    #[test]
    fn accept_language() {
        for (header, expected) in [
            ("", Language::English),
            ("de", Language::English),
            ("fr-CA,en;q=0.8", Language::French),
            ("en;q=0.3, fr;q=0.7", Language::French),
            ("en, fr", Language::English),
            ("fr;q=0", Language::English),
            ("fr;q=x,en;q=0.1", Language::English),
        ] {
            assert_eq!(Language::negotiate(header), expected, "{header}");
        }
    }

    #[test]
    fn thousands() {
        assert_eq!(Language::English.locale().number(1_234_567), "1,234,567");
        assert_eq!(Language::French.locale().number(1204), "1\u{202f}204");
        assert_eq!(Language::French.locale().number(999), "999");
    }
}
