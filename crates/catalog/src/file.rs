//! The text of one vendor's file → its vendor and types, with every rule that one file can break.
//! Rules between files (unique names, prefixes, User-Agents) are the catalogue's.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::device_type::{DeviceType, Kind, MAX_PORTS};
use crate::error::CatalogError;
use crate::pattern::Pattern;
use crate::reboot::{Challenges, RebootRecipe, ToUser};
use crate::vendor::Vendor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VendorFile {
    vendor: String,
    name: String,
    mac_prefixes: Vec<String>,
    user_agents: Vec<String>,
    recipe: BTreeMap<String, RecipeTable>,
    #[serde(rename = "type")]
    types: Vec<TypeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeTable {
    reboot_event: String,
    resync_event: Option<String>,
    reboot_is_conditional: bool,
    challenges: ChallengesWord,
    to_user: ToUserWord,
    window_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeTable {
    id: String,
    model: String,
    #[serde(default)]
    aliases: Vec<String>,
    kind: KindWord,
    ports: u16,
    recipe: String,
    #[serde(default = "yes")]
    has_mac: bool,
    #[serde(default)]
    user_agents: Vec<String>,
    sample_user_agent: Option<String>,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindWord {
    Desk,
    Conference,
    Ata,
    DectBase,
    Generic,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChallengesWord {
    Never,
    Maybe,
    Always,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ToUserWord {
    Contact,
    ChainId,
}

/// Reads one file. Its name without `.toml` must be the vendor's id.
///
/// # Errors
/// The first mistake found, with file, table and key.
pub(crate) fn read(file: &str, text: &str) -> Result<(Vendor, Vec<DeviceType>), CatalogError> {
    let raw: VendorFile = toml::from_str(text).map_err(|error| explain(file, text, &error))?;
    let fail = Fail { file };
    let vendor = read_vendor(&raw, &fail)?;
    let recipes = raw
        .recipe
        .iter()
        .map(|(name, table)| Ok((name.as_str(), read_recipe(name, table, &fail)?)))
        .collect::<Result<BTreeMap<_, _>, CatalogError>>()?;
    let mut unused: BTreeSet<&str> = recipes.keys().copied().collect();
    let mut types = Vec::with_capacity(raw.types.len());
    for (index, table) in raw.types.iter().enumerate() {
        unused.remove(table.recipe.as_str());
        types.push(read_type(&vendor, &recipes, index, table, &fail)?);
    }
    match unused.first() {
        Some(name) => fail.with(format!("recipe.{name}"), "", "no type uses this recipe"),
        None if types.is_empty() => fail.with("type", "", "a vendor needs at least one type"),
        None => Ok((vendor, types)),
    }
}

struct Fail<'a> {
    file: &'a str,
}

impl Fail<'_> {
    fn with<T>(
        &self,
        table: impl Into<String>,
        key: &str,
        message: impl Into<String>,
    ) -> Result<T, CatalogError> {
        Err(CatalogError {
            file: self.file.to_owned(),
            table: table.into(),
            key: key.to_owned(),
            message: message.into(),
        })
    }
}

fn read_vendor(raw: &VendorFile, fail: &Fail<'_>) -> Result<Vendor, CatalogError> {
    if !is_slug(&raw.vendor) || fail.file.strip_suffix(".toml") != Some(&raw.vendor) {
        return fail.with(
            "",
            "vendor",
            "the id is the file's name without .toml: lower-case letters, digits, hyphens",
        );
    }
    if raw.name.trim().is_empty() {
        return fail.with("", "name", "the vendor needs a name");
    }
    let mut mac_prefixes = Vec::with_capacity(raw.mac_prefixes.len());
    for text in &raw.mac_prefixes {
        let Some(prefix) = parse_prefix(text) else {
            return fail.with(
                "",
                "mac_prefixes",
                format!("{text:?} is not six lower-case hexadecimal digits of a maker's prefix"),
            );
        };
        mac_prefixes.push(prefix);
    }
    mac_prefixes.sort_unstable();
    let user_agents = read_patterns("", &raw.user_agents, fail)?;
    Ok(Vendor { id: raw.vendor.clone(), name: raw.name.clone(), mac_prefixes, user_agents })
}

fn read_recipe(name: &str, table: &RecipeTable, fail: &Fail<'_>) -> Result<RebootRecipe, CatalogError> {
    let place = format!("recipe.{name}");
    for (key, event) in
        [("reboot_event", Some(&table.reboot_event)), ("resync_event", table.resync_event.as_ref())]
    {
        let Some(event) = event else { continue };
        if event.is_empty() || !event.bytes().all(|byte| byte.is_ascii_graphic()) {
            return fail.with(place, key, "an event is printable ASCII without spaces");
        }
        // On Grandstream, and maybe on others, the event `reset` wipes the telephone.
        if event.split(';').next().is_some_and(|package| package.eq_ignore_ascii_case("reset")) {
            return fail.with(place, key, "the event reset is a factory reset: never to be sent");
        }
    }
    if !(30..=3600).contains(&table.window_seconds) {
        return fail.with(place, "window_seconds", "30 to 3600 seconds");
    }
    Ok(RebootRecipe {
        reboot_event: table.reboot_event.clone(),
        resync_event: table.resync_event.clone(),
        reboot_is_conditional: table.reboot_is_conditional,
        challenges: match table.challenges {
            ChallengesWord::Never => Challenges::Never,
            ChallengesWord::Maybe => Challenges::Maybe,
            ChallengesWord::Always => Challenges::Always,
        },
        to_user: match table.to_user {
            ToUserWord::Contact => ToUser::Contact,
            ToUserWord::ChainId => ToUser::ChainId,
        },
        window_seconds: table.window_seconds,
    })
}

fn read_type(
    vendor: &Vendor,
    recipes: &BTreeMap<&str, RebootRecipe>,
    index: usize,
    table: &TypeTable,
    fail: &Fail<'_>,
) -> Result<DeviceType, CatalogError> {
    let place = format!("type[{}]", index + 1);
    if !is_slug(&table.id) || !table.id.strip_prefix(&vendor.id).is_some_and(|rest| rest.starts_with('-')) {
        return fail.with(
            place,
            "id",
            format!("{:?} is not {}-… of lower-case letters, digits, hyphens", table.id, vendor.id),
        );
    }
    if table.model.trim().is_empty() {
        return fail.with(place, "model", "the type needs a model");
    }
    if !(1..=MAX_PORTS).contains(&table.ports) {
        return fail.with(place, "ports", format!("1 to {MAX_PORTS}, not {}", table.ports));
    }
    let Some(reboot) = recipes.get(table.recipe.as_str()) else {
        return fail.with(place, "recipe", format!("there is no [recipe.{}]", table.recipe));
    };
    if table.has_mac && vendor.mac_prefixes.is_empty() {
        return fail.with(place, "has_mac", "a vendor without MAC prefixes has no types with a MAC address");
    }
    let user_agents = read_patterns(&place, &table.user_agents, fail)?;
    let sample = table.sample_user_agent.as_deref();
    if sample.is_some() == user_agents.is_empty() {
        return fail.with(place, "sample_user_agent", "needed with user_agents, and only then");
    }
    if sample.is_some_and(|sample| !user_agents.iter().any(|pattern| pattern.matches(sample))) {
        return fail.with(place, "sample_user_agent", "no pattern of user_agents matches it");
    }
    Ok(DeviceType {
        id: table.id.clone(),
        vendor: vendor.id.clone(),
        vendor_name: vendor.name.clone(),
        model: table.model.clone(),
        name: format!("{} {}", vendor.name, table.model),
        aliases: table.aliases.clone(),
        kind: match table.kind {
            KindWord::Desk => Kind::Desk,
            KindWord::Conference => Kind::Conference,
            KindWord::Ata => Kind::Ata,
            KindWord::DectBase => Kind::DectBase,
            KindWord::Generic => Kind::Generic,
        },
        ports: table.ports,
        has_mac: table.has_mac,
        user_agents,
        sample_user_agent: table.sample_user_agent.clone(),
        reboot: reboot.clone(),
    })
}

fn read_patterns(table: &str, texts: &[String], fail: &Fail<'_>) -> Result<Vec<Pattern>, CatalogError> {
    texts
        .iter()
        .map(|text| match Pattern::parse(text) {
            Some(pattern) => Ok(pattern),
            None => fail.with(table, "user_agents", format!("{text:?} would match everything")),
        })
        .collect()
}

/// Six lower-case digits; no multicast or locally administered address, which no maker was assigned.
fn parse_prefix(text: &str) -> Option<u32> {
    let lower = text.len() == 6 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let prefix = u32::from_str_radix(text, 16).ok().filter(|_| lower)?;
    (prefix & 0x03_0000 == 0).then_some(prefix)
}

fn is_slug(text: &str) -> bool {
    text.split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9')))
}

/// Finds table and key of a mistake that the TOML reader tells by its place in the text.
fn explain(file: &str, text: &str, error: &toml::de::Error) -> CatalogError {
    let message = error.message().to_owned();
    let place = error.span().map_or(0, |span| span.start);
    let (mut table, mut key, mut types, mut start) = (String::new(), String::new(), 0_usize, 0_usize);
    for line in text.split_inclusive('\n') {
        if start > place {
            break;
        }
        start += line.len();
        let line = line.trim();
        if line == "[[type]]" {
            types += 1;
            (table, key) = (format!("type[{types}]"), String::new());
        } else if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (table, key) = (header.to_owned(), String::new());
        } else if let Some((name, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            key = name.trim().to_owned();
        }
    }
    // A missing key has no line of its own; the reader names it in backquotes and points at the table.
    if let Some(rest) = message.strip_prefix("missing field `") {
        key = rest.split('`').next().unwrap_or_default().to_owned();
    }
    CatalogError { file: file.to_owned(), table, key, message }
}
