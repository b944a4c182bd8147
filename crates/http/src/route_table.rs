//! Routes that can be listed: a [`Routes`] builds axum's router and remembers what it was built of, which axum's own
//! does not tell. So a test can try every page, and fail for one that it does not know.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::response::IntoResponse;
use axum::routing::{self, MethodRouter, Route};
use tower::{Layer, Service};

use crate::state::HttpState;

/// One method of one path, as `router` answers it; the operations of the API are in the OpenAPI document instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageRoute {
    /// With `{names}` for what differs.
    pub path: String,
    /// `HEAD` is not listed: it is answered where `GET` is.
    pub method: Method,
}

/// The routes of one file, or of all of them.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    router: Router<HttpState>,
    listed: Vec<PageRoute>,
}

/// The handlers of one path, by method.
#[derive(Debug)]
pub(crate) struct Methods {
    handlers: MethodRouter<HttpState>,
    names: Vec<Method>,
}

/// Answers `GET`.
pub(crate) fn get<H: Handler<T, HttpState>, T: 'static>(handler: H) -> Methods {
    Methods { handlers: routing::get(handler), names: vec![Method::GET] }
}

/// Answers `POST`.
pub(crate) fn post<H: Handler<T, HttpState>, T: 'static>(handler: H) -> Methods {
    Methods { handlers: routing::post(handler), names: vec![Method::POST] }
}

impl Methods {
    /// Answers `POST` as well.
    pub(crate) fn post<H: Handler<T, HttpState>, T: 'static>(mut self, handler: H) -> Methods {
        self.names.push(Method::POST);
        Methods { handlers: self.handlers.post(handler), names: self.names }
    }
}

impl Routes {
    /// None yet.
    pub(crate) fn new() -> Routes {
        Routes::default()
    }

    /// Adds a path.
    pub(crate) fn route(mut self, path: &str, methods: Methods) -> Routes {
        self.listed
            .extend(methods.names.into_iter().map(|method| PageRoute { path: path.to_owned(), method }));
        Routes { router: self.router.route(path, methods.handlers), listed: self.listed }
    }

    /// Adds what another file has.
    pub(crate) fn merge(mut self, other: Routes) -> Routes {
        self.listed.extend(other.listed);
        Routes { router: self.router.merge(other.router), listed: self.listed }
    }

    /// Puts a layer around what was added so far.
    pub(crate) fn layer<L>(self, layer: L) -> Routes
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Routes { router: self.router.layer(layer), listed: self.listed }
    }

    /// The router that answers them.
    pub(crate) fn into_router(self) -> Router<HttpState> {
        self.router
    }

    /// What was added, in order of path and method.
    pub(crate) fn into_listed(mut self) -> Vec<PageRoute> {
        self.listed.sort();
        self.listed
    }
}
