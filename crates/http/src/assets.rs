//! The bundled style, scripts and icons out of `web/dist`, embedded in the binary. A release without them does not build;
//! a development build reads them from disk, and answers 404 while there are none. Below `help/` lie the pictures of the
//! help articles.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Dist;

/// What the names of the pictures of help articles begin with.
pub(crate) const HELP: &str = "help/";

fn find(name: &str) -> Option<EmbeddedFile> {
    name.strip_prefix(HELP).map_or_else(|| Dist::get(name), crate::help::picture)
}

/// Where a template finds a file: its address with the hash of its content, so that it may be kept for ever.
pub(crate) fn asset_url(name: &str) -> String {
    match find(name) {
        Some(file) => format!("/assets/{name}?v={}", version(&file)),
        None => format!("/assets/{name}"),
    }
}

/// The first 64 bits of the hash, in hexadecimal: enough that two contents never meet.
fn version(file: &EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// `GET /assets/{*name}`
pub(crate) async fn get_asset(
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // The precompressed twins are an encoding of their file, not files of their own.
    let absent = || Problem::from(tonalite_core::Error::NotFound);
    let content_type = content_type(&name).ok_or_else(absent)?;
    let file = find(&name).ok_or_else(absent)?;
    let version = version(&file);
    let kept_for_ever = query.is_some_and(|query| query == format!("v={version}"));
    let cache = if kept_for_ever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let encoded = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts(&headers, encoding))
        .find_map(|(encoding, suffix)| Some((encoding, find(&format!("{name}{suffix}"))?)));
    let etag = match &encoded {
        Some((encoding, _)) => format!("\"{version}-{encoding}\""),
        None => format!("\"{version}\""),
    };

    let mut response = if is_known(&headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let data = encoded.as_ref().map_or(file.data, |(_, twin)| twin.data.clone());
        let mut response = data.into_owned().into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some((encoding, _)) = encoded {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    Ok(response)
}

/// `None` for what is never served, such as the precompressed twins.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "map" => "application/json",
        _ => return None,
    })
}

/// RFC 9110 §12.5.3, without order of preference: the smaller twin is the better one.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0_f32));
            name.trim().eq_ignore_ascii_case(encoding) && !refused
        })
    })
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|known| known.trim().trim_start_matches("W/") == etag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_sent_to_who_asks_for_them() {
        for (header, gzip, br) in [
            ("gzip, deflate, br, zstd", true, true),
            ("GZIP", true, false),
            ("br;q=0.5, gzip;q=0", false, true),
            ("br;q=0.000", false, false),
            ("identity", false, false),
            ("", false, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, header.parse().unwrap());
            assert_eq!((accepts(&headers, "gzip"), accepts(&headers, "br")), (gzip, br), "{header}");
        }
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        for (header, known) in [("\"a\"", true), ("\"b\", W/\"a\"", true), ("\"b\"", false), ("a", false)] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, header.parse().unwrap());
            assert_eq!(is_known(&headers, "\"a\""), known, "{header}");
        }
    }

    #[test]
    fn twins_and_strangers_have_no_address() {
        for name in ["app.js.br", "app.css.gz", "app", "../Cargo.toml", "", ".js.br"] {
            assert_eq!(content_type(name), None, "{name}");
        }
    }
}
