//! `tonalite user`: portal users.

use std::io::{BufRead, Read};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tonalite_app::App;
use tonalite_core::access::Actor;
use tonalite_core::portal_user::{PortalUser, Role};
use tonalite_core::secret::Secret;
use tonalite_core::world::Clock;

use super::out::{Listing, Out};
use super::parties::find_party;
use super::told;
use super::words::cell;
use crate::cli::{RoleArg, User};
use crate::control::Password;
use crate::world::SystemClock;

/// Far above the longest password that is accepted; whoever pipes a disk into this command hears of it soon.
const LONGEST_LINE: u64 = 4_096;

pub(crate) async fn run(
    app: &App,
    command: User,
    password: Option<Password>,
    out: &Out,
) -> anyhow::Result<()> {
    let actor = Actor::command_line();
    match command {
        User::Create { username, party, role, password_stdin: _ } => {
            let role = match role {
                RoleArg::Admin => Role::Admin,
                RoleArg::Manager => Role::Manager,
                RoleArg::Support => Role::Support,
                RoleArg::Viewer => Role::Viewer,
            };
            let Some(Password(password)) = password else { bail!("no password came with the command") };
            let party = find_party(app, &actor, party).await.context("--party")?;
            let party = actor.administer(party.into_inner()).map_err(told)?;
            let user = app
                .create_portal_user(&actor, party, &username, password, role, None, SystemClock.now())
                .await
                .map_err(told)?;
            out.answer(user.id.to_string(), &document(&user)).await?;
            Ok(())
        }
        User::List { party, rows } => {
            let party = match party {
                Some(id) => Some(find_party(app, &actor, id).await.context("--party")?),
                None => None,
            };
            let mut listing = Listing::new(out, rows, &["ID", "USERNAME", "ROLE", "PARTY", "PARTY ID"]);
            let mut after = None;
            loop {
                let page = app.page_portal_users(&actor, party.as_ref(), listing.wanted(), after);
                let page = page.await.map_err(told)?;
                for user in &page.items {
                    let cells = vec![
                        user.id.to_string(),
                        user.username.clone(),
                        user.role.as_str().to_owned(),
                        cell(Some(&user.party_name)),
                        user.party_id.to_string(),
                    ];
                    listing.row(cells, &document(user));
                }
                after = page.next;
                if !listing.goes_on(after.is_some()).await? {
                    return Ok(());
                }
            }
        }
    }
}

fn document(user: &PortalUser) -> Value {
    json!({
        "id": user.id.to_string(),
        "username": user.username,
        "role": user.role.as_str(),
        "party_id": user.party_id.to_string(),
    })
}

/// One line of standard input; a password on the command line would be seen by every process of the machine.
pub(super) fn read_password() -> anyhow::Result<Secret<String>> {
    let mut line = String::new();
    let read = std::io::stdin()
        .lock()
        .take(LONGEST_LINE)
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    if read == 0 {
        bail!("no password came on standard input");
    }
    Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
