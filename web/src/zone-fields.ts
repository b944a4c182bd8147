// A form that asks for days says in which zone they begin: only the browser knows the reader's. Without script they begin
// where the sites are, and the page says so.

export function fillZoneFields(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>("input[data-zone]")) {
    if (field.value === "") field.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}
