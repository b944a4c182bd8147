// Links to files carry the reader's own time zone, which only the browser knows. Without script the file is in the zone
// of the site, or in UTC, and says so.

export function addTimeZones(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-file]") : null;
    if (link === null) return;
    const address = new URL(link.href);
    address.searchParams.set("tz", Intl.DateTimeFormat().resolvedOptions().timeZone);
    link.href = address.href;
  });
}
