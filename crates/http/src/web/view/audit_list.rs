//! The list of the audit log: each act in words, with what changed.

use askama::Template;
use serde_json::Value;
use tonalite_app::{AuditEntry, AuditTarget};
use tonalite_core::audit::{Action, ActionGroup, Outcome, Retention};
use tonalite_core::device::short;
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::frame::Frame;
use super::times::{Moment, Times};

/// Kinds of things that have a word.
const KINDS: [&str; 9] =
    ["device", "site", "party", "user", "portal_user", "dect_system", "import", "export", "token"];
/// Longer values are cut: the API has them whole.
const LONGEST_VALUE: usize = 300;

/// `audit/list.html`
#[derive(Template)]
#[template(path = "audit/list.html")]
pub(crate) struct AuditListPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) filters: Filters,
    /// Whether acts of more than one party may stand side by side.
    pub(crate) with_parties: bool,
    /// Name of the party whose id stands in the filter.
    pub(crate) party_name: Option<String>,
    /// Parties that may be meant, instead of rows: address and name.
    pub(crate) parties: Option<Vec<(String, String)>>,
    /// Zone of dates and times.
    pub(crate) zone: String,
    pub(crate) rows: Vec<AuditRowView>,
    /// Rows that were looked through when the page ended before it was full.
    pub(crate) looked_through: Option<i64>,
    pub(crate) on_first_page: bool,
    pub(crate) first_address: String,
    pub(crate) next_address: Option<String>,
    pub(crate) export: String,
    pub(crate) kept: Retention,
    pub(crate) q: String,
    pub(crate) party: String,
    pub(crate) person: String,
    pub(crate) target: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) tz: String,
}

/// The list boxes.
#[derive(Debug, Clone)]
pub(crate) struct Filters {
    /// Name of each group, and its acts; the first option stands for all of them.
    pub(crate) groups: Vec<(String, Vec<Choice>)>,
    pub(crate) results: Vec<Choice>,
}

impl Filters {
    pub(crate) fn new(t: Locale, action: &str, result: &str) -> Filters {
        let group = |group: ActionGroup| {
            let name = t.text(&group.text_key());
            let all = t.with("audit-all-of", &[("group", name.clone().into())]);
            let mut choices = vec![Choice::new(group.as_str(), all, action)];
            let acts = Action::ALL.iter().filter(|own| own.group() == group);
            choices.extend(acts.map(|own| Choice::new(own.as_str(), t.text(&own.text_key()), action)));
            (name, choices)
        };
        let outcome = |outcome: Outcome| {
            let key = format!("audit-outcome-{}", outcome.as_str());
            Choice::new(outcome.as_str(), t.text(&key), result)
        };
        Filters {
            groups: ActionGroup::ALL.into_iter().map(group).collect(),
            results: Outcome::ALL.into_iter().map(outcome).collect(),
        }
    }
}

/// One act.
#[derive(Debug, Clone)]
pub(crate) struct AuditRowView {
    pub(crate) moment: Moment,
    pub(crate) who: String,
    /// Whose: a person's own party, and in whose portal it worked.
    pub(crate) of: Vec<String>,
    pub(crate) action: String,
    pub(crate) party: String,
    pub(crate) target: Option<TargetView>,
    pub(crate) from: Option<String>,
    pub(crate) is_ok: bool,
    /// Code of the refusal.
    pub(crate) code: Option<String>,
    /// What changed, or what else there is to say.
    pub(crate) details: Vec<DetailView>,
    /// Whether the details have something before and after.
    pub(crate) has_before: bool,
}

/// What it was done to.
#[derive(Debug, Clone)]
pub(crate) struct TargetView {
    /// "Device 00:15:65:ab:cd:ef", or the kind alone.
    pub(crate) text: String,
    /// Its page, where it still has one.
    pub(crate) address: Option<String>,
    /// The list narrowed to it.
    pub(crate) narrowed: String,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DetailView {
    pub(crate) name: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl AuditRowView {
    /// An act in words. `narrowed`: the list with the filter for one thing.
    pub(crate) fn new(
        t: Locale,
        times: &Times,
        entry: &AuditEntry,
        target: Option<AuditTarget>,
        narrowed: impl Fn(&str) -> String,
    ) -> AuditRowView {
        let who = match (&entry.actor_name, entry.actor.as_str()) {
            (Some(name), _) => name.clone(),
            (None, "cli") => t.text("audit-actor-cli"),
            (None, "system") => t.text("audit-actor-system"),
            (None, _) => t.text("audit-actor-erased"),
        };
        let mut of: Vec<String> = entry.actor_party.iter().cloned().collect();
        if entry.token_id.is_some() {
            of.push(t.text("audit-by-token"));
        }
        if let Some((_, customer)) = &entry.acting_for {
            of.push(t.with("audit-acting-for", &[("customer", customer.as_str().into())]));
        }
        let shown = match (&entry.target_kind, &entry.target_id) {
            (Some(kind), Some(id)) => Some(TargetView {
                text: match &target {
                    Some(target) if !target.name.is_empty() => t.with(
                        "audit-target",
                        &[("kind", kind_word(t, kind).into()), ("name", target.name.as_str().into())],
                    ),
                    _ => kind_word(t, kind),
                },
                address: target.as_ref().and_then(|_| page_of(kind, id)),
                narrowed: narrowed(id),
            }),
            _ => None,
        };
        let details = details(&entry.detail);
        AuditRowView {
            moment: times.moment(entry.at),
            who,
            of,
            action: Action::parse(&entry.action)
                .map_or_else(|| entry.action.clone(), |known| t.text(&known.text_key())),
            party: entry.party_name.clone(),
            target: shown,
            from: entry.address.clone(),
            is_ok: entry.result == "ok",
            code: (entry.result != "ok").then(|| entry.result.clone()),
            has_before: details.iter().any(|detail| !detail.before.is_empty()),
            details,
        }
    }
}

fn kind_word(t: Locale, kind: &str) -> String {
    if KINDS.contains(&kind) { t.text(&format!("audit-kind-{kind}")) } else { kind.to_owned() }
}

/// Where somebody looks at it.
fn page_of(kind: &str, id: &str) -> Option<String> {
    let root = match kind {
        "device" => "/devices/",
        "party" => "/party-manager/",
        "dect_system" => "/dect-systems/",
        "import" => "/imports/",
        "site" => "/devices?site=",
        _ => return None,
    };
    Some(format!("{root}{id}"))
}

/// A detail as a table: `{"name": {"before": …, "after": …}}`, `{"before": {…}, "after": {…}}`, or values as they are.
fn details(detail: &Value) -> Vec<DetailView> {
    let Value::Object(fields) = detail else { return Vec::new() };
    let empty = Value::Null;
    if let (Some(Value::Object(before)), Some(Value::Object(after))) =
        (fields.get("before"), fields.get("after"))
    {
        let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
        let pairs =
            names.map(|name| (name, before.get(name).unwrap_or(&empty), after.get(name).unwrap_or(&empty)));
        return pairs
            .filter(|(_, before, after)| before != after)
            .map(|(name, before, after)| line(name, before, after))
            .collect();
    }
    let mut lines = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Object(change) if change.contains_key("before") || change.contains_key("after") => {
                lines.push(line(
                    name,
                    change.get("before").unwrap_or(&empty),
                    change.get("after").unwrap_or(&empty),
                ));
            }
            Value::Object(inner) => {
                lines.extend(
                    inner
                        .iter()
                        .filter(|(_, value)| !value.is_null())
                        .map(|(own, value)| line(own, &empty, value)),
                );
            }
            Value::Null => {}
            value => lines.push(line(name, &empty, value)),
        }
    }
    lines
}

fn line(name: &str, before: &Value, after: &Value) -> DetailView {
    DetailView { name: short(name), before: text(before), after: text(after) }
}

fn text(value: &Value) -> String {
    let whole = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    match whole.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_a_detail_is_a_table() {
        let told = |detail: Value| {
            let lines = details(&detail).into_iter();
            lines
                .map(|line| format!("{}: {} → {}", line.name, line.before, line.after))
                .collect::<Vec<_>>()
                .join(" | ")
        };
        assert_eq!(told(json!({ "name": { "before": "A", "after": "B" } })), "name: A → B");
        assert_eq!(told(json!({ "name": { "before": null, "after": true } })), "name:  → true");
        assert_eq!(
            told(json!({ "before": { "name": "A", "note": null }, "after": { "name": "B", "note": null } })),
            "name: A → B"
        );
        assert_eq!(told(json!({ "port": 3, "user_id": "x", "none": null })), "port:  → 3 | user_id:  → x");
        assert_eq!(told(json!({ "ids": ["a", "b"] })), "ids:  → a, b");
        assert_eq!(told(json!({ "asked": { "q": "x", "kind": null } })), "q:  → x");
        assert_eq!(told(json!([1])), "");
        assert_eq!(text(&json!("é".repeat(400))).chars().count(), LONGEST_VALUE + 1);
    }
}
