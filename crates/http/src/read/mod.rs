//! Reading what clients send: JSON bodies, queries, ids in paths. Everything wrong is told at once, by field and code,
//! and what nobody asked for is refused rather than ignored: a misspelt filter must not list everything.

mod body;
mod path;
mod query;
mod version;

pub(crate) use body::{Body, Change, FeatureChanges, Fields, FromFields, Objects, json_body, whole};
pub(crate) use path::{PathArticle, PathDeviceId, PathId, PathPort};
pub(crate) use query::{FromParameter, NoQuery, Pairs, Parameters, Query, QueryFault, query};
pub(crate) use version::{IfMatch, etag};
