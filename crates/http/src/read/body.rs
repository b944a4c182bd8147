//! JSON bodies. The text is read first (400 with line and column), then each field by its type (422 at the field),
//! then what is left over (422 `unknown_field`). A derive would stop at the first of them and say it in English.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};
use tonalite_core::device::short;
use tonalite_core::error::FieldError;
use tonalite_core::id::{PartyId, SiteId, UserId};
use tonalite_core::party::Feature;

use crate::problem::Problem;

/// A megabyte over the slowest line that anybody administers phones with; who needs longer holds the place on purpose.
const SLOWEST: Duration = Duration::from_secs(20);

/// A JSON object, read into `T`.
pub(crate) struct Body<T>(pub(crate) T);

/// A type that is read from the fields of an object. [`json_body`] writes it.
pub(crate) trait FromFields: Sized {
    /// Takes every field it knows. `None` when one is wrong, which `fields` then remembers.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// A type of one field.
pub(crate) trait FromField: Sized {
    /// Reads the field; absent and `null` are told apart for those who care.
    ///
    /// # Errors
    /// The code of what is wrong.
    fn from_field(name: &str, value: Option<Value>) -> Result<Self, FieldError>;
}

/// The fields of an object that nobody has taken yet, and what was wrong with those taken.
pub(crate) struct Fields {
    left: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Takes one field.
    pub(crate) fn take<T: FromField>(&mut self, name: &str) -> Option<T> {
        // `use` is a word of Rust, so that the struct's field is spelt `r#use`.
        let name = name.trim_start_matches("r#");
        let value = self.left.remove(name);
        T::from_field(name, value).map_err(|error| self.errors.push(error)).ok()
    }
}

impl<S: Send + Sync, T: FromFields> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Body<T>, Problem> {
        let kind = content_type(request.headers());
        let bytes = whole(request).await?;
        let object = match kind {
            // Nothing at all is an object without fields: some operations need none.
            None if bytes.is_empty() => Map::new(),
            Some(ContentType::Json) => object(&bytes)?,
            None | Some(ContentType::Other) => {
                return Err(Problem::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"));
            }
        };
        read(object).map(Body)
    }
}

/// The bytes of a body, bounded in number and in time.
pub(crate) async fn whole(request: Request) -> Result<Bytes, Problem> {
    match tokio::time::timeout(SLOWEST, Bytes::from_request(request, &())).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(Problem::http(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"))
        }
        Ok(Err(_)) => Err(Problem::http(StatusCode::BAD_REQUEST, "malformed_request")),
        Err(_) => Err(Problem::http(StatusCode::REQUEST_TIMEOUT, "body_too_slow")),
    }
}

enum ContentType {
    Json,
    Other,
}

fn content_type(headers: &HeaderMap) -> Option<ContentType> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = essence == "application/json" || essence == "application/merge-patch+json";
    Some(if is_json { ContentType::Json } else { ContentType::Other })
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Problem::http(StatusCode::UNPROCESSABLE_ENTITY, "body_not_an_object")),
        Err(error) => {
            let place = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
            Err(Problem::http(StatusCode::BAD_REQUEST, "malformed_body")
                .with("line", place(error.line()))
                .with("column", place(error.column())))
        }
    }
}

fn read<T: FromFields>(object: Map<String, Value>) -> Result<T, Problem> {
    let mut fields = Fields { left: object, errors: Vec::new() };
    let value = T::from_fields(&mut fields);
    let Fields { left, mut errors } = fields;
    // A body of a megabyte may hold 100,000 unknown names; twenty tell the story.
    errors.extend(left.keys().take(20).map(|name| FieldError::new(short(name), "unknown_field")));
    match value {
        Some(value) if errors.is_empty() => Ok(value),
        _ => Err(Problem::invalid(errors)),
    }
}

fn wrong_type(name: &str, expected: &'static str) -> FieldError {
    // The argument is the word of JSON Schema, the same in every language.
    FieldError::new(name, "wrong_type").with("expected", expected)
}

impl FromField for String {
    fn from_field(name: &str, value: Option<Value>) -> Result<String, FieldError> {
        match value {
            Some(Value::String(text)) => Ok(text),
            None | Some(Value::Null) => Err(FieldError::new(name, "required")),
            Some(_) => Err(wrong_type(name, "string")),
        }
    }
}

impl FromField for bool {
    fn from_field(name: &str, value: Option<Value>) -> Result<bool, FieldError> {
        match value {
            Some(Value::Bool(on)) => Ok(on),
            None | Some(Value::Null) => Err(FieldError::new(name, "required")),
            Some(_) => Err(wrong_type(name, "boolean")),
        }
    }
}

impl<T: FromField> FromField for Option<T> {
    fn from_field(name: &str, value: Option<Value>) -> Result<Option<T>, FieldError> {
        match value {
            None | Some(Value::Null) => Ok(None),
            given => T::from_field(name, given).map(Some),
        }
    }
}

impl FromField for Vec<String> {
    fn from_field(name: &str, value: Option<Value>) -> Result<Vec<String>, FieldError> {
        match value {
            Some(Value::Array(items)) => items
                .into_iter()
                .enumerate()
                .map(|(at, item)| String::from_field(&format!("{name}[{at}]"), Some(item)))
                .collect(),
            None | Some(Value::Null) => Err(FieldError::new(name, "required")),
            Some(_) => Err(wrong_type(name, "array")),
        }
    }
}

impl FromField for u16 {
    fn from_field(name: &str, value: Option<Value>) -> Result<u16, FieldError> {
        match value {
            Some(Value::Number(number)) => {
                let number = number.as_u64().and_then(|number| u16::try_from(number).ok());
                number.ok_or_else(|| wrong_type(name, "integer"))
            }
            None | Some(Value::Null) => Err(FieldError::new(name, "required")),
            Some(_) => Err(wrong_type(name, "integer")),
        }
    }
}

/// A list of objects. What is wrong is told at the first of them that is.
pub(crate) struct Objects<T>(pub(crate) Vec<T>);

impl<T: FromFields> FromField for Objects<T> {
    fn from_field(name: &str, value: Option<Value>) -> Result<Objects<T>, FieldError> {
        let items = match value {
            Some(Value::Array(items)) => items,
            None | Some(Value::Null) => return Err(FieldError::new(name, "required")),
            Some(_) => return Err(wrong_type(name, "array")),
        };
        let item = |(at, item)| {
            let place = format!("{name}[{at}]");
            let Value::Object(left) = item else { return Err(wrong_type(&place, "object")) };
            let mut fields = Fields { left, errors: Vec::new() };
            let value = T::from_fields(&mut fields);
            let at_place =
                |error: FieldError| FieldError { field: format!("{place}.{}", error.field), ..error };
            if let Some(error) = fields.errors.into_iter().next() {
                return Err(at_place(error));
            }
            if let Some(unknown) = fields.left.keys().next() {
                return Err(at_place(FieldError::new(short(unknown), "unknown_field")));
            }
            value.ok_or_else(|| FieldError::new(&place, "required"))
        };
        items.into_iter().enumerate().map(item).collect::<Result<_, _>>().map(Objects)
    }
}

/// A text in a PATCH (RFC 7396): absent keeps it, `null` clears it.
#[derive(Debug, Default)]
pub(crate) struct Change(pub(crate) Option<String>);

impl FromField for Change {
    fn from_field(name: &str, value: Option<Value>) -> Result<Change, FieldError> {
        match value {
            None => Ok(Change(None)),
            Some(Value::Null) => Ok(Change(Some(String::new()))),
            Some(Value::String(text)) => Ok(Change(Some(text))),
            Some(_) => Err(wrong_type(name, "string")),
        }
    }
}

/// Features to switch: `true`, `false`, or `null` to inherit.
#[derive(Debug, Default)]
pub(crate) struct FeatureChanges(pub(crate) Vec<(Feature, Option<bool>)>);

impl FromField for FeatureChanges {
    fn from_field(name: &str, value: Option<Value>) -> Result<FeatureChanges, FieldError> {
        let object = match value {
            None | Some(Value::Null) => return Ok(FeatureChanges::default()),
            Some(Value::Object(object)) => object,
            Some(_) => return Err(wrong_type(name, "object")),
        };
        let mut changes = Vec::new();
        for (key, value) in object {
            let field = format!("{name}.{}", short(&key));
            let feature = Feature::parse(&key).ok_or_else(|| FieldError::new(&field, "unknown_field"))?;
            changes.push((feature, Option::<bool>::from_field(&field, Some(value))?));
        }
        Ok(FeatureChanges(changes))
    }
}

macro_rules! ids {
    ($($id:ty),*) => { $(
        impl FromField for $id {
            fn from_field(name: &str, value: Option<Value>) -> Result<$id, FieldError> {
                // What is no id at all is the id of nothing: malformed, foreign and absent are one answer.
                String::from_field(name, value)?.parse().map_err(|_| FieldError::new(name, "not_found"))
            }
        }
    )* };
}

ids!(PartyId, SiteId, UserId);

/// Declares the body of a request: the struct, its schema, and how it is read.
macro_rules! json_body {
    (
        $(#[$meta:meta])*
        struct $name:ident { $( $(#[$field_meta:meta])* $field:ident : $type:ty ),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(utoipa::ToSchema)]
        pub(crate) struct $name { $( $(#[$field_meta])* pub(crate) $field: $type ),* }

        impl $crate::read::FromFields for $name {
            fn from_fields(fields: &mut $crate::read::Fields) -> Option<Self> {
                // All are taken before any is missed: every wrong field is told.
                $( let $field = fields.take::<$type>(stringify!($field)); )*
                Some(Self { $( $field: $field? ),* })
            }
        }
    };
}
pub(crate) use json_body;
