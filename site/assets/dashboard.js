// The dashboard of KPIs: filters add up the published cube here, cards and charts follow, and
// the address holds what is chosen. Without it the page shows the last complete month.
(() => {
  "use strict";
  const home = document.getElementById("dashboard");
  const holder = home?.querySelector("script.dash-data");
  const script = document.querySelector('script[src*="assets/dashboard.js"]');
  if (!holder || !script) return;
  const data = JSON.parse(holder.textContent);
  const assets = new URL(".", script.src);
  const isServed = location.protocol !== "file:";
  const months = data.months, last = months.length - 1;
  const dimensions = data.dimensions;
  for (const d of dimensions) d.choices = d.parts.slice(0, d.offered);
  const byName = Object.fromEntries(dimensions.map((d) => [d.name, d]));

  // ---- Words and numbers, as the pages write them ---------------------------------------
  const { ABSENT, MONTHS, NARROW, count, decimal, known, listed, made, percent, signed } = words;
  const amount = (value) => words.amount(value, data.currency);
  const inUnit = (value, unit) => {
    if (!known(value)) return ABSENT;
    if (unit === "currency") return amount(value);
    if (unit === "rate") return percent(value);
    if (unit === "count") return count(value);
    if (unit === "days") return `${decimal(value, 1)} days`;
    return decimal(value, unit === "per_1000" ? 1 : 2);
  };
  const monthName = (at, short) => {
    const [year, month] = months[at].split("-");
    const name = MONTHS[Number(month) - 1];
    return `${short ? name.slice(0, 3) : name} ${year}`;
  };
  const rangeName = ([from, to], short = false) => (from === to ? monthName(from, short) : `${monthName(from, short)} to ${monthName(to, short)}`);

  // ---- Sums -----------------------------------------------------------------------------
  // Cells in columns: month, a part of each dimension, and the sums.
  const cells = { month: [], parts: dimensions.map(() => []) };
  if (data.cells) {
    let place = 0;
    for (const step of data.cells.at) {
      place += step;
      let rest = place;
      for (let d = dimensions.length - 1; d >= 0; d -= 1) {
        const size = dimensions[d].parts.length;
        cells.parts[d].push(rest % size);
        rest = Math.floor(rest / size);
      }
      cells.month.push(rest);
    }
    // Amounts are told as differences from a guess, see analytics/presentation/kpi_cells.py.
    for (const [name, base, by, scale] of [["net_revenue", "orders", "segment", 1], ["contribution_margin", "net_revenue", "category", 10000]]) {
      const rates = data.cells[`${name}_rates`];
      if (!rates) continue;
      const codes = cells.parts[dimensions.findIndex((d) => d.name === by)];
      data.cells[name] = data.cells[name].map((value, row) => (value === null ? null : value + Math.floor((data.cells[base][row] * rates[codes ? codes[row] : 0]) / scale)));
    }
  }
  const factor = (sum) => (sum === "orders" ? 1 : 100);
  // What is filtered: dimensions with some, not all, of their parts chosen.
  const filteredBy = (chosen) => dimensions.filter((d) => chosen[d.name]?.length);
  const memory = new Map();
  const remembered = (key, make) => {
    if (!memory.has(key)) {
      if (memory.size > 400) memory.clear();
      memory.set(key, make());
    }
    return memory.get(key);
  };
  const keyOf = (chosen) => JSON.stringify(filteredBy(chosen).map((d) => [d.name, [...chosen[d.name]].sort()]));
  // Sums by month under the filters; null in a month in which nothing is there.
  const course = (sum, chosen) => remembered(`${sum} ${keyOf(chosen)}`, () => {
    const by = filteredBy(chosen);
    if (!data.totals[sum]) return months.map(() => null);
    if (!by.length) return data.totals[sum];
    if (by.length === 1) {
      const [d] = by;
      const rows = chosen[d.name].map((part) => data.byPart[sum][d.name][d.parts.indexOf(part)]);
      return months.map((_, at) => rows.reduce((total, row) => (row[at] === null ? total : (total ?? 0) + row[at]), null));
    }
    const allowed = dimensions.map((d) => (chosen[d.name]?.length ? d.parts.map((part) => chosen[d.name].includes(part)) : null));
    const totals = months.map(() => null);
    const values = data.cells?.[sum] ?? [];
    for (let row = 0; row < values.length; row += 1) {
      if (values[row] === null) continue;
      let inside = true;
      for (let d = 0; d < allowed.length && inside; d += 1) inside = !allowed[d] || allowed[d][cells.parts[d][row]];
      if (inside) totals[cells.month[row]] = (totals[cells.month[row]] ?? 0) + values[row];
    }
    return totals;
  });
  const added = (row, [from, to]) => {
    let total = null;
    for (let at = from; at <= to; at += 1) if (row[at] !== null) total = (total ?? 0) + row[at];
    return total;
  };
  const sumOf = (sum, chosen, range) => {
    const total = added(course(sum, chosen), range);
    return total === null ? null : total / factor(sum);
  };
  // Of what is merged because few customers are in it, at most this much more belongs here.
  const withheldOf = (sum, chosen, range) => {
    const by = filteredBy(chosen);
    if (!by.length || !data.totals[sum]) return 0;
    let total = 0;
    for (let at = range[0]; at <= range[1]; at += 1) {
      if (by.length === 1) {
        const [d] = by;
        const other = d.parts.indexOf("Other");
        const rows = data.byPart[sum][d.name];
        const isHidden = chosen[d.name].some((part) => rows[d.parts.indexOf(part)][at] === null);
        if (other >= 0 && isHidden && !chosen[d.name].includes("Other")) total += rows[other][at] ?? 0;
      } else total += mergedAt(sum, at);
    }
    return total / factor(sum);
  };
  const mergedByMonth = (sum) => remembered(`merged ${sum}`, () => {
    const others = dimensions.map((d) => d.parts.indexOf("Other"));
    const totals = months.map(() => 0);
    if (others.some((at) => at < 0)) return totals;
    cells.month.forEach((month, row) => {
      if (others.every((other, d) => cells.parts[d][row] === other)) totals[month] += data.cells[sum][row] ?? 0;
    });
    return totals;
  });
  const mergedAt = (sum, at) => mergedByMonth(sum)[at];

  // ---- Customers: counted once, for the periods and combinations that are published --------
  const periods = new Map();
  for (const period of data.counts?.periods ?? []) {
    const rows = new Map();
    let place = 0;
    period.at.forEach((step, row) => rows.set((place += step), row));
    periods.set(`${period.kind} ${period.start}`, { ...period, rows });
  }
  const whole = [0, last];
  const kindOf = ([from, to]) => {
    if (!data.leftOut.length && from === whole[0] && to === whole[1] && periods.has(`all ${months[0]}`) && last > 0) return "all";
    const length = to - from + 1, month = Number(months[from].slice(5));
    if (length === 1) return "month";
    if (length === 3 && month % 3 === 1) return "quarter";
    return length === 12 && month === 1 ? "year" : null;
  };
  // The places of the published combinations that the filters add up to; null where none do.
  const placesOf = (chosen) => {
    const by = filteredBy(chosen);
    if (by.length > 2 || by.some((d) => !d.exclusive && chosen[d.name].length > 1)) return null;
    let places = [0];
    for (const d of dimensions) {
      const size = d.parts.length + 1;
      const at = chosen[d.name]?.length ? chosen[d.name].map((part) => d.parts.indexOf(part) + 1) : [0];
      places = places.flatMap((place) => at.map((one) => place * size + one));
    }
    return places;
  };
  const customers = (chosen, range) => remembered(`customers ${range} ${keyOf(chosen)}`, () => {
    if (range[0] < 0) return null;
    const kind = kindOf(range), places = placesOf(chosen);
    if (!data.counts) return { because: "not counted in this version" };
    if (!places) return { because: "counted under two filters at most, and one category or sales channel" };
    if (!kind) return { because: "counted for a month, a quarter, a calendar year or all" };
    const period = periods.get(`${kind} ${months[range[0]]}`);
    if (!period) return { because: "not counted for this period" };
    const steps = { month: 1, quarter: 3, year: 12 }[kind];
    const before = steps && range[0] >= steps ? periods.get(`${kind} ${months[range[0] - steps]}`) : null;
    const told = { active: 0, new: 0, retained: 0, previous: 0, complete: Boolean(period.complete), kind };
    for (const place of places) {
      const row = period.rows.get(place), then = before?.rows.get(place);
      if (row === undefined) {
        const earlier = then === undefined ? 0 : before.active[then];
        told.previous = earlier < 0 || !before ? null : told.previous === null ? null : told.previous + earlier;
        continue;
      }
      if (period.active[row] < 0) return { because: `withheld: fewer than ${data.minimum} customers, or one could work them out` };
      told.active += period.active[row];
      told.new = told.new === null || period.new[row] < 0 ? null : told.new + period.new[row];
      if (period.retained[row] < 0 || !before) told.retained = told.previous = null;
      if (told.retained !== null) {
        told.retained += period.retained[row];
        if (told.previous !== null) told.previous += then === undefined ? 0 : before.active[then];
      }
    }
    if (!before || !period.complete || !before.complete) told.retained = told.previous = null;
    return told;
  });
  const growthOf = (chosen, range) => {
    const length = range[1] - range[0] + 1;
    if (range[0] < length) return null;
    const then = customers(chosen, [range[0] - length, range[0] - 1]), now = customers(chosen, range);
    if (!now?.complete || !then?.complete || !then.active) return null;
    return now.active / then.active - 1;
  };

  // ---- KPIs: value of a range under filters, or why there is none ---------------------------
  const valueOf = (kpi, chosen, range) => {
    const [how, first, second] = kpi.how;
    if (how === "sum") return { value: sumOf(first, chosen, range) };
    if (how === "ratio") {
      const base = sumOf(second, chosen, range), top = sumOf(first, chosen, range);
      return { value: known(base) && base !== 0 && known(top) ? top / base : null };
    }
    if (how === "told") {
      const by = filteredBy(chosen), told = data.told[kpi.name];
      if (range[0] !== range[1]) return { value: null, because: "told by single month" };
      if (by.length > 1 || (by.length && chosen[by[0].name].length > 1)) return { value: null, because: "told under one filter at most" };
      if (!by.length) return { value: told.all[range[0]] };
      const [d] = by;
      if (!told[d.name]) return { value: null, because: `not told by ${d.title.toLowerCase()}` };
      return { value: told[d.name][d.parts.indexOf(chosen[d.name][0])][range[0]] };
    }
    const counted = customers(chosen, range);
    if (!counted || counted.because) return { value: null, because: counted?.because };
    if (how === "active") return { value: counted.active };
    if (how === "new") return { value: counted.new };
    if (how === "returning") {
      if (filteredBy(chosen).some((d) => !d.exclusive)) return { value: null, because: "not told by category or sales channel" };
      return { value: counted.new === null ? null : counted.active - counted.new };
    }
    if (how === "growth") return { value: growthOf(chosen, range), because: "no whole period before to compare with" };
    const rate = counted.retained !== null && counted.previous ? counted.retained / counted.previous : null;
    return { value: rate, because: "no whole period before to compare with" };
  };
  const isWhole = ([from, to]) => from >= 0 && to <= last && data.complete.slice(from, to + 1).every(Boolean);
  const shifted = ([from, to], steps) => [from - steps, to - steps];
  const comparedWith = (kpi, chosen, range, steps, now) => {
    const then = shifted(range, steps);
    if (!isWhole(range) || !isWhole(then) || !known(now)) return null;
    const base = valueOf(kpi, chosen, then).value;
    if (!known(base)) return null;
    const change = now - base, rate = base > 0 ? change / base : null;
    let shown;
    if (kpi.unit === "rate") shown = signed(`${(Math.abs(change) * 100).toFixed(1)}${NARROW}pt`, change);
    else if (kpi.unit === "score") shown = signed(decimal(Math.abs(change), 2), change);
    else if (rate === null) return null;
    else shown = signed(percent(Math.abs(rate)), rate);
    const direction = /[1-9]/.test(shown) ? Math.sign(change) : 0;
    const tone = !direction || !["up", "down"].includes(kpi.good) ? "neutral" : (direction > 0) === (kpi.good === "up") ? "good" : "bad";
    return { shown, tone, direction, against: then };
  };

  // ---- What is chosen, and the address ----------------------------------------------------
  const latest = data.latest === null ? last : months.indexOf(data.latest);
  const measures = data.kpis.filter((kpi) => kpi.how[0] === "sum");
  const initial = () => ({ chosen: {}, range: [latest, latest], measure: measures[0]?.name });
  const canonical = (state) => {
    for (const d of dimensions) {
      const some = d.choices.filter((part) => state.chosen[d.name]?.includes(part));
      if (!some.length || some.length === d.choices.length) delete state.chosen[d.name];
      else state.chosen[d.name] = some;
    }
    return state;
  };
  const readAddress = () => {
    const query = new URLSearchParams(location.search), state = initial(), unknown = [];
    for (const d of dimensions) {
      const wanted = query.getAll(d.name);
      unknown.push(...wanted.filter((part) => !d.choices.includes(part)));
      state.chosen[d.name] = wanted.filter((part) => d.choices.includes(part));
      if (wanted.length && !state.chosen[d.name].length) state.nothing = true;
    }
    const from = months.indexOf(query.get("from")), to = months.indexOf(query.get("to"));
    for (const name of ["from", "to"]) if (query.get(name) && !months.includes(query.get(name))) unknown.push(query.get(name));
    if (from >= 0 || to >= 0) state.range = [from >= 0 ? from : to, to >= 0 ? to : from].sort((a, b) => a - b);
    if (measures.some((kpi) => kpi.name === query.get("measure"))) state.measure = query.get("measure");
    state.unknown = unknown;
    return canonical(state);
  };
  const addressOf = (state) => {
    const query = new URLSearchParams(location.search);
    for (const name of [...dimensions.map((d) => d.name), "from", "to", "measure"]) query.delete(name);
    for (const d of dimensions) for (const part of state.chosen[d.name] ?? []) query.append(d.name, part);
    if (state.range[0] !== latest || state.range[1] !== latest) {
      query.set("from", months[state.range[0]]);
      query.set("to", months[state.range[1]]);
    }
    if (state.measure && state.measure !== measures[0].name) query.set("measure", state.measure);
    const text = query.toString();
    return location.pathname + (text ? `?${text}` : "") + location.hash;
  };
  let state = readAddress();
  const choose = (change) => {
    change(state);
    delete state.unknown;
    delete state.nothing;
    canonical(state);
    try { history.pushState(null, "", addressOf(state)); } catch { /* from disk */ }
    show();
  };
  addEventListener("popstate", () => { state = readAddress(); show(); });
  const toggled = (name, part) => choose((s) => {
    const now = s.chosen[name] ?? [];
    s.chosen[name] = now.includes(part) ? now.filter((one) => one !== part) : [...now, part];
  });

  // ---- Controls ----------------------------------------------------------------------------
  const form = home.querySelector(".dash-filters");
  const controls = { parts: {}, summaries: {} };
  const optionsOf = () => months.map((name, at) => made("option", { value: name }, monthName(at, true) + (data.complete[at] ? "" : " (partial)")));
  const buildControls = () => {
    for (const d of dimensions) {
      const said = made("span", { class: "dash-said" }, "All");
      const list = made("div", { class: "dash-parts", role: "group", "aria-label": d.title });
      for (const part of d.choices) {
        const box = made("input", { type: "checkbox", name: d.name, value: part });
        box.addEventListener("change", () => toggled(d.name, part));
        list.append(made("label", {}, box, made("span", {}, part)));
        (controls.parts[d.name] ??= []).push(box);
      }
      const menu = made("details", { class: "dash-menu", "data-dimension": d.name }, made("summary", {}, made("span", { class: "dash-name" }, d.title), said), list);
      menu.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !menu.open) return;
        menu.open = false;
        menu.querySelector("summary").focus();
      });
      controls.summaries[d.name] = said;
      form.append(menu);
    }
    document.addEventListener("click", (event) => {
      for (const menu of form.querySelectorAll("details[open]")) if (!menu.contains(event.target)) menu.open = false;
    });
    for (const [name, title] of [["from", "From"], ["to", "To"]]) {
      const select = made("select", { name }, ...optionsOf());
      select.addEventListener("change", () => choose((s) => {
        const at = months.indexOf(select.value);
        if (name === "from") s.range = [at, Math.max(at, s.range[1])];
        else s.range = [Math.min(at, s.range[0]), at];
      }));
      controls[name] = select;
      form.append(made("label", { class: "dash-field" }, made("span", { class: "dash-name" }, title), select));
    }
    if (measures.length > 1) {
      const select = made("select", { name: "measure" }, ...measures.map((kpi) => made("option", { value: kpi.name }, kpi.title)));
      select.addEventListener("change", () => choose((s) => { s.measure = select.value; }));
      controls.measure = select;
      form.append(made("label", { class: "dash-field" }, made("span", { class: "dash-name" }, "Charts show"), select));
    }
    const presets = [["Last month", 1], ["Last 3 months", 3], ["Last 12 months", 12], ["All", months.length]];
    const buttons = presets.filter(([name, length]) => name === "All" || length <= latest + 1).map(([name, length]) => {
      const button = made("button", { type: "button" }, name);
      button.addEventListener("click", () => choose((s) => { s.range = name === "All" ? [0, last] : [latest - length + 1, latest]; }));
      return button;
    });
    const clear = made("button", { type: "button", class: "dash-clear" }, "Clear filters");
    clear.addEventListener("click", () => choose((s) => Object.assign(s, initial())));
    const copy = made("button", { type: "button" }, "Copy link");
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(location.href);
        copy.textContent = "Copied";
      } catch { copy.textContent = "Copy the address"; }
      setTimeout(() => { copy.textContent = "Copy link"; }, 2000);
    });
    form.append(made("div", { class: "dash-buttons" }, ...buttons, clear, copy));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
  };
  const showControls = () => {
    for (const d of dimensions) {
      const some = state.chosen[d.name] ?? [];
      for (const box of controls.parts[d.name]) box.checked = some.includes(box.value);
      controls.summaries[d.name].textContent = some.length ? (some.length < 3 ? some.join(", ") : `${some.length} of ${d.choices.length}`) : "All";
      controls.summaries[d.name].closest("details").classList.toggle("is-chosen", some.length > 0);
    }
    controls.from.value = months[state.range[0]];
    controls.to.value = months[state.range[1]];
    if (controls.measure) controls.measure.value = state.measure;
  };

  // ---- Cards -------------------------------------------------------------------------------
  const spark = (values) => {
    const points = values.map((value, at) => [at, value]).filter(([, value]) => known(value));
    if (points.length < 2) return null;
    const W = 120, H = 32, M = 4; // as sparkline_svg draws
    const low = Math.min(...points.map(([, v]) => v)), spread = Math.max(...points.map(([, v]) => v)) - low || 1;
    const step = (W - 2 * M) / (values.length - 1);
    const at = ([i, v]) => `${(M + i * step).toFixed(1)},${(H - M - ((v - low) / spread) * (H - 2 * M)).toFixed(1)}`;
    let path = "", before = -2;
    for (const point of points) {
      path += (point[0] === before + 1 ? "L" : "M") + at(point);
      before = point[0];
    }
    const svgOf = (tag, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      return element;
    };
    const [x, y] = at(points.at(-1)).split(",");
    const svg = svgOf("svg", { class: "spark", viewBox: `0 0 ${W} ${H}`, "aria-hidden": "true", focusable: "false" });
    svg.append(svgOf("path", { d: path }), svgOf("circle", { cx: x, cy: y, r: 2.6 }));
    return svg;
  };
  const line = (...content) => made("span", { class: "kpi-line" }, ...content);
  const showCards = (isNothing) => {
    const { chosen, range } = state, length = range[1] - range[0] + 1;
    for (const card of home.querySelectorAll(".kpi[data-kpi]")) {
      const kpi = data.kpis.find((one) => one.name === card.dataset.kpi);
      const { value, because } = isNothing ? { value: null, because: "no data for this choice" } : valueOf(kpi, chosen, range);
      const shown = made("span", { class: "kpi-value" }, inUnit(value, kpi.unit));
      if (known(value)) shown.dataset.value = String(value);
      const first = Math.max(0, range[1] - 12);
      const drawn = isNothing ? null : spark(months.slice(first, range[1] + 1).map((_, at) => valueOf(kpi, chosen, [first + at, first + at]).value));
      const lines = [];
      if (known(value)) {
        const year = comparedWith(kpi, chosen, range, 12, value);
        const before = length === 12 ? null : comparedWith(kpi, chosen, range, length, value);
        for (const [told, tone] of [[year, year?.tone], [before, "neutral"]]) {
          if (told) lines.push(line(made("span", { class: `kpi-delta ${tone}` }, told.shown), " ", made("span", { class: "kpi-base" }, `vs ${rangeName(told.against, true)}`)));
        }
      }
      if (!lines.length) {
        const why = known(value) ? (isWhole(range) ? "nothing to compare with yet" : "a partial month is compared with nothing") : because ?? "no data for this choice";
        lines.push(made("span", { class: "kpi-line kpi-base" }, why));
      }
      card.classList.toggle("is-empty", !known(value));
      card.replaceChildren(made("span", { class: "kpi-name" }, kpi.title), shown, drawn ?? made("span"), ...lines);
    }
  };

  // ---- Charts ------------------------------------------------------------------------------
  let bundle;
  const drawing = () => (bundle ??= Promise.all(
    ["vega-bundle.js", "house.js"].map((file) => import(new URL(file, assets).href)),
  ).then((modules) => modules.map((module) => module.default)));
  const measureNow = () => measures.find((kpi) => kpi.name === state.measure);
  const axisTitle = (kpi) => (kpi.unit === "currency" ? `${kpi.title}, ${data.unit}` : kpi.title);
  const without = (chosen, name) => Object.fromEntries(Object.entries(chosen).filter(([key]) => key !== name));
  const within = (title) => title.slice(0, 1).toLowerCase() + title.slice(1);
  const rowsOf = (what) => {
    const { chosen, range } = state, kpi = measureNow(), sum = kpi.how[1];
    const text = (value) => inUnit(value, kpi.unit);
    if (what === "month") {
      const row = course(sum, chosen).map((value) => (value === null ? null : value / factor(sum)));
      return months.map((month, at) => {
        const base = at >= 12 && data.complete[at] && data.complete[at - 12] ? row[at - 12] : null;
        return { month: `${month}-01T00:00:00`, value: row[at], base, complete: Boolean(data.complete[at]), chosen: at >= range[0] && at <= range[1], shown: text(row[at]), base_shown: text(base) };
      });
    }
    const others = without(chosen, what), d = byName[what], then = shifted(range, 12);
    const comparable = isWhole(range) && isWhole(then);
    return d.choices.map((part) => {
      const only = { ...others, [what]: [part] };
      const value = sumOf(sum, only, range), base = comparable ? sumOf(sum, only, then) : null;
      return { part, value, base, chosen: !chosen[what]?.length || chosen[what].includes(part), shown: text(value), base_shown: text(base) };
    });
  };
  const findingOf = (what, rows) => {
    const { range } = state, kpi = measureNow(), text = (value) => inUnit(value, kpi.unit);
    if (what === "month") {
      const value = valueOf(kpi, state.chosen, range).value;
      if (!known(value)) return "No data for this choice";
      const year = comparedWith(kpi, state.chosen, range, 12, value);
      const told = year ?? comparedWith(kpi, state.chosen, range, range[1] - range[0] + 1, value);
      const verb = kpi.name === "orders" ? "were" : "was";
      let finding = `${kpi.title} ${verb} ${text(value)} in ${rangeName(range)}`;
      if (told) {
        const size = told.direction ? `${told.shown.replace(/^[+−]/, "")} ${told.direction > 0 ? "above" : "below"}` : "level with";
        finding += `, ${size} ${year ? "the year before" : range[0] === range[1] ? "the month before" : "the months before"}`;
      }
      return finding;
    }
    const told = rows.filter((row) => known(row.value));
    if (!told.length) return "No data for this choice";
    const top = told.reduce((best, row) => (row.value > best.value ? row : best));
    const total = told.reduce((sum, row) => sum + row.value, 0);
    if (told.length === 1) return `${top.part}: ${top.shown}`;
    if (total <= 0 || told.some((row) => row.value < 0)) return `${top.part} leads with ${top.shown}`;
    return `${top.part} leads with ${top.shown}, ${percent(top.value / total, 0)} of the total`;
  };
  const filterWords = (chosen) => filteredBy(chosen).map((d) => `${within(d.title)} ${listed(chosen[d.name])}`).join(", ");
  const subtitleOf = (what) => {
    const kpi = measureNow();
    const others = filterWords(what === "month" ? state.chosen : without(state.chosen, what));
    const tail = others ? `; ${others}` : "";
    if (what === "month") return `By month${tail}; the tick is the month a year before. Full: the chosen months`;
    return `${kpi.title} by ${within(byName[what].title)}, ${rangeName(state.range)}${tail}; tick: a year before`;
  };
  const showTable = (figure, what, rows) => {
    const head = figure.querySelectorAll(".chart-data thead th");
    const body = figure.querySelector(".chart-data tbody");
    if (head.length < 3 || !body) return;
    head[1].textContent = measureNow().title;
    body.replaceChildren(...rows.map((row, at) => made("tr", {},
      what === "month" ? made("td", { "data-value": `${months[at]}-01` }, monthName(at)) : made("td", {}, row.part),
      made("td", { class: "number", "data-value": row.value ?? "" }, row.shown),
      made("td", { class: "number", "data-value": row.base ?? "" }, row.base_shown))));
  };
  const retitled = (node, from, to) => {
    if (Array.isArray(node)) return node.map((each) => retitled(each, from, to));
    if (node === null || typeof node !== "object") return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === "title" && value === from ? to : retitled(value, from, to)]));
  };
  const widthOf = (box) => Math.min(Math.floor(box.clientWidth), 832);
  const draw = async (figure, what, rows) => {
    const box = figure.querySelector(".chart-box"), width = widthOf(box);
    if (!width || !isServed) return;
    const [embed, config] = await drawing();
    if (figure.turn !== turn) return;
    const kpi = measureNow(), title = axisTitle(kpi);
    const spec = figure.spec ??= JSON.parse(figure.querySelector("script.dash-spec").textContent);
    const name = figure.dataName ??= Object.keys(spec.datasets).sort((a, b) => spec.datasets[b].length - spec.datasets[a].length)[0];
    const description = `${figure.querySelector(".chart-title").textContent}. ${figure.querySelector(".chart-subtitle").textContent}`;
    if (figure.view && figure.drawnAt === width && figure.drawnFor === title) {
      await figure.view.data(name, rows).runAsync();
    } else {
      const { wide, narrow, ...common } = spec;
      const own = { ...common, ...structuredClone(width >= 560 ? wide : narrow), width };
      own.datasets = { ...spec.datasets, [name]: rows };
      const target = made("div", { class: "chart-live" });
      target.style.visibility = "hidden";
      target.style.position = "absolute";
      box.append(target);
      const { view } = await embed(target, retitled(own, axisTitle(measures[0]), title), { config, ast: true, actions: false, renderer: "svg", tooltip: { theme: "custom" } });
      if (figure.turn !== turn) { view.finalize(); target.remove(); return; }
      figure.view?.finalize();
      Object.assign(figure, { view, drawnAt: width, drawnFor: title });
      view.addEventListener("click", (event, item) => clicked(what, event, item));
      for (const old of box.querySelectorAll(".chart-live")) if (old !== target) old.remove();
      target.style.visibility = "";
      target.style.position = "";
      box.classList.add("is-live");
      figure.dataset.live = "yes";
    }
    const svg = box.querySelector(".chart-live svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", description);
    for (const inner of svg.querySelectorAll("[role], [aria-label], [aria-roledescription], [tabindex]")) {
      for (const each of ["role", "aria-label", "aria-roledescription", "aria-hidden", "tabindex"]) inner.removeAttribute(each);
    }
  };
  const clicked = (what, event, item) => {
    const datum = item?.datum;
    if (!datum) return;
    if (what !== "month") {
      const part = datum.part ?? datum.value;
      if (byName[what].choices.includes(part)) toggled(what, part);
      return;
    }
    const when = datum.month ?? null;
    if (when === null) return;
    const date = when instanceof Date || typeof when === "number" ? new Date(when) : null;
    const name = date ? `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}` : String(when).slice(0, 7);
    const at = months.indexOf(name);
    if (at < 0) return;
    choose((s) => {
      const [from, to] = s.range;
      if (event.shiftKey) s.range = at < from ? [at, to] : [from, at];
      else s.range = from === at && to === at ? [latest, latest] : [at, at];
    });
  };
  const isAsArrived = () => !filteredBy(state.chosen).length && state.range.every((at) => at === latest) && state.measure === measures[0]?.name;
  let turn = 0;
  const showCharts = () => {
    turn += 1;
    for (const figure of home.querySelectorAll("figure[data-dash]")) {
      const what = figure.dataset.dash, rows = rowsOf(what);
      figure.turn = turn;
      figure.querySelector(".chart-title").textContent = findingOf(what, rows);
      figure.querySelector(".chart-subtitle").textContent = subtitleOf(what);
      showTable(figure, what, rows);
      figure.rows = rows;
      // A chart that was drawn for another choice must not stand under this one's title.
      const isFirst = isAsArrived();
      figure.querySelector(".chart-box").hidden = !isServed && !isFirst;
      if (figure.isNear || !isFirst || figure.view) draw(figure, what, rows).catch(() => {});
    }
  };
  const near = "IntersectionObserver" in window ? new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      target.isNear ||= isIntersecting;
      if (isIntersecting && target.rows && target.drawnTurn !== turn) {
        target.drawnTurn = turn;
        draw(target, target.dataset.dash, target.rows).catch(() => {});
      }
    }
  }, { rootMargin: "300px" }) : null;
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(showCharts, 200); });

  // ---- All of it ---------------------------------------------------------------------------
  const choice = home.querySelector(".dash-choice");
  const showChoice = (isNothing) => {
    const parts = [];
    const filters = filterWords(state.chosen);
    if (isNothing) parts.push(made("strong", {}, "No data for this choice."), " ");
    const orders = sumOf("orders", state.chosen, state.range);
    parts.push(made("strong", {}, rangeName(state.range)), filters ? `, ${filters}` : ", the whole shop", ". ");
    if (!isNothing && known(orders)) parts.push(`${count(orders)} ${orders === 1 ? "order" : "orders"}. `);
    if (!isWhole(state.range)) parts.push("A month of it is partial, so it is compared with nothing. ");
    const hidden = isNothing && state.nothing ? 0 : withheldOf("net_revenue", state.chosen, state.range);
    if (hidden > 0) parts.push(`Up to ${amount(hidden)} more net revenue may belong here: it is in cells of few customers, which are merged. `);
    if (state.unknown?.length) parts.push(`Not in this version: ${listed(state.unknown)}. `);
    choice.replaceChildren(...parts);
  };
  const show = () => {
    const total = sumOf("orders", state.chosen, state.range) ?? sumOf("net_revenue", state.chosen, state.range);
    const isNothing = Boolean(state.nothing) || !known(total) || total === 0;
    showControls();
    showChoice(isNothing);
    showCards(isNothing);
    showCharts();
    home.dataset.turn = String(turn);
  };
  buildControls();
  show();
  if (near) for (const figure of home.querySelectorAll("figure[data-dash]")) near.observe(figure);
})();
