//! One act on many parties: features, or lists of device types.

use axum::Json;
use serde::Serialize;
use tonalite_app::{Differs, ManyChange, PartyQuery, PartySet};
use tonalite_core::error::{FieldError, FieldErrors};
use tonalite_core::id::PartyId;
use tonalite_core::party::{Closed, PartyKind};
use tonalite_core::search::Search;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ctx::Ctx;
use crate::problem::{OrField, Problem};
use crate::read::{Body, FeatureChanges, json_body};
use crate::state::HttpState;

/// Operations on many parties.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(change_parties))
}

json_body! {
    /// On which parties, and what is set for each.
    struct PartyChangesBody {
        /// These parties, at most 200. Or else `below_party_id`.
        #[schema(value_type = Option<Vec<String>>, example = json!(["019ac2f0-0000-7000-8000-00000000c001"]))]
        party_ids: Option<Vec<String>>,
        /// All parties below this one, itself not included, at most 10,000; narrowed by `kind`, `q` and `differs`. Closed ones are
        /// left out.
        #[schema(value_type = Option<String>, examples(json!(null)))]
        below_party_id: Option<PartyId>,
        /// Of these below: `provider`, `operator` or `customer`.
        #[schema(examples(json!(null)))]
        kind: Option<String>,
        /// Of these below: words, each of which the name or the SIP domain has somewhere.
        #[schema(max_length = 100, examples(json!(null)))]
        q: Option<String>,
        /// Of these below: where something set there differs from what holds above, `features` or `device_types`.
        #[schema(examples(json!(null)))]
        differs: Option<String>,
        /// Features to set for each: `true`, `false`, or `null` to inherit.
        #[schema(value_type = Option<BTreeMap<String, Option<bool>>>, example = json!({"device_import": true, "device_reboot": null}))]
        features: FeatureChanges,
        /// A list of device types of its own for each, out of what is approved above it; an empty one inherits again.
        #[schema(value_type = Option<Vec<String>>, example = json!(["yealink-t54w"]))]
        device_type_ids: Option<Vec<String>>,
        /// `true` only counts what would be done.
        #[schema(examples(false))]
        dry_run: Option<bool>,
    }
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
struct PartyChangesDone {
    /// Parties that were changed.
    #[schema(examples(1))]
    changed: usize,
    /// Parties that had all of it already.
    #[schema(examples(0))]
    unchanged: usize,
}

/// Change many parties
///
/// Sets features, or a list of device types, for each of the parties: for all of them in one transaction, or for none. Each change has
/// its own record in the audit log. Who may is an admin of a party above each.
#[utoipa::path(
    post, path = "/api/v1/party-changes", tag = "parties", request_body = PartyChangesBody,
    responses(
        (status = 200, description = "Done, or counted.", body = PartyChangesDone),
        (status = 409, description = "One of the parties is closed: `party_closed`."),
        (status = 412, description = "Somebody changed one of the parties meanwhile; nothing was done: `stale`."),
    )
)]
async fn change_parties(
    ctx: Ctx,
    Body(body): Body<PartyChangesBody>,
) -> Result<Json<PartyChangesDone>, Problem> {
    let actor = ctx.actor()?;
    let mut errors = FieldErrors::new();
    let kind = word(&mut errors, "kind", body.kind.as_deref(), PartyKind::parse);
    let differs = word(&mut errors, "differs", body.differs.as_deref(), Differs::parse);
    let search = errors.take(Search::parse(body.q.as_deref().unwrap_or_default())).flatten();
    if body.features.0.is_empty() && body.device_type_ids.is_none() {
        errors.push(FieldError::new("features", "required"));
    }
    let is_narrowed = body.kind.is_some() || body.q.is_some() || body.differs.is_some();
    match (&body.party_ids, &body.below_party_id) {
        (None, None) => errors.push(FieldError::new("party_ids", "required")),
        (Some(_), Some(_)) => errors.push(FieldError::new("below_party_id", "party_set_twice")),
        (Some(_), None) if is_narrowed => errors.push(FieldError::new("party_ids", "party_set_twice")),
        _ => {}
    }
    let mut ids = Vec::new();
    for (n, text) in body.party_ids.iter().flatten().enumerate() {
        let id = text.parse::<PartyId>().map_err(|_| FieldError::new(format!("party_ids[{n}]"), "not_found"));
        ids.extend(if n < 200 { errors.take(id) } else { id.ok() });
    }
    errors.finish()?;
    let below = match body.below_party_id {
        Some(id) => Some(ctx.app.find_party(actor, id).await.or_field("below_party_id")?),
        None => None,
    };
    let set = match &below {
        None => PartySet::Named(ids),
        Some(below) => PartySet::Matching(PartyQuery {
            below: Some(below),
            kind,
            search,
            closed: Closed::Exclude,
            differs,
            without_own: true,
        }),
    };
    let change = ManyChange { features: body.features.0, device_types: body.device_type_ids };
    let plan = ctx.app.plan_party_changes(actor, set, &change, ctx.now).await?;
    let done = PartyChangesDone { changed: plan.changed(), unchanged: plan.unchanged };
    if body.dry_run != Some(true) {
        ctx.app.change_parties(plan).await?;
    }
    Ok(Json(done))
}

fn word<T>(
    errors: &mut FieldErrors,
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let text = text?;
    let unknown = || {
        let value = tonalite_core::device::short(text);
        FieldError::new(field, "unknown_value").with("value", value)
    };
    errors.take(parse(text).ok_or_else(unknown))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_says_the_bounds_that_hold() {
        assert_eq!((tonalite_app::MOST_NAMED, tonalite_app::MOST_PARTIES), (200, 10_000));
    }
}
