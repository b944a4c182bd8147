//! The one mapping from errors to HTTP: problem documents (RFC 9457) for programs, a page for people.
//! Handlers return a [`Problem`]; the layer [`render`] writes it, since only there language and request number are known.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tonalite_core::error::{Cause, FieldError};
use tonalite_core::text::{Arg, Locale};
use tonalite_core::time::Span;
use tonalite_core::{Error, Result};
use utoipa::ToSchema;

use crate::ctx::{Ctx, is_api};
use crate::refusals;
use crate::web;

/// Media type of problem documents.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// A list of ten thousand wrong ids must not be answered with a megabyte; a hundred tell the story.
const MOST_FIELDS: usize = 100;

/// Why a request is refused. Converts from [`Error`], so that handlers write `?`.
#[derive(Debug)]
pub(crate) struct Problem(Why);

#[derive(Debug)]
enum Why {
    /// The use case said no.
    Core(Error),
    /// The request never reached a use case. The text is `error-<code>` of the catalogue.
    Http { status: StatusCode, code: &'static str, args: Vec<(&'static str, Arg)> },
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem(Why::Core(error))
    }
}

impl Problem {
    /// A refusal that only HTTP knows.
    pub(crate) fn http(status: StatusCode, code: &'static str) -> Problem {
        Problem(Why::Http { status, code, args: Vec::new() })
    }

    /// Adds an argument of the text.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Problem {
        if let Why::Http { args, .. } = &mut self.0 {
            args.push((name, value.into()));
        }
        self
    }

    /// Wrong fields, told at once.
    pub(crate) fn invalid(fields: Vec<FieldError>) -> Problem {
        Problem(Why::Core(Error::Invalid(fields)))
    }

    /// A fault of ours; the text is for the log.
    pub(crate) fn fault(cause: impl Into<Cow<'static, str>>) -> Problem {
        Problem(Why::Core(Error::Internal(Cause::new(cause.into().into_owned()))))
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        match &self.0 {
            Why::Http { status, .. } => *status,
            Why::Core(error) => match error {
                Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Error::NotFound => StatusCode::NOT_FOUND,
                Error::Refused("file_too_large") => StatusCode::PAYLOAD_TOO_LARGE,
                Error::Forbidden | Error::Refused(_) | Error::FeatureDisabled(_) => StatusCode::FORBIDDEN,
                Error::Taken(_) | Error::Conflict(_) => StatusCode::CONFLICT,
                Error::Stale => StatusCode::PRECONDITION_FAILED,
                Error::Unauthenticated => StatusCode::UNAUTHORIZED,
                Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
                Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
                Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match &self.0 {
            Why::Core(error) => error.code(),
            Why::Http { code, .. } => code,
        }
    }

    /// The wrong fields.
    pub(crate) fn fields(&self) -> &[FieldError] {
        match &self.0 {
            Why::Core(error) => error.fields(),
            Why::Http { .. } => &[],
        }
    }

    fn retry_after(&self) -> Option<Span> {
        match &self.0 {
            Why::Core(Error::TooMany(span) | Error::Unavailable(span)) => Some(*span),
            _ => None,
        }
    }

    fn detail(&self, locale: Locale) -> String {
        match &self.0 {
            Why::Core(error) => locale.error(error),
            Why::Http { code, args, .. } => {
                let args: Vec<(&str, Arg)> =
                    args.iter().map(|(name, value)| (*name, value.clone())).collect();
                locale.with(&format!("error-{code}"), &args)
            }
        }
    }

    /// What a bare answer of the router or a layer means.
    fn of_status(status: StatusCode) -> Problem {
        match status {
            StatusCode::UNAUTHORIZED => Error::Unauthenticated.into(),
            StatusCode::FORBIDDEN => Error::Forbidden.into(),
            StatusCode::NOT_FOUND => Error::NotFound.into(),
            StatusCode::METHOD_NOT_ALLOWED => Problem::http(status, "method_not_allowed"),
            StatusCode::PAYLOAD_TOO_LARGE => Problem::http(status, "body_too_large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::http(status, "unsupported_media_type"),
            StatusCode::REQUEST_TIMEOUT => Problem::http(status, "body_too_slow"),
            // The handler took longer than the timeout of the router: what it waited for may be there again soon.
            StatusCode::SERVICE_UNAVAILABLE => Error::Unavailable(Span::from_secs(5)).into(),
            status if status.is_client_error() => Problem::http(status, "malformed_request"),
            status => Problem::fault(format!("an answer with status {status} and nothing to say")),
        }
    }

    /// The document, in words.
    pub(crate) fn document(&self, ctx: &Ctx) -> ProblemDocument {
        let status = self.status();
        ProblemDocument {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: self.code(),
            detail: self.detail(ctx.locale),
            errors: self
                .fields()
                .iter()
                .take(MOST_FIELDS)
                .map(|field| WrongField::of(field, ctx.locale))
                .collect(),
            request_id: ctx.request_id.to_string(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Some(span) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(span.seconds_up().max(1)));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// A problem as a program reads it (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    /// Always `about:blank`: the `code` says what it is.
    #[serde(rename = "type")]
    #[schema(examples("about:blank"))]
    pub(crate) kind: &'static str,
    /// The status in words, in English.
    #[schema(examples("Unprocessable Entity"))]
    pub(crate) title: &'static str,
    /// The HTTP status.
    #[schema(examples(422))]
    pub(crate) status: u16,
    /// Stable code, made for programs.
    #[schema(examples("invalid"))]
    pub(crate) code: &'static str,
    /// What is wrong, in the reader's language.
    #[schema(examples("Something that was typed is not right."))]
    pub(crate) detail: String,
    /// Every wrong field; empty when the problem is not about fields.
    pub(crate) errors: Vec<WrongField>,
    /// Finds the log lines of this request.
    #[schema(examples("019ac2f0-0000-7000-8000-00000000e001"))]
    pub(crate) request_id: String,
}

/// One wrong field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WrongField {
    /// Name of the field or parameter.
    #[schema(examples("extension"))]
    pub(crate) field: String,
    /// Stable code.
    #[schema(examples("extension_malformed"))]
    pub(crate) code: &'static str,
    /// What is wrong with it, in the reader's language.
    #[schema(examples("An extension has 1 to 15 digits and nothing else."))]
    pub(crate) message: String,
}

impl WrongField {
    fn of(field: &FieldError, locale: Locale) -> WrongField {
        WrongField { field: field.field.clone(), code: field.code, message: locale.field_error(field) }
    }
}

/// A foreign or absent id in a *body* is a wrong field; in a path or query it stays [`Error::NotFound`].
pub(crate) trait OrField<T> {
    /// Names the field of the body that the id stood in.
    fn or_field(self, field: &'static str) -> Result<T>;
}

impl<T> OrField<T> for Result<T> {
    fn or_field(self, field: &'static str) -> Result<T> {
        self.map_err(|error| match error {
            Error::NotFound => Error::invalid(field, "not_found"),
            other => other,
        })
    }
}

/// Writes what is wrong, once the answer is known to be an error: the problem that a handler returned, or what a bare
/// status of the router means. Pages that explain themselves pass.
pub(crate) fn render(ctx: &Ctx, method: &Method, uri: &Uri, response: Response) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (mut parts, _) = match response.extensions().get::<Arc<Problem>>() {
        None if explains_itself(&response) => return response,
        _ => response.into_parts(),
    };
    let problem =
        parts.extensions.remove::<Arc<Problem>>().unwrap_or_else(|| Arc::new(Problem::of_status(status)));
    if let Why::Core(Error::Internal(cause)) = &problem.0 {
        tracing::error!(request.id = %ctx.request_id, error = cause.for_log(), "a request failed on our side");
    }
    refusals::note(ctx, method, uri, &problem);
    let document = problem.document(ctx);
    let mut rendered = if ctx.accepts_html && !is_api(uri.path()) {
        web::problem_page(ctx, uri, &document)
    } else {
        json(&document)
    };
    // What the router and layers said in headers stays true: Allow, Retry-After, Set-Cookie.
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    for (name, value) in &parts.headers {
        rendered.headers_mut().append(name, value.clone());
    }
    if let Some(span) = problem.retry_after() {
        rendered.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(span.seconds_up().max(1)));
    }
    if status == StatusCode::UNAUTHORIZED && is_api(uri.path()) {
        // RFC 9110 §11.6.1: a 401 names a scheme. Browsers ask nothing for this one.
        rendered.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    rendered
}

fn explains_itself(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("text/html") || value.starts_with(PROBLEM_JSON))
}

fn json(document: &ProblemDocument) -> Response {
    let status = StatusCode::from_u16(document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = axum::Json(document).into_response();
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    response
}
