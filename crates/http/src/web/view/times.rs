//! Moments and durations as pages show them: in the site's zone, 24 hours, the date when it is not today.
//! The reader's own zone is known to the browser alone, which adds it (`web/src/local-times.ts`).

use jiff::tz::TimeZone;
use tonalite_core::site::TimeZoneName;
use tonalite_core::text::Locale;
use tonalite_core::time::Timestamp;

/// A moment in words, and as machines read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// RFC 3339, UTC.
    pub(crate) iso: String,
    /// In words, in the zone's time.
    pub(crate) text: String,
    /// Minutes by which the zone is ahead of UTC at that moment.
    pub(crate) offset_minutes: i32,
}

/// How long something has lasted, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lasting {
    /// RFC 3339, UTC.
    pub(crate) iso: String,
    /// In words: "for 12 min".
    pub(crate) text: String,
}

/// Writes times for one page.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    texts: Locale,
    zone: TimeZone,
    now: Timestamp,
}

impl Times {
    /// `zone` is the site's. One that the time-zone database no longer knows is shown in UTC.
    pub(crate) fn new(texts: Locale, zone: &TimeZoneName, now: Timestamp) -> Times {
        Times { texts, zone: TimeZone::get(zone.as_str()).unwrap_or(TimeZone::UTC), now }
    }

    /// In the zone that the reader named.
    pub(crate) fn in_zone(texts: Locale, zone: TimeZone, now: Timestamp) -> Times {
        Times { texts, zone, now }
    }

    /// For pages that show durations only.
    pub(crate) fn in_utc(texts: Locale, now: Timestamp) -> Times {
        Times { texts, zone: TimeZone::UTC, now }
    }

    /// A moment. One outside of what calendars hold is shown as the nearest that they do.
    pub(crate) fn moment(&self, at: Timestamp) -> Moment {
        let instant = instant(at);
        let there = instant.to_zoned_datetime(self.zone.clone());
        let clock = there.strftime("%H:%M:%S").to_string();
        let text = if there.date() == self::instant(self.now).to_zoned_datetime(self.zone.clone()).date() {
            clock
        } else {
            self.texts.with(
                "time-dated",
                &[
                    ("day", i64::from(there.day()).into()),
                    ("month", self.texts.text(&format!("month-{}", there.month())).into()),
                    ("year", there.year().to_string().into()),
                    ("clock", clock.into()),
                ],
            )
        };
        Moment { iso: instant.to_string(), text, offset_minutes: there.offset().seconds() / 60 }
    }

    /// How long something has lasted, in the coarsest unit that says enough. The same steps as `words.ts` takes.
    pub(crate) fn lasting(&self, since: Timestamp) -> Lasting {
        let seconds = self.now.since(since).0.max(0) / 1000;
        let n = |unit: &str, n: i64| self.texts.with(&format!("for-{unit}"), &[("n", n.to_string().into())]);
        let text = match seconds {
            ..60 => self.texts.text("for-now"),
            60..3600 => n("minutes", seconds / 60),
            3600..172_800 => n("hours", seconds / 3600),
            _ => n("days", seconds / 86_400),
        };
        Lasting { iso: instant(since).to_string(), text }
    }

    /// How long ago something was, in the same steps.
    pub(crate) fn ago(&self, at: Timestamp) -> Lasting {
        let seconds = self.now.since(at).0.max(0) / 1000;
        let n = |unit: &str, n: i64| self.texts.with(&format!("ago-{unit}"), &[("n", n.to_string().into())]);
        let text = match seconds {
            ..60 => self.texts.text("ago-now"),
            60..3600 => n("minutes", seconds / 60),
            3600..172_800 => n("hours", seconds / 3600),
            _ => n("days", seconds / 86_400),
        };
        Lasting { iso: instant(at).to_string(), text }
    }
}

fn instant(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or(if at.0 < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    })
}

#[cfg(test)]
mod tests {
    use tonalite_core::text::Language;

    use super::*;

    // 2026-11-23T13:05:09Z
    const NOW: Timestamp = Timestamp(1_795_439_109_000);

    fn times(language: Language) -> Times {
        let zone = TimeZoneName::parse("Europe/Paris").ok();
        Times::new(language.locale(), zone.as_ref().unwrap_or_else(|| unreachable!("a plausible name")), NOW)
    }

    #[test]
    fn today_needs_no_date_and_other_days_do() {
        let times = times(Language::French);
        let moment = times.moment(NOW);
        assert_eq!(
            (moment.text.as_str(), moment.iso.as_str(), moment.offset_minutes),
            ("14:05:09", "2026-11-23T13:05:09Z", 60)
        );
        // Half past eleven in the evening in London is the next day in Paris.
        let last_evening = Timestamp(NOW.0 - 14 * 3_600_000 - 35 * 60_000);
        assert_eq!(times.moment(last_evening).text, "22\u{a0}nov. 2026 23:30:09");
    }

    #[test]
    fn durations_in_the_coarsest_unit() {
        for (seconds, expected) in [
            (-5, "just now"),
            (59, "just now"),
            (60, "for 1\u{a0}min"),
            (3_599, "for 59\u{a0}min"),
            (3_600, "for 1\u{a0}h"),
            (172_799, "for 47\u{a0}h"),
            (172_800, "for 2\u{a0}d"),
        ] {
            assert_eq!(times(Language::English).lasting(Timestamp(NOW.0 - seconds * 1000)).text, expected);
        }
    }

    #[test]
    fn the_end_of_time_is_a_time() {
        assert!(times(Language::English).moment(Timestamp(i64::MAX)).iso.starts_with("9999"));
        assert!(times(Language::English).lasting(Timestamp(i64::MIN)).iso.starts_with('-'));
    }
}
