// The portal's one script: htmx's settings, and the islands that upgrade HTML which already works without them.
// No text of the interface lives in these files: words come from the page, in the reader's language.

import htmx from "htmx.org";
import { CopyButton } from "./copy-button";
import { CsvDrop } from "./csv-drop";
import { ExportProgress } from "./export-progress";
import { completeFileLinks } from "./file-links";
import { ImportNews } from "./import-news";
import { ListKeys } from "./list-keys";
import { LiveStatus } from "./live-status";
import { LocalTimes } from "./local-times";
import { MenuButton } from "./menu-button";
import { PageDialog } from "./page-dialog";
import { TypePicker } from "./type-picker";
import { SiteTabs } from "./site-tabs";
import { fillZoneFields } from "./zone-fields";

// The Content-Security-Policy is `default-src 'self'`: no inline style, no evaluated text, nothing from elsewhere.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
// Back asks the server again. A snapshot in the browser's storage would outlive the session with a customer's data in it.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;

// An answer that is no part of this page: the browser goes there, so that it is read instead of being swallowed.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, (event) => {
    const { pathInfo } = (event as CustomEvent<{ pathInfo: { finalRequestPath: string } }>).detail;
    location.assign(pathInfo.finalRequestPath);
  });
}

completeFileLinks();
fillZoneFields();
customElements.define("copy-button", CopyButton);
customElements.define("csv-drop", CsvDrop);
customElements.define("import-news", ImportNews);
customElements.define("export-progress", ExportProgress);
customElements.define("list-keys", ListKeys);
customElements.define("live-status", LiveStatus);
customElements.define("local-times", LocalTimes);
customElements.define("menu-button", MenuButton);
customElements.define("page-dialog", PageDialog);
customElements.define("type-picker", TypePicker);
customElements.define("site-tabs", SiteTabs);
