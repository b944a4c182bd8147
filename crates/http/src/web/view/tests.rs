//! Pages as they are sent, in both languages; and that no text is missing behind a key that is put together at run time.

use askama::Template;
use tonalite_core::dect::DectRebootStop;
use tonalite_core::filter::StatusFilter;
use tonalite_core::line_state::StateDetail;
use tonalite_core::party::{Feature, PartyKind};
use tonalite_core::reboot::{Reboot, RebootState};
use tonalite_core::text::Language;
use tonalite_core::timeline::TimelineKind;

use super::device_list::Empty;
use super::{sample, sample_lines, sample_reboot};

/// The page without what changes with every build of the assets.
pub(super) fn html(page: &impl Template) -> String {
    let html = page.render().unwrap();
    let mut parts = html.split("?v=");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + part.trim_start_matches(|c: char| c.is_ascii_hexdigit()))
}

/// What a reader reads, one line for each run of text.
pub(super) fn text(page: &impl Template) -> String {
    let html = html(page);
    let main = html.split_once("<main").map_or(html.as_str(), |(_, main)| main);
    let runs = main.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    runs.filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
}

#[test]
fn pages_in_html() {
    insta::assert_snapshot!("list", html(&sample::device_list(Language::French, None)));
    insta::assert_snapshot!("line-states", html(&sample_lines::line_states(Language::French, None)));
    insta::assert_snapshot!("new", html(&sample::device_new(Language::French, true)));
    insta::assert_snapshot!("show", html(&sample::device_show(Language::French, 2)));
}

#[test]
fn pages_in_words() {
    for language in Language::ALL {
        let name = |page: &str| format!("{page}-{}", language.as_str());
        insta::assert_snapshot!(
            name("list-empty"),
            text(&sample::device_list(language, Some(Empty::NoDevices)))
        );
        insta::assert_snapshot!(
            name("list-unmatched"),
            text(&sample::device_list(language, Some(Empty::NoMatch)))
        );
        insta::assert_snapshot!(name("line-states"), text(&sample_lines::line_states(language, None)));
        for empty in [Empty::NoDevices, Empty::NoMatch, Empty::PastTheEnd] {
            let page = text(&sample_lines::line_states(language, Some(empty)));
            insta::assert_snapshot!(name(&format!("line-states-{empty:?}")), page);
        }
        insta::assert_snapshot!(name("new"), text(&sample::device_new(language, false)));
        insta::assert_snapshot!(name("show"), text(&sample::device_show(language, 2)));
        insta::assert_snapshot!(name("show-fresh"), text(&sample::device_show(language, 5)));
        insta::assert_snapshot!(name("assign"), text(&sample::assign_line(language, &["1001 · Anne Leroy"])));
        insta::assert_snapshot!(name("new-credentials"), text(&sample::new_credentials(language)));
        insta::assert_snapshot!(name("credentials"), text(&sample::credentials(language)));
        insta::assert_snapshot!(name("reboot"), text(&sample_reboot::reboot_ask(language)));
        for state in [RebootState::Sent, RebootState::Refused, RebootState::Back] {
            let page = format!("reboot-{}-{}", state.as_str(), language.as_str());
            insta::assert_snapshot!(page, text(&sample_reboot::reboot_progress(language, state)));
        }
        insta::assert_snapshot!(name("status-known"), text(&sample_reboot::device_status(language, false)));
        insta::assert_snapshot!(name("status-checked"), text(&sample_reboot::device_status(language, true)));
        insta::assert_snapshot!(name("remove"), text(&sample::remove(language)));
        insta::assert_snapshot!(name("sign-in"), text(&sample::sign_in(language, true)));
        insta::assert_snapshot!(name("problem"), text(&sample::problem(language)));
    }
}

#[test]
fn a_page_asks_the_phone_or_follows_a_reboot_only_as_long_as_there_is_something_to_learn() {
    let asks =
        |asked| html(&sample_reboot::device_status(Language::English, asked)).contains("hx-trigger=\"load\"");
    assert!(asks(false) && !asks(true));
    let follows = |state| html(&sample_reboot::reboot_progress(Language::English, state)).contains("hx-get=");
    assert!(follows(RebootState::Sent) && !follows(RebootState::Back) && !follows(RebootState::Refused));
    let refused = html(&sample_reboot::reboot_progress(Language::English, RebootState::Refused));
    assert!(refused.contains("<q>Busy &#60;here&#62;</q>"), "what a phone says is text");
}

#[test]
fn filters_exchange_nothing_but_the_results() {
    let page = sample::device_list(Language::English, None);
    let rows = html(&page.rows());
    assert!(rows.trim_start().starts_with("<div id=\"results\">"), "{}", &rows[..200]);
    assert!(html(&page).contains(rows.trim()));
    let page = sample_lines::line_states(Language::English, None);
    let rows = html(&page.rows());
    assert!(rows.trim_start().starts_with("<div id=\"results\">") && html(&page).contains(rows.trim()));
}

#[test]
fn what_people_type_is_text() {
    let page = html(&sample::device_list(Language::English, None));
    assert!(page.contains("Accueil &#60;hall&#62;") && !page.contains("<hall>"));
    let page = html(&sample_lines::line_states(Language::English, None));
    for text in ["Accueil &#60;hall&#62;", "Anne &#60;b&#62; Leroy", "Yealink SIP-T54W &#60;96.86&#62;"] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn nothing_stands_inline_that_the_content_policy_refuses() {
    for page in [
        html(&sample::device_list(Language::English, None)),
        html(&sample_lines::line_states(Language::English, None)),
        html(&sample::device_show(Language::English, 2)),
    ] {
        assert!(!page.contains(" style=") && !page.contains(" onclick=") && !page.contains("<style"));
        assert_eq!(page.matches("<script").count(), 1);
    }
}

#[test]
fn every_word_that_is_put_together_has_its_text() {
    let states = ["registered", "aged", "unregistered", "no_line", "secondary_base"];
    let mut keys: Vec<String> =
        TimelineKind::ALL.iter().map(|kind| format!("timeline-{}", kind.as_str())).collect();
    keys.extend(
        states
            .iter()
            .flat_map(|s| [format!("state-{s}"), format!("explain-{s}"), format!("explain-{s}-next")]),
    );
    let details = StateDetail::ALL.iter().filter(|detail| **detail != StateDetail::NoLine);
    keys.extend(details.map(|detail| format!("detail-{}", detail.as_str())));
    for outcome in Reboot::outcomes() {
        keys.extend([format!("reboot-said-{outcome}"), format!("reboot-next-{outcome}")]);
    }
    keys.extend(PartyKind::ALL.map(|level| format!("party-kind-{}", level.as_str())));
    let features = Feature::ALL.into_iter().filter(|feature| feature.exists());
    keys.extend(features.map(|feature| format!("party-about-{}", feature.as_str())));
    keys.extend(Feature::ALL.map(|feature| format!("feature-{}", feature.as_str())));
    keys.extend(["running", "done"].map(|state| format!("dect-reboot-said-{state}")));
    keys.extend(DectRebootStop::ALL.map(|stop| format!("dect-reboot-said-{}", stop.as_str())));
    keys.extend(RebootState::ALL.map(|state| format!("dect-base-{}", state.as_str())));
    keys.extend(["dect-base-waiting", "dect-base-left_alone"].map(str::to_owned));
    keys.extend(["entered", "not_set"].map(|source| format!("dect-source-{source}")));
    keys.extend((1..=12).map(|month| format!("month-{month}")));
    keys.extend(["minutes", "hours", "days", "now"].map(|unit| format!("for-{unit}")));
    keys.extend(
        ["username", "password", "domain", "registrar"].map(|name| format!("devices-credentials-{name}")),
    );
    for language in Language::ALL {
        let missing: Vec<&String> = keys.iter().filter(|key| !language.locale().has(key)).collect();
        assert!(missing.is_empty(), "{language:?}: {missing:?}");
        assert_eq!(super::device_list::state_choices(language.locale(), None).len(), StatusFilter::ALL.len());
    }
}
