//! Ids, ports and names in paths. What is no id is the id of nothing: 404, as for a foreign one.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use tonalite_core::Error;
use tonalite_core::id::DeviceId;

use crate::problem::Problem;

/// The `{id}` of the path.
pub(crate) struct PathId<T>(pub(crate) T);

/// The `{port}` of the path. Whether the device has that port, the use case says.
pub(crate) struct PathPort(pub(crate) u16);

/// The `{article}` of the path, whether there is one of that name or not.
pub(crate) struct PathArticle(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathArticle {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathArticle, Problem> {
        parameter(parts, state, "article").await.map(PathArticle)
    }
}

/// The `{device_id}` of the path.
pub(crate) struct PathDeviceId(pub(crate) DeviceId);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathId<T>, Problem> {
        let text = parameter(parts, state, "id").await?;
        text.parse().map(PathId).map_err(|_| Error::NotFound.into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathDeviceId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathDeviceId, Problem> {
        let text = parameter(parts, state, "device_id").await?;
        text.parse().map(PathDeviceId).map_err(|_| Error::NotFound.into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathPort {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathPort, Problem> {
        let text = parameter(parts, state, "port").await?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let port = if digits { text.parse().ok() } else { None };
        port.map(PathPort).ok_or_else(|| Error::NotFound.into())
    }
}

async fn parameter<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Result<String, Problem> {
    // Percent-encoding that is not UTF-8 names nothing.
    let parameters =
        RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::from(Error::NotFound))?;
    let value = parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    value.ok_or_else(|| Problem::fault(format!("the route has no parameter `{name}`")))
}
