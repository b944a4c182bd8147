//! What is refused to somebody who is signed in goes into the audit log, folded (`app`). One place for all of HTTP: where
//! the problem is written.

use axum::http::{Method, StatusCode, Uri};
use uuid::Uuid;

use crate::ctx::Ctx;
use crate::problem::Problem;

/// A path is told in this many pieces; ours have fewer.
const MOST_PIECES: usize = 8;

/// Notes a refusal: not allowed, not found, too often. A 404 stands for a foreign id as for an absent one, and for who looks
/// for doors that are not there.
pub(crate) fn note(ctx: &Ctx, method: &Method, uri: &Uri, problem: &Problem) {
    let refusals = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::TOO_MANY_REQUESTS];
    if !refusals.contains(&problem.status()) {
        return;
    }
    // Who is not signed in is refused at sign-in, and that is told where it happens.
    let Ok(actor) = ctx.actor() else { return };
    let what = format!("{} {}", method_name(method), shape(uri.path()));
    ctx.app.note_refusal(actor, what, problem.code(), ctx.now);
}

/// Methods of our routes; a stranger may invent others.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// The path with a placeholder for whatever is no word of ours, so that a walk through ids is one thing and not a million.
fn shape(path: &str) -> String {
    let piece = |piece: &str| {
        let is_word = piece.len() <= 32
            && !piece.is_empty()
            && piece.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'));
        match piece {
            "v1" => "v1".to_owned(),
            _ if is_word => piece.to_owned(),
            _ if Uuid::try_parse(piece).is_ok() => "{id}".to_owned(),
            _ => "{…}".to_owned(),
        }
    };
    let pieces: Vec<String> = path.split('/').skip(1).take(MOST_PIECES).map(piece).collect();
    format!("/{}", pieces.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_through_ids_is_one_thing() {
        for (path, expected) in [
            ("/api/v1/devices/019ac2f0-0000-7000-8000-00000000d001", "/api/v1/devices/{id}"),
            (
                "/api/v1/devices/019ac2f0-0000-7000-8000-00000000d001/lines/2/user",
                "/api/v1/devices/{id}/lines/{…}/user",
            ),
            ("/api/v1/audit.csv", "/api/v1/audit.csv"),
            ("/audit", "/audit"),
            ("/party-manager/<img onerror=1>", "/party-manager/{…}"),
            ("/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h"),
        ] {
            assert_eq!(shape(path), expected);
        }
    }
}
