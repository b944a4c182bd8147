//! The OpenAPI document, made from the operations themselves. What all operations share (who may ask, which errors
//! there are) is added here, so that no handler can forget it; examples are put together in [`crate::examples`].

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement};
use utoipa_axum::router::OpenApiRouter;

use crate::api;
use crate::examples::{example, example_id, kind};
use crate::problem::{PROBLEM_JSON, ProblemDocument};
use crate::state::HttpState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tonalite",
        description = "The portal for fleets of SIP phones. Everything that its pages show and do.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    servers((url = "/", description = "The portal that served this document.")),
    components(schemas(ProblemDocument)),
    tags(
        (name = "session", description = "Signing in, and who one is."),
        (name = "parties", description = "Providers, operators, customers, and what is switched on for them."),
        (name = "sites", description = "The places of a customer."),
        (name = "device types", description = "Models, and which of them are approved where."),
        (name = "devices", description = "The phones, and what is known of them."),
        (name = "reboots", description = "Restarting phones, and what came of it."),
        (name = "DECT systems", description = "Bases that hand calls over to one another, as one."),
        (name = "users", description = "People, rooms and queues of a site."),
        (name = "lines", description = "Ports of devices, assigned to users."),
        (name = "line states", description = "The ports of all devices, and whether each is registered."),
        (name = "exports", description = "Lists as files."),
        (name = "imports", description = "Devices out of files: checked row by row, then added together or not at all."),
        (name = "events", description = "What changes, while it changes."),
        (name = "audit", description = "Who did what."),
        (name = "personal data", description = "What is kept about a person: to read, and to forget."),
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
    let schemas = match serde_json::to_value(&components.schemas) {
        Ok(Value::Object(schemas)) => schemas,
        _ => Map::new(),
    };
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ] {
            if let Some(operation) = operation {
                complete_operation(path, method, operation);
                add_examples(path, operation, &schemas);
            }
        }
    }
    document
}

/// A token is no session: it is withdrawn, not signed out, and sees its whole subtree.
const SESSIONS_ONLY: [&str; 3] = ["delete_session", "begin_acting", "end_acting"];

fn complete_operation(path: &str, method: &str, operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    let is_open = id == "create_session";
    if !is_open {
        let none: [String; 0] = [];
        let mut ways = vec![SecurityRequirement::new("cookie", none.clone())];
        if !SESSIONS_ONLY.contains(&id.as_str()) {
            ways.push(SecurityRequirement::new("bearer", none));
        }
        operation.security = Some(ways);
    }
    let changes = method != "get";
    let has_key = method == "post" && !is_open;
    let has_body = operation.request_body.is_some();
    let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let may_be_stale = has_body && (path.ends_with("/{id}") || path.ends_with("/approved-device-types"));
    let names_things = path.contains('{') || has_parameters;
    let responses = &mut operation.responses.responses;
    for (status, applies, description) in [
        ("400", has_body, "The body cannot be read: `malformed_body`, `malformed_request`."),
        ("401", true, "Not signed in, or the credentials are wrong: `unauthenticated`."),
        ("403", !is_open, "The role does not allow it: `forbidden`. It is switched off: `feature_disabled`."),
        ("403", changes, "A browser sent it for another site: `cross_site`."),
        ("404", names_things, "Absent, or not to be seen, which cannot be told apart: `not_found`."),
        ("408", has_body, "The body did not arrive in time: `body_too_slow`."),
        (
            "409",
            has_key,
            "About the idempotency key: `idempotency_underway`, `idempotency_key_reused`, `idempotency_secret`.",
        ),
        ("412", may_be_stale, "It was changed since it was read: `stale`."),
        ("413", has_body, "The body is too large: `body_too_large`."),
        ("415", has_body, "The body is of another type: `unsupported_media_type`."),
        (
            "422",
            has_body || has_parameters,
            "A field or parameter is wrong; all of them are told: `invalid`.",
        ),
        ("429", true, "Too many; `Retry-After` says when: `too_many`."),
        ("500", true, "A fault of ours; the log has the details: `internal`."),
        ("503", true, "Not now; `Retry-After` says when: `unavailable`."),
    ] {
        if !applies {
            continue;
        }
        match responses.get_mut(status) {
            // A handler says what is its own; what is everybody's comes after.
            Some(RefOr::T(told)) if !told.description.contains(description) => {
                told.description = format!("{} {description}", told.description);
            }
            Some(_) => {}
            None => {
                responses.insert(status.to_owned(), RefOr::T(problem(description)));
            }
        }
    }
    tell_problems(responses);
    let parameters = operation.parameters.get_or_insert_default();
    if has_key {
        let text =
            "A value of your choice. The same request with the same key is carried out once in 24 hours.";
        parameters.push(header("Idempotency-Key", text).into());
    }
    if may_be_stale {
        let text = "The `version` in quotes: then nothing is changed if somebody changed it meanwhile.";
        parameters.push(header("If-Match", text).into());
    }
}

/// Examples of what is sent and answered, unless the operation has its own; and of what stands in the path.
fn add_examples(path: &str, operation: &mut Operation, schemas: &Map<String, Value>) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && status.starts_with('2')
        {
            answer.content.iter_mut().for_each(|(kind, content)| add_example(kind, content, schemas));
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.iter_mut().for_each(|(kind, content)| add_example(kind, content, schemas));
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Path
        {
            let schema = serde_json::to_value(&parameter.schema).unwrap_or_default();
            let way = path.split(&format!("/{{{}}}", parameter.name)).next().unwrap_or_default();
            let nouns = way.rsplit('/').next().unwrap_or_default();
            let value: Value = match kind(&schema) {
                Some("string") => example_id(&singular(nouns)).into(),
                _ => 1.into(),
            };
            *parameter = ParameterBuilder::from(parameter.clone()).example(Some(value)).build();
        }
    }
}

fn add_example(media_type: &str, content: &mut RefOr<Content>, schemas: &Map<String, Value>) {
    let RefOr::T(content) = content else { return };
    let is_untold = content.example.is_none() && content.examples.is_empty();
    if is_untold && media_type.ends_with("json") {
        let schema = content.schema.as_ref().and_then(|schema| serde_json::to_value(schema).ok());
        content.example = schema.and_then(|schema| example(schemas, &schema));
    }
}

/// `devices` → `device`, `parties` → `party`: the nouns of our paths have no other plurals.
fn singular(nouns: &str) -> String {
    match nouns.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => nouns.strip_suffix('s').unwrap_or(nouns).to_owned(),
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
