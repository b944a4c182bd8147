// Links to files say what only the browser knows: the filters that were chosen since the page was loaded, and the reader's
// own time zone. Without script every choice loads the page, and the file is in the zone of the site, or in UTC, and says so.

export function completeFileLinks(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-file]") : null;
    if (link === null) return;
    const address = new URL(link.href);
    if (link.dataset["file"] === "shown") {
      const all = address.searchParams.get("all_columns");
      address.search = location.search;
      if (all !== null) address.searchParams.set("all_columns", all);
    }
    address.searchParams.set("tz", Intl.DateTimeFormat().resolvedOptions().timeZone);
    link.href = address.href;
  });
}
