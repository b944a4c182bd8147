//! `tonalite user`.

use std::io::BufRead;

use anyhow::{Context, bail};
use tonalite_core::access::Actor;
use tonalite_core::portal_user::Role;
use tonalite_core::secret::Secret;
use tonalite_core::world::Clock;

use super::parties::find_party;
use super::{told, with_app};
use crate::cli::{RoleArg, User};
use crate::config::Config;
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
    with_app(config, async |app| {
        let actor = Actor::command_line();
        let party = find_party(app, &actor, &party).await.context("--party")?;
        let party = actor.administer(party).map_err(told)?;
        let user = app
            .create_portal_user(&actor, party, &username, password, role, None, SystemClock.now())
            .await
            .map_err(told)?;
        println!("{}", user.id);
        Ok(())
    })
    .await
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
