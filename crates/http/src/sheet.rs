//! Files to download: what they look like for who asks, what they are called, how they are sent.
//! A person gets what their spreadsheet opens with a double click; a program gets keys, commas and UTC.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use tokio_util::io::ReaderStream;
use tonalite_app::{DeviceSheet, LineSheet, SheetForm, SpoolFile};
use tonalite_core::csv::device::DeviceColumn;
use tonalite_core::csv::line_state::LineColumn;
use tonalite_core::csv::{Dialect, Naming, Separator};
use tonalite_core::device::short;
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::import::RowOutcome;
use tonalite_core::name::fold;
use tonalite_core::page::Limit;
use tonalite_core::party::Party;
use tonalite_core::site::Site;
use tonalite_core::text::{Language, Locale};
use tonalite_core::time::Timestamp;
use tonalite_core::{Error, Result};

use crate::api::time_text;
use crate::ctx::Ctx;
use crate::problem::Problem;

/// Read from disk and sent in pieces of this size.
const PIECE: usize = 64 * 1024;
/// Longer names would only be cut by somebody else.
const LONGEST_NAME: usize = 40;

/// What a request says of the file; nothing is said by what is empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct SheetRequest {
    pub(crate) columns: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) sep: Option<String>,
    pub(crate) bom: Option<String>,
    pub(crate) tz: Option<String>,
    /// `bindings`; only line states have them.
    pub(crate) expand: Option<String>,
}

/// Reads what was asked for; what was not follows from who asks.
///
/// # Errors
/// [`Error::Invalid`] with every wrong parameter.
pub(crate) async fn device_sheet(
    ctx: &Ctx,
    asked: &SheetRequest,
    site: Option<&Site>,
) -> Result<DeviceSheet> {
    let mut errors = FieldErrors::new();
    let asked_columns = asked.columns.as_deref().unwrap_or_default();
    let may_see_chain_ids = ctx.signed_in()?.actor.may_see_chain_ids();
    let columns = errors.take(DeviceColumn::parse_list(asked_columns, may_see_chain_ids));
    let form = sheet_form(ctx, asked, site, errors).await?;
    Ok(DeviceSheet { columns: columns.unwrap_or_default(), form })
}

/// The same for line states. `may_see_chain_id`: whether the chain id of DECT systems is among the columns.
///
/// # Errors
/// As [`device_sheet`].
pub(crate) async fn line_sheet(
    ctx: &Ctx,
    asked: &SheetRequest,
    site: Option<&Site>,
    may_see_chain_id: bool,
) -> Result<LineSheet> {
    let mut errors = FieldErrors::new();
    let columns = asked.columns.as_deref().unwrap_or_default();
    let columns = errors.take(LineColumn::parse_list(columns, may_see_chain_id));
    let expand = errors.take(match asked.expand.as_deref() {
        None => Ok(false),
        Some("bindings") => Ok(true),
        Some(word) => Err(unknown("expand", word)),
    });
    let form = sheet_form(ctx, asked, site, errors).await?;
    Ok(LineSheet { columns: columns.unwrap_or_default(), form, expand: expand.unwrap_or_default() })
}

/// The form of the audit log as a file: its columns are always all.
///
/// # Errors
/// As [`device_sheet`].
pub(crate) async fn audit_form(ctx: &Ctx, asked: &SheetRequest) -> Result<SheetForm> {
    sheet_form(ctx, asked, None, FieldErrors::new()).await
}

/// The form of a file of credentials.
///
/// # Errors
/// As [`device_sheet`].
pub(crate) async fn credential_form(ctx: &Ctx, asked: &SheetRequest, site: &Site) -> Result<SheetForm> {
    sheet_form(ctx, asked, Some(site), FieldErrors::new()).await
}

/// What all files have in common, if nothing was wrong before.
async fn sheet_form(
    ctx: &Ctx,
    asked: &SheetRequest,
    site: Option<&Site>,
    mut errors: FieldErrors,
) -> Result<SheetForm> {
    let session = ctx.signed_in()?;
    let reader = session.portal_user.language.unwrap_or(ctx.locale.language());
    let naming = errors.take(match asked.lang.as_deref() {
        None if session.via_token => Ok(Naming::Keys),
        None => Ok(Naming::Words(reader.locale())),
        Some("raw") => Ok(Naming::Keys),
        Some("en") => Ok(Naming::Words(Language::English.locale())),
        Some("fr") => Ok(Naming::Words(Language::French.locale())),
        Some(word) => Err(unknown("lang", word)),
    });
    let for_a_person = !session.via_token && matches!(naming, Some(Naming::Words(_)));
    let separator = errors.take(match (asked.sep.as_deref(), naming) {
        (Some(word), _) => Separator::parse(word).ok_or_else(|| unknown("sep", word)),
        // With a decimal comma, spreadsheets expect the semicolon between cells.
        (None, Some(Naming::Words(locale))) if for_a_person && locale.language() == Language::French => {
            Ok(Separator::Semicolon)
        }
        (None, _) => Ok(Separator::Comma),
    });
    let bom = errors.take(match asked.bom.as_deref() {
        None => Ok(for_a_person),
        Some("true" | "1") => Ok(true),
        Some("false" | "0") => Ok(false),
        Some(word) => Err(unknown("bom", word)),
    });
    let zone = errors.take(match asked.tz.as_deref() {
        None => Ok(None),
        Some(name) => zone(name).map(Some).ok_or_else(|| FieldError::new("tz", "time_zone_unknown")),
    });
    errors.finish()?;
    let (Some(naming), Some(separator), Some(bom), Some(zone)) = (naming, separator, bom, zone) else {
        return Err(Error::invalid("columns", "unknown_value"));
    };
    let zone = match zone {
        Some(zone) => zone,
        None if for_a_person => zone_of(ctx, site).await?,
        None => TimeZone::UTC,
    };
    Ok(SheetForm {
        naming,
        dialect: Dialect { separator, bom },
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        write_time: Box::new(move |at| write_time(naming, &zone, at)),
    })
}

fn unknown(field: &str, word: &str) -> FieldError {
    FieldError::new(field, "unknown_value").with("value", short(word))
}

/// A zone by its name.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    match name {
        "UTC" | "Etc/UTC" => Some(TimeZone::UTC),
        name => TimeZone::get(name).ok(),
    }
}

/// What the template of an import looks like for who asks: its headings, the language of its example, its bytes. A program
/// gets headings, too: it fills the template for a person, or learns the columns from it.
///
/// # Errors
/// [`Error::Invalid`] `unknown_value`.
pub(crate) fn template_sheet(ctx: &Ctx, lang: Option<&str>) -> Result<(Naming, Locale, Dialect)> {
    let session = ctx.signed_in()?;
    let language = match (lang, session.via_token) {
        (Some("en" | "raw"), _) | (None, true) => Language::English,
        (Some("fr"), _) => Language::French,
        (None, false) => session.portal_user.language.unwrap_or(ctx.locale.language()),
        (Some(word), _) => return Err(Error::Invalid(vec![unknown("lang", word)])),
    };
    let texts = language.locale();
    let naming = if lang == Some("raw") { Naming::Keys } else { Naming::Words(texts) };
    let for_a_person = !session.via_token && lang != Some("raw");
    let separator = match language {
        Language::French if for_a_person => Separator::Semicolon,
        _ => Separator::Comma,
    };
    Ok((naming, texts, Dialect { separator, bom: for_a_person }))
}

/// The site's zone; without a site that of all sites that the reader sees, if it is one.
pub(crate) async fn zone_of(ctx: &Ctx, site: Option<&Site>) -> Result<TimeZone> {
    let name = match site {
        Some(site) => Some(site.time_zone.clone()),
        None => {
            let sites = ctx.app.page_sites(ctx.actor()?, None, Limit::DEFAULT, None).await?;
            let mut zones = sites.items.into_iter().map(|site| site.time_zone);
            let first = zones.next();
            first.filter(|first| sites.next.is_none() && zones.all(|zone| zone == *first))
        }
    };
    Ok(name.and_then(|name| zone(name.as_str())).unwrap_or(TimeZone::UTC))
}

/// RFC 3339 for programs; for people what every spreadsheet takes for a date, in the zone that the heading names.
/// Digit by digit: a pattern that is read anew for each of three million cells costs more than all the rest of them.
fn write_time(naming: Naming, zone: &TimeZone, at: Timestamp) -> String {
    let end = if at.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or(end);
    let offset = zone.to_offset(instant);
    let there = offset.to_datetime(instant);
    let mut text = String::with_capacity("2026-11-23T18:22:05.007+01:00".len());
    let mut digits = |sign: &str, number: i64, places: u32| {
        text.push_str(sign);
        let number = number.unsigned_abs();
        let digit = |place: u32| char::from(b'0' + (number / 10_u64.pow(place) % 10) as u8);
        text.extend((0..places).rev().map(digit));
    };
    digits(if there.year() < 0 { "-" } else { "" }, i64::from(there.year()), 4);
    digits("-", i64::from(there.month()), 2);
    digits("-", i64::from(there.day()), 2);
    digits(if naming == Naming::Keys { "T" } else { " " }, i64::from(there.hour()), 2);
    digits(":", i64::from(there.minute()), 2);
    digits(":", i64::from(there.second()), 2);
    if naming == Naming::Keys {
        digits(".", i64::from(there.millisecond()), 3);
        let minutes = i64::from(offset.seconds() / 60);
        if *zone == TimeZone::UTC {
            text.push('Z');
        } else {
            digits(if minutes < 0 { "-" } else { "+" }, minutes / 60, 2);
            digits(":", minutes % 60, 2);
        }
    }
    text
}

/// A finished file as a download.
///
/// # Errors
/// A name that no header holds: a fault of ours.
pub(crate) fn send_file(file: SpoolFile, name: &FileName) -> Result<Response, Problem> {
    let disposition = HeaderValue::from_str(&name.disposition())
        .map_err(|_| Problem::fault("the name of a file is no header value"))?;
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, HeaderValue::from(file.length())),
    ];
    Ok((headers, Body::from_stream(ReaderStream::with_capacity(file, PIECE))).into_response())
}

/// A small file as a download, from memory. Its name is ours, in ASCII.
pub(crate) fn send_bytes(bytes: Vec<u8>, name: &'static str) -> Result<Response, Problem> {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|_| Problem::fault("the name of a file is no header value"))?;
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

/// `tonalite-devices-{party}-{site or all}-20261123T1722Z.csv`, in the words of the file's language.
pub(crate) struct FileName {
    ascii: String,
    full: String,
}

/// `tonalite-import-to-fix-20261123T1722Z.csv`: the rows of an import that came to this, or all.
pub(crate) fn result_name(locale: Locale, outcome: Option<RowOutcome>, now: Timestamp) -> FileName {
    let words = locale.text(match outcome {
        Some(RowOutcome::Rejected) => "csv-file-import-rejected",
        _ => "csv-file-import",
    });
    let name = |part: fn(&str) -> String| format!("tonalite-{}-{}.csv", part(&words), write_stamp(now));
    FileName { ascii: name(ascii_part), full: name(full_part) }
}

impl FileName {
    /// The name of an export of devices.
    pub(crate) fn of_devices(
        sheet: &DeviceSheet,
        party: &Party,
        site: Option<&Site>,
        now: Timestamp,
    ) -> FileName {
        Self::of("csv-file-devices", &sheet.form, party, site, now)
    }

    /// The name of an export of line states.
    pub(crate) fn of_lines(
        sheet: &LineSheet,
        customer: &Party,
        site: Option<&Site>,
        now: Timestamp,
    ) -> FileName {
        Self::of("csv-file-lines", &sheet.form, customer, site, now)
    }

    /// The name of an export of the audit log.
    pub(crate) fn of_audit(form: &SheetForm, party: &Party, now: Timestamp) -> FileName {
        Self::of("csv-file-audit", form, party, None, now)
    }

    /// The name of a file of credentials.
    pub(crate) fn of_credentials(
        form: &SheetForm,
        customer: &Party,
        site: &Site,
        now: Timestamp,
    ) -> FileName {
        Self::of("csv-file-credentials", form, customer, Some(site), now)
    }

    fn of(what: &str, form: &SheetForm, party: &Party, site: Option<&Site>, now: Timestamp) -> FileName {
        let locale = match form.naming {
            Naming::Keys => Language::English.locale(),
            Naming::Words(locale) => locale,
        };
        let (what, stamp) = (locale.text(what), write_stamp(now));
        let site = site.map_or_else(|| locale.text("csv-file-all-sites"), |site| site.name.clone());
        let join = |part: fn(&str) -> String| {
            let parts = [what.clone(), part(&party.name), part(&site), stamp.clone()];
            let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            format!("tonalite-{}.csv", said.join("-"))
        };
        FileName { ascii: join(ascii_part), full: join(full_part) }
    }

    /// `Content-Disposition` (RFC 6266): plain for old clients, the real name (RFC 8187) for all others.
    fn disposition(&self) -> String {
        let mut encoded = String::new();
        for byte in self.full.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                    encoded.push(char::from(byte))
                }
                byte => encoded.push_str(&format!("%{byte:02X}")),
            }
        }
        format!("attachment; filename=\"{}\"; filename*=UTF-8''{encoded}", self.ascii)
    }
}

fn write_stamp(now: Timestamp) -> String {
    let text = time_text(now);
    let digits: String =
        text.chars().filter(|c| *c != '-' && *c != ':').take("20261123T1722".len()).collect();
    format!("{digits}Z")
}

fn ascii_part(name: &str) -> String {
    joined(fold(name).split(|c: char| !c.is_ascii_alphanumeric()))
}

/// Letters and digits of any script: no separator of any file system, no mark that hides or turns the rest.
fn full_part(name: &str) -> String {
    joined(name.split(|c: char| !c.is_alphanumeric()))
}

fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(LONGEST_NAME).collect();
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_name_are_harmless() {
        for (name, ascii, full) in [
            ("Clinique du Parc", "clinique-du-parc", "Clinique-du-Parc"),
            ("Café « Élysée » n°3", "cafe-elysee-n-3", "Café-Élysée-n-3"),
            ("../../etc/passwd", "etc-passwd", "etc-passwd"),
            ("a\"; filename=\"evil.exe\r\nX: y", "a-filename-evil-exe-x-y", "a-filename-evil-exe-X-y"),
            ("株式会社", "", "株式会社"),
            ("😀\u{202e}", "", ""),
        ] {
            assert_eq!((ascii_part(name).as_str(), full_part(name).as_str()), (ascii, full), "{name}");
        }
        assert_eq!(ascii_part(&"abc ".repeat(100)).len(), 39);
    }

    #[test]
    fn times_are_those_of_the_reader() {
        let (paris, at) = (TimeZone::get("Europe/Paris").unwrap(), Timestamp(1_795_454_525_007));
        let french = Naming::Words(Language::French.locale());
        assert_eq!(write_time(french, &paris, at), "2026-11-23 18:22:05");
        assert_eq!(write_time(french, &TimeZone::UTC, at), "2026-11-23 17:22:05");
        assert_eq!(write_time(Naming::Keys, &TimeZone::UTC, at), "2026-11-23T17:22:05.007Z");
        assert_eq!(write_time(Naming::Keys, &paris, at), "2026-11-23T18:22:05.007+01:00");
        assert_eq!(write_time(Naming::Keys, &paris, Timestamp(i64::MAX)).len(), 29);
        // As the calendar writes them itself: before the epoch, in summer, west of Greenwich, on the half hour.
        for zone in
            ["Europe/Paris", "America/St_Johns", "Asia/Kolkata"].map(|name| TimeZone::get(name).unwrap())
        {
            for at in [-1, 0, 1_782_000_000_999, 1_795_454_525_007, i64::MAX] {
                let end = jiff::Timestamp::MAX;
                let there =
                    jiff::Timestamp::from_millisecond(at).unwrap_or(end).to_zoned_datetime(zone.clone());
                let expected = there.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
                assert_eq!(write_time(Naming::Keys, &zone, Timestamp(at)), expected);
            }
        }
        assert_eq!(write_stamp(at), "20261123T1722Z");
    }
}
