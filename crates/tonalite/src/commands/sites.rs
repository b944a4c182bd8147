//! `tonalite site`.

use anyhow::Context;
use serde_json::json;
use tonalite_app::App;
use tonalite_core::access::Actor;

use super::out::{Listing, Out};
use super::parties::find_party;
use super::told;
use super::words::cell;
use crate::cli::Site;

pub(crate) async fn run(app: &App, command: Site, out: &Out) -> anyhow::Result<()> {
    let Site::List { party, rows } = command;
    let actor = Actor::command_line();
    let party = match party {
        Some(id) => Some(find_party(app, &actor, id).await.context("--party")?),
        None => None,
    };
    let mut listing = Listing::new(out, rows, &["ID", "NAME", "CUSTOMER", "CODE", "TIME ZONE"]);
    let mut after = None;
    loop {
        let page = app.page_sites(&actor, party.as_ref(), listing.wanted(), after).await.map_err(told)?;
        for site in &page.items {
            let cells = vec![
                site.id.to_string(),
                cell(Some(&site.name)),
                cell(Some(&site.customer_name)),
                cell(site.code.as_deref()),
                site.time_zone.as_str().to_owned(),
            ];
            let document = json!({
                "id": site.id.to_string(),
                "name": site.name,
                "party_id": site.customer_id.to_string(),
                "code": site.code,
                "time_zone": site.time_zone.as_str(),
                "language": site.language.as_str(),
            });
            listing.row(cells, &document);
        }
        after = page.next;
        if !listing.goes_on(after.is_some()).await? {
            return Ok(());
        }
    }
}
