//! The tabs of what there is to see of devices, with the site kept between those that can be narrowed to one.

/// A tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// The list of devices.
    Devices,
    /// The list of line states.
    Lines,
    /// The list of DECT systems.
    Dect,
}

/// `parts/device_tabs.html`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tabs {
    pub(crate) devices_address: String,
    pub(crate) lines_address: String,
    /// Whether there is a tab of DECT systems.
    pub(crate) dect: bool,
    /// The tab of this page.
    pub(crate) here: Tab,
}

impl Tabs {
    /// `site`: the id that the page is narrowed to, or nothing.
    pub(crate) fn new(site: &str, here: Tab, dect: bool) -> Tabs {
        let at = |path: &str| match site {
            "" => path.to_owned(),
            id => format!("{path}?site={id}"),
        };
        Tabs { devices_address: at("/devices"), lines_address: at("/line-states"), dect, here }
    }

    pub(crate) fn is(&self, tab: Tab) -> bool {
        self.here == tab
    }
}
