//! The demo's logins, one per role: drawn at its first start, kept beside its data, printed at every start.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tonalite_app::App;
use tonalite_core::access::Actor;
use tonalite_core::party::Party;
use tonalite_core::portal_user::Role;
use tonalite_core::secret::Secret;
use tonalite_core::world::{Clock, random_name};

use super::fleet::Parties;
use crate::commands::told;
use crate::world::SystemClock;

/// One login, for a person to read.
#[derive(Serialize, Deserialize)]
pub(super) struct Login {
    role: String,
    party: String,
    username: String,
    password: String,
}

pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("logins.json")
}

pub(super) fn read(folder: &Path) -> anyhow::Result<Vec<Login>> {
    let path = path(folder);
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!("cannot read the demo's logins from {}; start over with --fresh", path.display())
    })?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is damaged; start over with --fresh", path.display()))
}

pub(super) async fn make(
    app: &App,
    actor: &Actor,
    parties: &Parties,
    folder: &Path,
) -> anyhow::Result<Vec<Login>> {
    let mut logins = Vec::new();
    for (role, party, username) in [
        (Role::Admin, &parties.platform, "admin"),
        (Role::Manager, &parties.clinic, "manager"),
        (Role::Support, &parties.provider, "support"),
        (Role::Viewer, &parties.lawyers, "viewer"),
    ] {
        logins.push(make_one(app, actor, role, party, username).await?);
    }
    let path = path(folder);
    let mut file = std::fs::File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(serde_json::to_string_pretty(&logins)?.as_bytes())?;
    Ok(logins)
}

async fn make_one(
    app: &App,
    actor: &Actor,
    role: Role,
    party: &Party,
    username: &str,
) -> anyhow::Result<Login> {
    let password = random_name(14, app.entropy());
    let above = actor.administer(party.clone()).map_err(told)?;
    let secret = Secret::new(password.clone());
    app.create_portal_user(actor, above, username, secret, role, None, SystemClock.now())
        .await
        .map_err(told)?;
    Ok(Login {
        role: role.as_str().to_owned(),
        party: party.name.clone(),
        username: username.to_owned(),
        password,
    })
}

/// The logins as a small table.
pub(super) fn table(logins: &[Login]) -> String {
    let mut text = String::new();
    for Login { role, party, username, password } in logins {
        text.push_str(&format!("  {role:<8} {username:<8} {password}   ({party})\n"));
    }
    text
}
