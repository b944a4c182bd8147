//! New SIP credentials of a whole site in one file, once.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use tonalite_core::id::SiteId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::once::HoldsSecret;
use crate::ctx::Ctx;
use crate::problem::Problem;
use crate::read::{PathId, Query, query};
use crate::sheet::{FileName, SheetRequest, credential_form, send_file};
use crate::state::HttpState;

/// Operations of this file.
pub(super) fn routes() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new().routes(routes!(create_site_credentials))
}

query! {
    /// Which lines, and how the file looks.
    struct SiteCredentialsQuery {
        /// Only lines of devices of this type.
        #[param(nullable = false)]
        device_type_id: Option<String>,
        /// Language of the headings: `en`, `fr`, or `raw` for the keys. `raw` for tokens when nothing is said, else the
        /// reader's language.
        #[param(nullable = false)]
        lang: Option<String>,
        /// Between cells: `,`, `;` or `tab`. `;` for people who read French when nothing is said, else `,`.
        #[param(nullable = false)]
        sep: Option<String>,
        /// Whether a byte order mark begins the file, `true` or `false`. `true` for people when nothing is said.
        #[param(nullable = false)]
        bom: Option<String>,
    }
}

/// Make new credentials for a site
///
/// For every assigned line of the site, all or none, in one CSV file. It is handed out this once and kept nowhere; who loses
/// it makes new ones again. The old credentials stay valid beside the new until a phone used these, at most 24 hours.
#[utoipa::path(
    post, path = "/api/v1/sites/{id}/credentials.csv", tag = "lines",
    params(("id" = uuid::Uuid, Path, description = "The site."), SiteCredentialsQuery),
    responses((
        status = 200, description = "The file; shown this once.", body = String, content_type = "text/csv",
        headers(("content-disposition" = String, description = "A name for the file.")),
        example = json!("mac,device_type,port,user,extension,number,username,password,domain,registrar\r\n00:15:65:ab:cd:ef,\"Yealink T54W\",1,\"Anne Leroy\",\"1001\",,\"k7m2p9x4q8\",Jq7mVx29LtBc4Rw8NzK,sip.example.net,sip.example.net:5060\r\n"),
    ))
)]
async fn create_site_credentials(
    ctx: Ctx,
    PathId(id): PathId<SiteId>,
    Query(query): Query<SiteCredentialsQuery>,
) -> Result<Response, Problem> {
    let SiteCredentialsQuery { device_type_id, lang, sep, bom } = query;
    let asked = SheetRequest { lang, sep, bom, ..SheetRequest::default() };
    site_credentials(&ctx, id, device_type_id.as_deref(), &asked).await
}

/// Makes them, and answers with the file.
pub(crate) async fn site_credentials(
    ctx: &Ctx,
    id: SiteId,
    device_type: Option<&str>,
    asked: &SheetRequest,
) -> Result<Response, Problem> {
    let actor = ctx.actor()?;
    let site = actor.manage(ctx.app.find_site(actor, id).await?.into_inner())?;
    let form = credential_form(ctx, asked, &site).await?;
    let customer = ctx.app.find_party(actor, site.customer_id).await?;
    let name = FileName::of_credentials(&form, &customer, &site, ctx.now);
    let (file, _) = ctx.app.new_credentials_of_site(actor, site, device_type, &form, ctx.now).await?;
    let mut response = send_file(file, &name)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(HoldsSecret);
    Ok(response)
}
