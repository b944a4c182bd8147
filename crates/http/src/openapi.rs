//! The OpenAPI document, made from the operations themselves. What all operations share (who may ask, which errors
//! there are) is added here, so that no handler can forget it.

use std::collections::BTreeMap;

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement};
use utoipa_axum::router::OpenApiRouter;

use crate::api;
use crate::problem::{PROBLEM_JSON, ProblemDocument};
use crate::state::HttpState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tonalite",
        description = "The portal for fleets of SIP phones. Everything that its pages show and do.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    components(schemas(ProblemDocument)),
    tags(
        (name = "session", description = "Signing in, and who one is."),
        (name = "parties", description = "Providers, operators, customers, and what is switched on for them."),
        (name = "sites", description = "The places of a customer."),
        (name = "device types", description = "Models, and which of them are approved where."),
        (name = "devices", description = "The phones, and what is known of them."),
        (name = "reboots", description = "Restarting phones, and what came of it."),
        (name = "users", description = "People, rooms and queues of a site."),
        (name = "lines", description = "Ports of devices, assigned to users."),
        (name = "exports", description = "Lists as files."),
        (name = "events", description = "What changes, while it changes."),
        (name = "audit", description = "Who did what."),
        (name = "tokens", description = "What programs sign in with."),
    )
)]
struct Document;

/// All operations of the API, with their descriptions.
pub(crate) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::with_openapi(Document::openapi()).merge(api::routes())
}

/// The document as it is served at `/api/openapi.json`.
pub fn document() -> utoipa::openapi::OpenApi {
    complete(routes().into_openapi())
}

/// Adds what all operations share.
pub(crate) fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let components = document.components.get_or_insert_default();
    let cookie =
        ApiKeyValue::with_description("tonalite", "`__Host-tonalite` when the portal is reached over HTTPS.");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token.")).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    for (path, item) in &mut document.paths.paths {
        if let Some(operation) = &mut item.post {
            complete_operation(path, operation, true);
        }
        for operation in
            [&mut item.get, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
        {
            complete_operation(path, operation, false);
        }
    }
    document
}

fn complete_operation(path: &str, operation: &mut Operation, is_post: bool) {
    let is_open = operation.operation_id.as_deref() == Some("create_session");
    if !is_open {
        let none: [String; 0] = [];
        operation.security = Some(vec![
            SecurityRequirement::new("cookie", none.clone()),
            SecurityRequirement::new("bearer", none),
        ]);
    }
    let has_body = operation.request_body.is_some();
    let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let may_be_stale = path.ends_with("/{id}") && has_body;
    let names_things = path.contains('{') || has_parameters;
    let responses = &mut operation.responses.responses;
    for (status, applies, description) in [
        ("400", has_body, "The body cannot be read."),
        ("401", true, "Not signed in, or the credentials are wrong."),
        ("403", !is_open, "The role or a switched-off feature does not allow it."),
        ("404", names_things, "Absent, or not to be seen: the two cannot be told apart."),
        ("412", may_be_stale, "It was changed since it was read."),
        ("413", has_body, "The body is too large."),
        ("415", has_body, "The body is not JSON."),
        ("422", has_body || has_parameters, "A field or parameter is wrong; all of them are told."),
        ("429", true, "Too many; `Retry-After` says when."),
        ("500", true, "A fault of ours; the log has the details."),
        ("503", true, "Not now; `Retry-After` says when."),
    ] {
        if applies {
            responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(description)));
        }
    }
    tell_problems(responses);
    let parameters = operation.parameters.get_or_insert_default();
    if is_post && !is_open {
        let text =
            "A value of your choice. The same request with the same key is carried out once in 24 hours.";
        parameters.push(header("Idempotency-Key", text).into());
    }
    if may_be_stale {
        let text = "The `version` in quotes: then nothing is changed if somebody changed it meanwhile.";
        parameters.push(header("If-Match", text).into());
    }
}

fn header(name: &str, description: &str) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).max_length(Some(128)).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .schema(Some(schema))
        .description(Some(description))
        .build()
}

/// Every error is a problem document, also those that a handler names.
fn tell_problems(responses: &mut BTreeMap<String, RefOr<Response>>) {
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
            && response.content.is_empty()
        {
            response.content = problem("").content;
        }
    }
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, Content::new(Some(schema))).build()
}
