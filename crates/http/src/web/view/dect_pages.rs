//! DECT systems: the list, one system, the forms that make and change it. Their reboots are in `dect_reboot_pages`.

use askama::Template;
use tonalite_app::KnownChain;
use tonalite_core::device::Device;
use tonalite_core::text::Locale;

use super::choice::Choice;
use super::dect_reboot_pages::DectRebootView;
use super::form::FormErrors;
use super::frame::Frame;
use super::status::StatusView;
use super::tabs::{Tab, Tabs};

/// A number in a text.
pub(crate) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The chain ID for who may see it (`dect/parts/chain.html`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChainView {
    /// The ID; `None` when it is not set.
    pub(crate) value: Option<String>,
    /// From where it is known, in words.
    pub(crate) source: String,
    /// 512: not unique.
    pub(crate) is_factory_default: bool,
}

impl ChainView {
    /// What is known, in words.
    pub(crate) fn new(t: Locale, known: KnownChain) -> ChainView {
        let source = known.map_or("not_set", |(_, source)| source.as_str());
        ChainView {
            value: known.map(|(chain_id, _)| chain_id.to_string()),
            source: t.text(&format!("dect-source-{source}")),
            is_factory_default: known.is_some_and(|(chain_id, _)| chain_id.is_factory_default()),
        }
    }
}

/// `dect/list.html`
#[derive(Template)]
#[template(path = "dect/list.html")]
pub(crate) struct DectListPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) tabs: Tabs,
    pub(crate) may_manage: bool,
    /// Where one is made; `None` for who may not, or who has first to choose a customer.
    pub(crate) new_address: Option<String>,
    pub(crate) shows_customer: bool,
    pub(crate) shows_chain: bool,
    pub(crate) rows: Vec<DectRow>,
    pub(crate) on_first_page: bool,
    pub(crate) next_address: Option<String>,
}

/// One system of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DectRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) customer: String,
    pub(crate) bases: u32,
    /// For who may see it.
    pub(crate) chain: Option<ChainView>,
}

/// `dect/show.html`
#[derive(Template)]
#[template(path = "dect/show.html")]
pub(crate) struct DectShowPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) may_manage: bool,
    pub(crate) may_delete: bool,
    pub(crate) may_reboot: bool,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) customer: Option<String>,
    /// For who may see it.
    pub(crate) chain: Option<ChainView>,
    pub(crate) bases: Vec<DectBaseView>,
    /// "3 bases"
    pub(crate) count: String,
    /// "2 more bases stand at sites that you do not see"; empty when there are none.
    pub(crate) elsewhere: String,
    pub(crate) last_reboot: Option<DectRebootView>,
}

/// One base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DectBaseView {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) name: Option<String>,
    pub(crate) device_type: String,
    pub(crate) site: String,
    pub(crate) status: StatusView,
}

/// `dect/new.html`
#[derive(Template)]
#[template(path = "dect/new.html")]
pub(crate) struct DectNewPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    /// The base from whose page one came.
    pub(crate) device_id: String,
    /// As typed.
    pub(crate) name: String,
    /// As typed, for who may enter one.
    pub(crate) chain_id: Option<String>,
    pub(crate) bases: Vec<BaseChoice>,
    pub(crate) form_errors: FormErrors,
    pub(crate) cancel_address: String,
}

/// A base that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseChoice {
    pub(crate) id: String,
    pub(crate) label: String,
    /// Its site, and the system that it would leave.
    pub(crate) remark: String,
    pub(crate) chosen: bool,
}

impl BaseChoice {
    /// A base in words.
    pub(crate) fn new(t: Locale, device: &Device, label: String, chosen: bool) -> BaseChoice {
        let remark = match &device.dect {
            None => device.site_name.clone(),
            Some(member) => {
                let moves = t.with("dect-bases-moves", &[("system", member.name.as_str().into())]);
                format!("{} · {moves}", device.site_name)
            }
        };
        BaseChoice { id: device.id.to_string(), label, remark, chosen }
    }
}

/// `dect/edit.html`
#[derive(Template)]
#[template(path = "dect/edit.html")]
pub(crate) struct DectEditPage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) name: String,
    /// As typed, for who may enter one.
    pub(crate) chain_id: Option<String>,
    pub(crate) form_errors: FormErrors,
    /// Somebody was faster.
    pub(crate) is_stale: bool,
}

/// `dect/add_base.html`
#[derive(Template)]
#[template(path = "dect/add_base.html")]
pub(crate) struct DectAddBasePage {
    pub(crate) t: Locale,
    pub(crate) frame: Frame,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) bases: Vec<Choice>,
    pub(crate) form_errors: FormErrors,
}

/// What the page of a DECT base says of its system (`dect/parts/section.html`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DectSection {
    /// Id and name of its system.
    pub(crate) system: Option<(String, String)>,
    /// For who may see it.
    pub(crate) chain: Option<ChainView>,
    /// Id and label of the other bases that one sees, the first of many.
    pub(crate) others: Vec<(String, String)>,
    /// "and 5 more"; empty when there are no more.
    pub(crate) more: String,
}
