//! Files that are sent to us: read piece by piece as they come, bounded in bytes and in time. What is refused is read on
//! for a while and thrown away: a browser that is still sending would show a broken connection instead of our words.

use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tonalite_app::ImportUpload;
use tonalite_core::csv::import::MAX_BYTES;

use crate::problem::Problem;

/// Between two pieces. Over the slowest line something comes every few seconds; who is silent for longer is gone.
const SLOWEST_PIECE: Duration = Duration::from_secs(30);
/// What is refused is read on up to here: five times the largest file, and a workbook of photographs by mistake.
const MOST_DRAINED: u64 = 1 << 30;
/// And not longer than this.
const LONGEST_DRAIN: Duration = Duration::from_secs(120);
/// Room in a form for what is not the file: boundaries, names, choices.
const FORM_OVERHEAD: u64 = 1 << 20;
/// A choice in a form is an id or a word.
const LONGEST_CHOICE: usize = 256;

/// Where the bytes of one file come from.
pub(crate) enum Pieces<'a> {
    /// The body is the file.
    Body(&'a mut axum::body::BodyDataStream),
    /// One field of a form.
    Field(Box<Field<'a>>),
}

impl Pieces<'_> {
    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        match self {
            Pieces::Body(stream) => {
                let piece = in_time(stream.next()).await?;
                piece.transpose().map_err(|_| Problem::http(StatusCode::BAD_REQUEST, "malformed_request"))
            }
            Pieces::Field(field) => in_time(field.chunk()).await?.map_err(|error| unreadable(&error)),
        }
    }
}

async fn in_time<T>(piece: impl Future<Output = T>) -> Result<T, Problem> {
    let late = |_| Problem::http(StatusCode::REQUEST_TIMEOUT, "body_too_slow");
    tokio::time::timeout(SLOWEST_PIECE, piece).await.map_err(late)
}

/// By status: the text of the error is English, and the same for everything.
fn unreadable(error: &MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::http(StatusCode::BAD_REQUEST, "malformed_request"),
    }
}

/// F02, in words.
pub(crate) fn too_large() -> Problem {
    Problem::http(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large")
}

/// Refuses what says beforehand that it is too large.
pub(crate) fn check_length(headers: &HeaderMap) -> Result<(), Problem> {
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length > MAX_BYTES + FORM_OVERHEAD => Err(too_large()),
        _ => Ok(()),
    }
}

/// Writes a file down as it comes. Gives its SHA-256.
pub(crate) async fn save(mut pieces: Pieces<'_>, upload: &mut ImportUpload) -> Result<[u8; 32], Problem> {
    let mut hash = Sha256::new();
    while let Some(piece) = pieces.next().await? {
        hash.update(&piece);
        upload.write(&piece).await?;
    }
    Ok(hash.finalize().into())
}

/// The next field of a form.
pub(crate) async fn next_field(form: &mut Multipart) -> Result<Option<Field<'_>>, Problem> {
    in_time(form.next_field()).await?.map_err(|error| unreadable(&error))
}

/// A field that is a choice and no file.
pub(crate) async fn choice(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = in_time(field.chunk()).await?.map_err(|error| unreadable(&error))? {
        if bytes.len() + piece.len() > LONGEST_CHOICE {
            return Err(Problem::http(StatusCode::BAD_REQUEST, "malformed_request"));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads on and throws away.
pub(crate) async fn drain(stream: &mut axum::body::BodyDataStream) {
    if stream.size_hint().exact() == Some(0) {
        return;
    }
    let read = async {
        let mut bytes = 0;
        while let Some(Ok(piece)) = stream.next().await {
            bytes += piece.len() as u64;
            if bytes > MOST_DRAINED {
                break;
            }
        }
    };
    // That there was more is no news: the refusal is sent either way.
    let _ended = tokio::time::timeout(LONGEST_DRAIN, read).await;
}

/// The same of a form.
pub(crate) async fn drain_form(form: &mut Multipart) {
    let read = async {
        let mut bytes = 0;
        while let Ok(Some(mut field)) = form.next_field().await {
            while let Ok(Some(piece)) = field.chunk().await {
                bytes += piece.len() as u64;
                if bytes > MOST_DRAINED {
                    return;
                }
            }
        }
    };
    let _ended = tokio::time::timeout(LONGEST_DRAIN, read).await;
}

/// What a browser says that a file is called, without the folders that some add; hostile text, cut to what a page shows.
pub(crate) fn file_name(field: &Field<'_>) -> Option<String> {
    clean_name(field.file_name()?)
}

fn clean_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = tonalite_core::csv::import::shown(name);
    (!name.trim().is_empty()).then(|| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (name, expected) in [
            ("inventaire.csv", Some("inventaire.csv")),
            ("C:\\Users\\anne\\inventaire.csv", Some("inventaire.csv")),
            ("../../etc/passwd", Some("passwd")),
            ("a\u{202e}vsc.exe\r\n", Some("avsc.exe")),
            ("", None),
            (" ", None),
            ("a/", None),
        ] {
            assert_eq!(clean_name(name).as_deref(), expected, "{name:?}");
        }
        assert!(clean_name(&"x".repeat(1000)).is_some_and(|name| name.chars().count() == 201));
    }

    #[test]
    fn what_says_that_it_is_too_large_is_not_read() {
        let length = |bytes: u64| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_LENGTH, bytes.into());
            check_length(&headers).map_err(|problem| problem.status().as_u16())
        };
        assert_eq!(length(MAX_BYTES), Ok(()));
        assert_eq!(length(MAX_BYTES + FORM_OVERHEAD), Ok(()));
        assert_eq!(length(MAX_BYTES + FORM_OVERHEAD + 1), Err(413));
        assert!(check_length(&HeaderMap::new()).is_ok());
    }
}
