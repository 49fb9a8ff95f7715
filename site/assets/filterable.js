// Filters and a download for a table of rows; without it the table reads completely.
(() => {
  "use strict";
  const { made } = words;
  const ready = () => {
    for (const home of document.querySelectorAll(".filterable")) {
      const table = home.querySelector("table");
      if (!table || !table.tHead) continue;
      const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
      const titles = heads.map((head) => head.textContent.trim());
      const rows = [...table.tBodies[0].rows];
      const said = made("span", { role: "status" });
      const chosen = new Map();
      const bar = made("div", { class: "table-filters" });
      const apply = () => {
        let shown = 0;
        for (const row of rows) {
          const fits = [...chosen].every(([at, value]) => !value || row.cells[at].textContent.trim() === value);
          // The search of the table hides rows by its own attribute.
          row.classList.toggle("filtered-out", !fits);
          shown += fits;
        }
        said.textContent = [...chosen.values()].some(Boolean) ? `${shown} of ${rows.length} rows` : "";
      };
      for (const name of (home.dataset.filters || "").split(",").filter(Boolean)) {
        const at = titles.indexOf(name);
        if (at < 0) continue;
        const values = [...new Set(rows.map((row) => row.cells[at].textContent.trim()))].sort();
        const select = made("select", {}, made("option", { value: "" }, "All"),
          ...values.map((value) => made("option", { value }, value)));
        select.addEventListener("change", () => { chosen.set(at, select.value); apply(); });
        bar.append(made("label", {}, `${name} `, select));
      }
      if (home.dataset.download) {
        const button = made("button", { type: "button" }, "Rows as CSV");
        const cell = (text) => {
          const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
          return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
        };
        const raw = (td) => td.querySelector("data")?.getAttribute("value") ?? td.textContent.trim();
        button.addEventListener("click", () => {
          const visible = [...table.tBodies[0].rows].filter((row) => !row.hidden && !row.classList.contains("filtered-out"));
          const lines = [titles, ...visible.map((row) => [...row.cells].map(raw))];
          const text = lines.map((line) => line.map(cell).join(",")).join("\r\n");
          const url = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
          const link = made("a", { href: url, download: home.dataset.download });
          link.click();
          setTimeout(() => URL.revokeObjectURL(url), 1000);
        });
        bar.append(button);
      }
      bar.append(said);
      home.prepend(bar);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
