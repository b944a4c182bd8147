//! What stands around every page: who is signed in, where the page is, the address of assets, the other language.

use tonalite_core::line_state::StateDetail;
use tonalite_core::party::PartyKind;
use tonalite_core::text::{Arg, Language, Locale};

use super::acting_pages::Banner;
use super::import_list::Told;
use super::nav::{self, Reader, SectionLink};

/// The surroundings of one page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Locale in the reader's language.
    pub(crate) texts: Locale,
    /// Name of who is signed in.
    pub(crate) user: Option<String>,
    /// Whether buttons that ask a phone something are shown. Whether they may be pressed, the use case decides.
    pub(crate) may_operate: bool,
    /// Who reads it, for the bar; nobody before signing in.
    pub(crate) reader: Option<Reader>,
    /// For whom the reader acts.
    pub(crate) acting: Option<Banner>,
    /// Path of the page.
    pub(crate) path: String,
    /// Path and query to come back to when the language is switched: one that answers to GET.
    pub(crate) return_to: String,
    /// Imports of the reader's own that came to their end and are to be told.
    pub(crate) told: Vec<Told>,
    /// Those that go on, with spaces between.
    pub(crate) awaited: String,
}

impl Frame {
    /// Address of an asset, which changes with its content.
    pub(crate) fn asset(&self, name: &str) -> String {
        crate::assets::asset_url(name)
    }

    /// What the link to a help article says: "Help: Reboot a device".
    pub(crate) fn about(&self, article: &str) -> String {
        let title =
            crate::help::article(self.texts.language(), article).map(|article| article.title.as_str());
        self.texts.with("help-about", &[("title", title.unwrap_or(article).into())])
    }

    /// Where the help explains a state.
    pub(crate) fn state_help(&self, state: &str) -> String {
        format!("/help/states#{}", crate::help::anchor(&self.texts.text(&format!("state-{state}"))))
    }

    /// The query of the page.
    pub(crate) fn query(&self) -> &str {
        self.return_to.split_once('?').map_or("", |(_, query)| query)
    }

    /// Whether the reader may work in a customer's portal.
    pub(crate) fn may_act(&self) -> bool {
        self.reader.is_some_and(|reader| reader.kind != PartyKind::Customer)
    }

    /// The sections of the portal that the reader is shown.
    pub(crate) fn sections(&self) -> Vec<SectionLink> {
        nav::sections(self.reader, &self.path)
    }

    /// Whether a small screen lists them in a menu.
    pub(crate) fn has_many_sections(&self) -> bool {
        self.sections().len() > 3
    }

    /// What such a menu is called: the section that the page lies in.
    pub(crate) fn section_name(&self) -> &'static str {
        let sections = self.sections();
        sections.iter().find(|section| section.current.is_some()).map_or("nav-main", |section| section.name)
    }

    /// The language that the page is not in.
    pub(crate) fn other_language(&self) -> Language {
        match self.texts.language() {
            Language::English => Language::French,
            Language::French => Language::English,
        }
    }

    /// What there may be to say beyond a line's state: words that the browser may need.
    pub(crate) fn details(&self) -> impl Iterator<Item = &'static str> {
        StateDetail::ALL.into_iter().filter(|detail| *detail != StateDetail::NoLine).map(StateDetail::as_str)
    }

    /// "{registered} of {assigned} lines", to be filled in the browser, for the plural forms of both numbers.
    pub(crate) fn lines_pattern(&self, registered_form: &str, assigned_form: &str) -> String {
        self.lines("{registered}".into(), "{assigned}".into(), registered_form.into(), assigned_form.into())
    }

    /// "3 of 4 lines": which of the two numbers the noun follows is the language's affair.
    pub(crate) fn lines_registered(&self, registered: u16, assigned: u16) -> String {
        self.lines(registered.into(), assigned.into(), registered.into(), assigned.into())
    }

    fn lines(&self, registered: Arg, assigned: Arg, registered_form: Arg, assigned_form: Arg) -> String {
        let args = [
            ("registered", registered),
            ("assigned", assigned),
            ("registered-form", registered_form),
            ("assigned-form", assigned_form),
        ];
        self.texts.with("lines-registered", &args)
    }
}
