// What the pages do beyond being read. Nothing here is needed to read them: every part that
// fails, such as a file that is not there, leaves the page as it was. Only files of the site
// are asked for. Works as a module and as a classic script.
(() => {
  "use strict";
  const script = document.querySelector('script[src*="assets/site.js"]');
  if (!script) return;
  const assets = new URL(".", script.src);
  const root = new URL("../../", assets); // the version's folder
  // From disk a browser refuses to read further files, and says so in its console.
  const isServed = location.protocol !== "file:";
  const fileRead = async (url) => {
    if (!isServed) throw new Error("not served");
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  };
  const made = (tag, attributes = {}, ...content) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  };

  // Pages rendered by Quarto have a header of their own, without the site's tools.
  const bar = document.querySelector("#quarto-header .navbar-container");
  if (bar && !document.getElementById("theme-switch")) {
    const select = made("select", { id: "version-switch", "aria-label": "Version" });
    const label = made("label", { class: "version" }, select);
    label.hidden = true;
    bar.append(made("div", { class: "tools" }, label,
      made("a", { class: "versions-link", href: new URL("../versions/index.html", root).href }, "Versions"),
      made("button", { id: "theme-switch", type: "button" }, "Theme")));
    const banner = made("div", { id: "freshness", role: "status" });
    banner.hidden = true;
    document.getElementById("quarto-content")?.before(banner);
  }

  for (const header of document.querySelectorAll(".callout-header[data-bs-toggle]")) {
    header.setAttribute("role", "button");
    header.tabIndex = 0;
    header.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      header.click();
    });
  }

  // ---- Theme: the system's, or the one that was chosen --------------------------------
  const kept = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } },
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const themeNow = () => document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
  const chosen = kept.get("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  const themeSwitch = document.getElementById("theme-switch");
  const nameTheme = () => {
    const other = themeNow() === "dark" ? "light" : "dark";
    themeSwitch.textContent = other === "dark" ? "Dark" : "Light";
    themeSwitch.setAttribute("aria-label", `Use the ${other} theme`);
  };
  if (themeSwitch) {
    nameTheme();
    dark.addEventListener("change", nameTheme);
    themeSwitch.addEventListener("click", () => {
      const next = themeNow() === "dark" ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      kept.set("theme", next);
      nameTheme();
    });
  }

  // ---- Versions: the same page in another version, its first page where it has none ----
  const versionSwitch = async () => {
    const select = document.getElementById("version-switch");
    if (!select) return;
    const versions = await (await fileRead(new URL("../versions.json", root))).json();
    const entries = versions.versions ?? [];
    if (!entries.length) return;
    const here = decodeURIComponent(root.pathname.replace(/\/$/, "").split("/").pop());
    const current = here === "latest" ? versions.latest : here;
    const monthNames = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    for (const { name } of entries) {
      const [, year, month, day, edition] = /^(\d+)-(\d+)-(\d+)(.*)$/.exec(name) ?? [];
      const shown = year ? `${Number(day)} ${monthNames[month - 1]} ${year}${edition.replace("-", " ")}` : name;
      const option = made("option", { value: name }, shown + (name === versions.latest ? " (latest)" : ""));
      option.selected = name === current;
      select.append(option);
    }
    const history = new URL("../versions/index.html", root);
    select.append(made("option", { value: "" }, "All versions"));
    select.closest("label").hidden = false;
    select.addEventListener("change", async () => {
      if (!select.value) { location.href = history; return; }
      const base = new URL(`../${select.value}/`, root);
      const path = location.pathname.slice(root.pathname.length);
      const same = new URL(path + location.search + location.hash, base);
      try {
        await fileRead(same);
        location.href = same;
      } catch {
        location.href = new URL("site/index.html", base);
      }
    });
  };

  // ---- Freshness: what the publisher says about the newest data ------------------------
  const freshness = async () => {
    const banner = document.getElementById("freshness");
    if (!banner) return;
    const status = await (await fileRead(new URL("../status.json", root))).json();
    if (status.state !== "stale") return;
    const since = new Date(status.since).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
    banner.textContent = `Stale since ${since} UTC because ${status.because}. The last version that passed its tests stays up.`;
    banner.hidden = false;
  };

  // ---- Charts: Vega takes over from the SVG when a chart comes near ---------------------
  let bundle;
  const drawing = () => (bundle ??= Promise.all(
    ["vega-bundle.js", "house.js"].map((file) => import(new URL(file, assets).href)),
  ).then((modules) => modules.map((module) => module.default)));
  const widthOf = (box) => Math.min(Math.floor(box.clientWidth), 832);
  const specificationFor = (figure, width) => {
    const all = figure.specification ??= JSON.parse(figure.querySelector("script.chart-spec").textContent);
    const wide = width >= 560;
    const chosen = structuredClone(wide ? all.wide : all.narrow);
    const { wide: _w, narrow: _n, ...common } = all;
    if (typeof chosen.width === "number") chosen.width = width;
    else if (chosen.concat) {
      const drawnFor = parseFloat(figure.querySelector(".chart-box").style.getPropertyValue(wide ? "--wide" : "--narrow"));
      const more = Math.floor((width - drawnFor) / chosen.columns);
      for (const panel of chosen.concat) panel.width += more;
    }
    return { ...common, ...chosen };
  };
  const takeOver = async (figure) => {
    const box = figure.querySelector(".chart-box");
    const width = widthOf(box);
    if (!width || figure.drawnAt === width) return;
    figure.drawnAt = width;
    const [embed, config] = await drawing();
    const still = box.querySelector("svg");
    const target = made("div", { class: "chart-live" });
    target.style.visibility = "hidden";
    target.style.position = "absolute";
    box.append(target);
    try {
      const view = await embed(target, specificationFor(figure, width), {
        config, ast: true, actions: false, renderer: "svg", tooltip: { theme: "custom" },
      });
      const svg = target.querySelector("svg");
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", still.getAttribute("aria-label"));
      for (const inner of svg.querySelectorAll("[role], [aria-label], [aria-roledescription], [tabindex]")) {
        for (const name of ["role", "aria-label", "aria-roledescription", "aria-hidden", "tabindex"]) inner.removeAttribute(name);
      }
      // A composite chart has a size of its own: it fits, or the still rendition stays.
      if (svg.getBoundingClientRect().width > width + 1) throw new Error("too wide");
      figure.view?.finalize();
      figure.view = view;
      for (const old of box.querySelectorAll(".chart-live")) if (old !== target) old.remove();
      target.style.visibility = "";
      target.style.position = "";
      box.classList.add("is-live");
      figure.dataset.live = "yes";
    } catch {
      target.remove();
    }
  };
  const watchCharts = () => {
    const figures = [...document.querySelectorAll("figure.chart")].filter((f) => f.querySelector("script.chart-spec"));
    if (!isServed || !figures.length || !("IntersectionObserver" in window)) return;
    const near = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        target.isNear = isIntersecting;
        if (isIntersecting) takeOver(target).catch(() => {});
      }
    }, { rootMargin: "300px" });
    const sized = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const figure = target.closest("figure");
        if (!figure.drawnAt || figure.drawnAt === widthOf(target)) continue;
        clearTimeout(figure.waiting);
        figure.waiting = setTimeout(() => takeOver(figure).catch(() => {}), 200);
      }
    });
    for (const figure of figures) {
      near.observe(figure);
      sized.observe(figure.querySelector(".chart-box"));
    }
  };

  // ---- Downloads: made here, from what the page holds -----------------------------------
  const saved = (content, type, name) => {
    const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    const anchor = made("a", { href: url, download: name });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  const raw = (cell) => {
    const holder = cell.dataset.value !== undefined ? cell : cell.querySelector("data");
    const value = holder?.dataset?.value ?? holder?.getAttribute?.("value");
    return value ?? cell.textContent.trim();
  };
  const csvField = (text, isNumber) => {
    // A spreadsheet would run a text that begins like a formula.
    const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const csvOf = (table) => [...table.rows].map((row) => [...row.cells].map((cell) => {
    const text = cell.tagName === "TH" && cell.closest("thead") ? cell.textContent.trim() : raw(cell);
    return csvField(text, text !== "" && Number.isFinite(Number(text)));
  }).join(",")).join("\r\n") + "\r\n";
  const shownSvg = (figure) => [...figure.querySelectorAll(".chart-box svg")].find((svg) => svg.getClientRects().length);
  const standalone = (figure) => {
    const shown = shownSvg(figure);
    const svg = shown.cloneNode(true);
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue(name).trim();
    for (const element of [svg, ...svg.querySelectorAll("*")]) {
      for (const { name, value: given } of [...element.attributes]) {
        if (given.includes("var(--")) element.setAttribute(name, given.replace(/var\((--[\w-]+)\)/g, (_, variable) => value(variable)));
      }
    }
    const box = shown.getBoundingClientRect();
    const [, , width, height] = (svg.getAttribute("viewBox") ?? `0 0 ${box.width} ${box.height}`).split(/\s+/).map(Number);
    const pad = 16, head = 58;
    const outer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    outer.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    outer.setAttribute("viewBox", `0 0 ${width + 2 * pad} ${height + head + pad}`);
    outer.setAttribute("width", width + 2 * pad);
    outer.setAttribute("height", height + head + pad);
    outer.setAttribute("font-family", value("--font"));
    const part = (tag, attributes, text = "") => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, given] of Object.entries(attributes)) element.setAttribute(name, given);
      element.textContent = text;
      outer.append(element);
    };
    part("rect", { width: width + 2 * pad, height: height + head + pad, fill: value("--paper") });
    const short = (text, size) => {
      const most = Math.floor(width / (size * 0.53));
      return text.length > most ? `${text.slice(0, most - 1)}…` : text;
    };
    part("text", { x: pad, y: 26, "font-size": 15, "font-weight": 600, fill: value("--ink") }, short(figure.querySelector(".chart-title").textContent, 15));
    part("text", { x: pad, y: 45, "font-size": 12, fill: value("--ink-3") }, short(figure.querySelector(".chart-subtitle").textContent, 12));
    for (const [name, given] of Object.entries({ x: pad, y: head, width, height })) svg.setAttribute(name, given);
    svg.removeAttribute("style");
    outer.append(svg);
    return { text: new XMLSerializer().serializeToString(outer), width: width + 2 * pad, height: height + head + pad };
  };
  const savePng = ({ text, width, height }, name) => {
    const image = new Image();
    image.onload = () => {
      const canvas = made("canvas", { width: Math.round(width * 2), height: Math.round(height * 2) });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => blob && saved(blob, "image/png", name), "image/png");
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  };
  const downloads = () => {
    for (const tools of document.querySelectorAll(".chart-tools")) tools.hidden = false;
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("button[data-download]");
      if (!button) return;
      const figure = button.closest("figure");
      const name = figure.id.replace(/^chart-/, "");
      if (button.dataset.download === "csv") saved(csvOf(figure.querySelector("table")), "text/csv;charset=utf-8", `${name}.csv`);
      if (button.dataset.download === "svg") saved(standalone(figure).text, "image/svg+xml", `${name}.svg`);
      if (button.dataset.download === "png") savePng(standalone(figure), `${name}.png`);
    });
  };

  // ---- Tables: sort by a heading, search rows -------------------------------------------
  const sortable = (frame) => {
    const table = frame.querySelector("table");
    const heads = [...(table.tHead?.rows[table.tHead.rows.length - 1]?.cells ?? [])];
    heads.forEach((head, column) => {
      const button = made("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const numeric = head.classList.contains("gt_right");
        const first = numeric ? "descending" : "ascending";
        const order = head.getAttribute("aria-sort") === first ? (numeric ? "ascending" : "descending") : first;
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        const keyed = [...table.tBodies[0].rows].map((row) => [raw(row.cells[column]), row]);
        const isNumber = keyed.every(([key]) => key === "" || key === "–" || Number.isFinite(Number(key)));
        keyed.sort(([a], [b]) => {
          const missing = (key) => key === "" || key === "–";
          if (missing(a) || missing(b)) return missing(a) - missing(b);
          return sign * (isNumber ? Number(a) - Number(b) : a.localeCompare(b, "en", { numeric: true }));
        });
        table.tBodies[0].append(...keyed.map(([, row]) => row));
      });
    });
  };
  const searchable = (frame) => {
    const table = frame.querySelector("table");
    const label = frame.querySelector(".table-scroll").getAttribute("aria-label");
    const input = made("input", { type: "search", "aria-label": `Search: ${label}`, placeholder: "Search rows" });
    const rows = [...table.tBodies[0].rows];
    const said = made("span", { role: "status" });
    frame.prepend(made("div", { class: "table-search" }, input, said));
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      said.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
    });
  };
  const tables = () => {
    for (const frame of document.querySelectorAll(".table-frame")) {
      if ("sortable" in frame.dataset) sortable(frame);
      if ("searchable" in frame.dataset) searchable(frame);
    }
  };

  // ---- Tabs ------------------------------------------------------------------------------
  const tabs = () => {
    for (const tabset of document.querySelectorAll(".tabset")) {
      const list = tabset.querySelector(".tabset-tabs");
      const buttons = [...list.querySelectorAll("[role=tab]")];
      const choose = (chosenTab, focus) => {
        for (const tab of buttons) {
          const isChosen = tab === chosenTab;
          tab.setAttribute("aria-selected", String(isChosen));
          tab.tabIndex = isChosen ? 0 : -1;
          document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
        }
        if (focus) chosenTab.focus();
      };
      list.hidden = false;
      tabset.classList.add("is-live");
      choose(buttons[0], false);
      list.addEventListener("click", (event) => {
        const tab = event.target.closest("[role=tab]");
        if (tab) choose(tab, false);
      });
      list.addEventListener("keydown", (event) => {
        const at = buttons.indexOf(document.activeElement);
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
        if (to === undefined || at < 0) return;
        event.preventDefault();
        choose(buttons[(to + buttons.length) % buttons.length], true);
      });
    }
  };

  // ---- Search: Pagefind's index, loaded at the first use ------------------------------------
  const search = () => {
    const opener = document.getElementById("search-link");
    if (!opener || !document.getElementById("search")) return;
    let dialog, pagefind;
    const results = made("ul", { class: "search-results" });
    const status = made("p", { role: "status", class: "search-status" });
    const show = async (query) => {
      if (!query.trim()) { results.replaceChildren(); status.textContent = ""; return; }
      try {
        if (!isServed) throw new Error("not served");
        pagefind ??= await import(new URL("pagefind/pagefind.js", root).href);
        const found = await pagefind.debouncedSearch(query, {}, 150);
        if (!found) return;
        const pages = await Promise.all(found.results.slice(0, 8).map((result) => result.data()));
        status.textContent = `${found.results.length} ${found.results.length === 1 ? "page" : "pages"}`;
        results.replaceChildren(...pages.map((page) => {
          const url = new URL(page.raw_url ? page.raw_url.replace(/^\//, "") : page.url, root);
          const excerpt = made("small");
          const plain = new DOMParser().parseFromString(page.excerpt, "text/html").body;
          for (const node of plain.childNodes) {
            excerpt.append(node.nodeName === "MARK" ? made("mark", {}, node.textContent) : node.textContent);
          }
          return made("li", {}, made("a", { href: url.href }, page.meta.title ?? page.url), excerpt);
        }));
      } catch {
        status.textContent = "Search is not available here.";
      }
    };
    const open = (event) => {
      event.preventDefault();
      if (!dialog) {
        const input = made("input", { type: "search", "aria-label": "Search the site", placeholder: "Search the site" });
        const close = made("button", { type: "button" }, "Close");
        close.addEventListener("click", () => dialog.close());
        input.addEventListener("input", () => show(input.value));
        // The browser's own Escape would only empty the field.
        input.addEventListener("keydown", (pressed) => { if (pressed.key === "Escape") dialog.close(); });
        dialog = made("dialog", { "aria-label": "Search" }, made("div", { class: "search-row" }, input, close), status, results);
        document.body.append(dialog);
      }
      dialog.showModal();
      dialog.querySelector("input").focus();
    };
    opener.addEventListener("click", open);
  };

  for (const part of [tabs, tables, downloads, search, watchCharts]) {
    try { part(); } catch { /* the page stays as it was */ }
  }
  versionSwitch().catch(() => {});
  freshness().catch(() => {});
})();
