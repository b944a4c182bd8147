//! Pages of an import as they are sent, in both languages.

use tonalite_core::import::{ImportState, RowCounts, RowOutcome};
use tonalite_core::text::Language;

use super::feature_off::FeatureOffView;
use super::import_help::ImportHelpPage;
use super::import_list::Told;
use super::import_show::told;
use super::tests::{html, text};
use super::{sample, sample_import};

#[test]
fn pages_in_words() {
    for language in Language::ALL {
        let name = |page: &str| format!("import-{page}-{}", language.as_str());
        insta::assert_snapshot!(name("new"), text(&sample_import::new(language, None)));
        insta::assert_snapshot!(name("customer"), text(&sample_import::customer(language)));
        insta::assert_snapshot!(
            name("help"),
            text(&ImportHelpPage::new(sample::frame(language, "/imports")))
        );
        insta::assert_snapshot!(
            name("progress"),
            text(&sample_import::progress(language, ImportState::Reading))
        );
        insta::assert_snapshot!(
            name("applying"),
            text(&sample_import::progress(language, ImportState::Applying))
        );
        insta::assert_snapshot!(name("list"), text(&sample_import::list(language)));
        insta::assert_snapshot!(name("undo"), text(&sample_import::undo(language, 1_187)));
        for (page, state, rejected) in [
            ("wrong", ImportState::Planned, 5),
            ("planned", ImportState::Planned, 0),
            ("applied", ImportState::Applied, 0),
            ("failed", ImportState::Failed, 0),
            ("cancelled", ImportState::Cancelled, 0),
            ("undone", ImportState::Undone, 0),
        ] {
            let job = sample_import::job(state, sample_import::counts(rejected));
            insta::assert_snapshot!(name(page), text(&sample_import::show(language, &job, None)));
        }
        let job = sample_import::job(ImportState::Planned, sample_import::counts(0));
        let changes = sample_import::show(language, &job, Some(RowOutcome::Update));
        insta::assert_snapshot!(name("changes"), text(&changes));
    }
}

#[test]
fn one_and_many_and_none_are_said_as_people_say_them() {
    let say = |language: Language, state, create, rejected| {
        let counts = RowCounts { create, rejected, ..RowCounts::default() };
        told(language.locale(), &sample_import::job(state, counts))
    };
    let (en, fr) = (Language::English, Language::French);
    let file = "inventaire <novembre>.csv";
    for (state, create, rejected, english, french) in [
        (ImportState::Applied, 1, 0, ": 1 device was added.", "\u{a0}: 1 appareil a été ajouté."),
        (
            ImportState::Applied,
            1_204,
            0,
            ": 1,204 devices were added.",
            "\u{a0}: 1\u{202f}204 appareils ont été ajoutés.",
        ),
        (
            ImportState::Applied,
            0,
            0,
            ": every device is in the inventory already.",
            "\u{a0}: tous les appareils sont déjà dans l’inventaire.",
        ),
        (
            ImportState::Planned,
            1,
            0,
            " is checked and waits for your decision.",
            " est vérifié et attend votre décision.",
        ),
        (
            ImportState::Planned,
            1,
            1,
            " is checked: 1 row to fix. Nothing has been added yet.",
            " est vérifié\u{a0}: 1 ligne à corriger. Rien n’a encore été ajouté.",
        ),
        (ImportState::Failed, 0, 0, " could not be imported.", " n’a pas pu être importé."),
    ] {
        assert_eq!(say(en, state, create, rejected), format!("{file}{english}"));
        assert_eq!(say(fr, state, create, rejected), format!("{file}{french}"));
    }
}

#[test]
fn nothing_is_told_of_what_goes_on_and_what_a_file_is_called_is_text() {
    let t = Language::English.locale();
    let of = |state| Told::new(t, &sample_import::job(state, sample_import::counts(0)), "/devices");
    assert!(of(ImportState::Reading).is_none() && of(ImportState::Cancelled).is_none());
    let mut page = sample::device_list(Language::English, None);
    page.frame.told.extend(of(ImportState::Applied));
    let page = html(&page);
    assert!(page.contains("inventaire &#60;novembre&#62;.csv") && !page.contains("<novembre>"));
}

#[test]
fn what_is_in_a_file_is_text_and_nothing_stands_inline() {
    for outcome in [RowOutcome::Rejected, RowOutcome::Update] {
        let job = sample_import::job(ImportState::Planned, sample_import::counts(5));
        let page = html(&sample_import::show(Language::French, &job, Some(outcome)));
        assert!(!page.contains("<T54>") && !page.contains("<1>") && !page.contains("<novembre>"));
        assert!(!page.contains(" style=") && !page.contains(" onclick=") && !page.contains("<style"));
    }
}

#[test]
fn a_page_follows_an_import_and_reloads_itself_without_script() {
    let page = html(&sample_import::progress(Language::English, ImportState::Reading));
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>"));
    assert!(page.contains("/cancel\"") && page.contains("hx-trigger=\"import-"));
    let page = html(&sample_import::progress(Language::English, ImportState::Applying));
    assert!(!page.contains("/cancel\""), "what is being written is not cancelled");
}

#[test]
fn where_it_is_off_there_is_no_form_and_the_place_says_who_can_switch_it_on() {
    let off = FeatureOffView { text: "Ask them.".into(), address: None };
    let page = html(&sample_import::new(Language::English, Some(off)));
    assert!(page.contains("Ask them.") && !page.contains("enctype="));
}
