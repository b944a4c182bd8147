//! `tonalite user`.

use std::io::BufRead;

use anyhow::{Context, bail};
use tonalite_core::access::Actor;
use tonalite_core::portal_user::Role;
use tonalite_core::secret::Secret;
use tonalite_core::world::Clock;

use super::parties::party_id;
use super::told;
use crate::cli::{RoleArg, User};
use crate::config::Config;
use crate::server;
use crate::world::SystemClock;

pub(crate) async fn run(config: &Config, command: User) -> anyhow::Result<()> {
    let User::Create { username, party, role, password_stdin: _ } = command;
    let role = match role {
        RoleArg::Admin => Role::Admin,
        RoleArg::Manager => Role::Manager,
        RoleArg::Support => Role::Support,
        RoleArg::Viewer => Role::Viewer,
    };
    let password = read_password()?;
    let app = server::open_app(config).await?;
    let actor = Actor::command_line();
    let party = app.find_party(&actor, party_id(&party)?).await.map_err(told).context("--party")?;
    let party = actor.administer(party.into_inner()).map_err(told)?;
    let user = app
        .create_portal_user(&actor, party, &username, password, role, None, SystemClock.now())
        .await
        .map_err(told)?;
    println!("{}", user.id);
    app.shutdown().await;
    Ok(())
}

/// One line of standard input; a password on the command line would be seen by every process of the machine.
fn read_password() -> anyhow::Result<Secret<String>> {
    let mut line = String::new();
    let read = std::io::stdin()
        .lock()
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    if read == 0 {
        bail!("no password came on standard input");
    }
    Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
