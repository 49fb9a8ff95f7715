// The drill-down: from the total through any order of dimensions and time, over the published
// months, the cube and the prepared tables. The address holds the path. Without it the page
// shows the last complete period by the first dimension.
(() => {
  "use strict";
  const home = document.getElementById("drill");
  const holder = home?.querySelector("script.drill-data");
  if (!holder) return;
  const data = JSON.parse(holder.textContent);

  // ---- Words and numbers, as the pages write them ---------------------------------------
  const { ABSENT, MONTHS, count, known, listed, made, percent, signed, signedPercent } = words;
  const OTHER = "Other";
  const amount = (value) => words.amount(value, data.currency);
  const MEASURES = {
    net: { title: "Net revenue", factor: 100, text: amount, gained: "gained", lost: "lost" },
    orders: { title: "Orders", factor: 1, text: count, gained: "gained", lost: "lost" },
  };
  const within = (title) => title.slice(0, 1).toLowerCase() + title.slice(1);
  const WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
  const DAY = 86_400_000;
  const utc = (text) => Date.parse(`${text}T00:00:00Z`);
  const isoDay = (time) => new Date(time).toISOString().slice(0, 10);
  const dayName = (time) => { const date = new Date(time); return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()].slice(0, 3)} ${date.getUTCFullYear()}`; };
  const weekdayOf = (time) => (new Date(time).getUTCDay() + 6) % 7;

  // ---- Tables: sums by month and by day ---------------------------------------------------
  const months = data.months, firstDay = data.days ? utc(data.days.first) : 0;
  const dayCount = data.days ? data.days.net.length : 0;
  const monthNumber = new Map(months.map((month, at) => [month, at]));
  const observed = data.observed.map(utc);
  const places = (table) => {
    if (table.placed) return table.placed;
    const rows = new Map();
    let place = 0;
    table.at.forEach((step, row) => { place += step; rows.set(place, row); });
    return (table.placed = rows);
  };
  const partsOf = (name) => data.parts[name]?.names ?? [];
  const memory = new Map();
  const remembered = (key, make) => {
    if (!memory.has(key)) {
      if (memory.size > 20_000) memory.clear();
      memory.set(key, make());
    }
    return memory.get(key);
  };
  const keyOf = (filter) => JSON.stringify(Object.entries(filter).sort());
  const CUBE = data.cube?.dimensions ?? [];
  const isNested = (name) => data.nested[name] && name !== "hour";
  const pairOf = (one, two) => (data.pairs[`${one} ${two}`] ? [one, two] : data.pairs[`${two} ${one}`] ? [two, one] : null);
  // Which table tells figures under filters of these dimensions: its name and first month.
  const tableOf = (names) => {
    if (!names.length) return { kind: "total", from: 0 };
    if (names.length === 1 && data.byPart[names[0]]) return { kind: "part", from: 0 };
    const inner = names.find(isNested);
    if (inner) {
      const table = data.nested[inner];
      const rest = names.filter((name) => name !== inner);
      return rest.length === (table.outer ? 1 : 0) && rest.every((name) => name === table.outer) ? { kind: "nested", from: table.from, inner } : null;
    }
    if (names.every((name) => CUBE.includes(name))) return { kind: "cube", from: data.cube.from };
    const pair = names.length === 2 && pairOf(...names);
    return pair ? { kind: "pair", from: data.pairs[pair.join(" ")].from, pair } : null;
  };
  const cubeColumns = () => remembered("cube", () => {
    const sizes = CUBE.map((name) => partsOf(name).length), columns = CUBE.map(() => []), month = [];
    let place = 0;
    for (const step of data.cube.at) {
      place += step;
      let rest = place;
      for (let d = CUBE.length - 1; d >= 0; d -= 1) { columns[d].push(rest % sizes[d]); rest = Math.floor(rest / sizes[d]); }
      month.push(rest);
    }
    return { columns, month };
  });
  const emptyCourse = (value = null) => ({ net: months.map(() => value), orders: months.map(() => value) });
  const cell = (table, place) => {
    const row = places(table).get(place);
    return row === undefined ? null : { net: table.net[row], orders: table.orders ? table.orders[row] : null };
  };
  // What a month's parts leave of the figure above them: nothing, or parts that are not told.
  const leaves = (above, told, at, isByNet) => {
    const name = isByNet ? "net" : "orders";
    return known(above[name][at]) && above[name][at] - told[name][at] !== 0;
  };
  const toldTotals = (key, table, sizes, keep) => remembered(`told ${key}`, () => {
    const sums = emptyCourse(0);
    for (const [place, row] of places(table)) {
      let rest = place;
      const codes = [];
      for (const size of [...sizes].reverse()) { codes.unshift(rest % size); rest = Math.floor(rest / size); }
      if (!keep(codes)) continue;
      sums.net[rest] += table.net[row];
      if (table.orders) sums.orders[rest] += table.orders[row];
    }
    return sums;
  });
  // Sums by month under a filter {dimension: part}: null where they are not told.
  const course = (filter) => remembered(`month ${keyOf(filter)}`, () => {
    const names = Object.keys(filter), found = tableOf(names);
    const totals = { net: data.totals.net[0], orders: data.totals.orders[0] };
    if (!found) return emptyCourse();
    if (found.kind === "total") return totals;
    if (found.kind === "part") {
      const [name] = names, own = data.byPart[name], row = partsOf(name).indexOf(filter[name]);
      const told = remembered(`sums ${name}`, () => {
        const sums = emptyCourse(0);
        for (const figure of ["net", "orders"]) for (const each of own[figure]) each.forEach((value, at) => { sums[figure][at] += value ?? 0; });
        return sums;
      });
      const result = emptyCourse();
      months.forEach((_, at) => {
        const isAbsent = row < 0 || !known(own.orders[row][at]);
        for (const figure of ["net", "orders"]) {
          if (!isAbsent) result[figure][at] = own[figure][row][at];
          else if (known(totals.orders[at]) && !leaves(totals, told, at, false)) result[figure][at] = 0;
        }
      });
      return result;
    }
    if (found.kind === "nested") {
      const { inner } = found, table = data.nested[inner], size = partsOf(inner).length;
      const outer = table.outer ? table.outers.indexOf(filter[table.outer]) : 0, part = partsOf(inner).indexOf(filter[inner]);
      if (outer < 0 || part < 0) return emptyCourse();
      const above = course(table.outer ? { [table.outer]: filter[table.outer] } : {});
      const sizes = [table.outers.length, size];
      const told = toldTotals(`${inner} ${outer}`, table, sizes, (codes) => codes[0] === outer);
      return filled(above, told, (at) => cell(table, (at * sizes[0] + outer) * size + part), table.from, !table.orders);
    }
    if (found.kind === "pair") {
      const [one, two] = found.pair, key = found.pair.join(" "), table = data.pairs[key];
      const sizes = [partsOf(one).length, partsOf(two).length];
      const codes = [partsOf(one).indexOf(filter[one]), partsOf(two).indexOf(filter[two])];
      if (codes.some((code) => code < 0)) return emptyCourse();
      const sides = [one, two].map((name, side) => filled(
        course({ [name]: filter[name] }),
        toldTotals(`${key} ${side} ${codes[side]}`, table, sizes, (each) => each[side] === codes[side]),
        (at) => cell(table, (at * sizes[0] + codes[0]) * sizes[1] + codes[1]), table.from, false,
      ));
      // Nothing is hidden where either side leaves nothing.
      const pick = (figure) => sides[0][figure].map((value, at) => value ?? sides[1][figure][at]);
      return { net: pick("net"), orders: pick("orders") };
    }
    const { columns, month } = cubeColumns(), sums = emptyCourse(0);
    const wanted = CUBE.map((name) => (name in filter ? partsOf(name).indexOf(filter[name]) : null));
    for (let row = 0; row < month.length; row += 1) {
      let isInside = true;
      for (let d = 0; d < wanted.length && isInside; d += 1) isInside = wanted[d] === null || wanted[d] === columns[d][row];
      if (!isInside) continue;
      sums.net[month[row]] += data.cube.net[row];
      sums.orders[month[row]] += data.cube.orders[row];
    }
    for (const figure of ["net", "orders"]) months.forEach((_, at) => { if (at < data.cube.from || !known(totals.orders[at])) sums[figure][at] = null; });
    return sums;
  });
  const filled = (above, told, cellOf, from, isByNet) => {
    const result = emptyCourse();
    months.forEach((_, at) => {
      if (at < from) return;
      const found = cellOf(at);
      if (found) { result.net[at] = found.net; result.orders[at] = found.orders; return; }
      if (known(above.orders[at]) && !leaves(above, told, at, isByNet)) { result.net[at] = 0; result.orders[at] = isByNet ? null : 0; }
    });
    return result;
  };
  // Sums by day: of the whole, and of a part of one dimension.
  const dayCourse = (filter) => remembered(`day ${keyOf(filter)}`, () => {
    const [name] = Object.keys(filter);
    if (!name) return { net: data.days.net, orders: data.days.orders };
    const table = data.daysBy[name], nothing = { net: Array(dayCount).fill(null), orders: Array(dayCount).fill(null) };
    if (!table) return nothing;
    const row = table.parts.indexOf(partsOf(name).indexOf(filter[name]));
    const told = remembered(`days ${name}`, () => data.days.orders.map((_, day) => (day < table.from ? 0 : table.orders.reduce((sum, each) => sum + (each[day - table.from] ?? 0), 0))));
    for (const figure of ["net", "orders"]) {
      for (let day = table.from; day < dayCount; day += 1) {
        const value = row < 0 ? null : table[figure][row][day - table.from];
        if (known(value)) nothing[figure][day] = value;
        else if (known(data.days.orders[day]) && data.days.orders[day] === told[day]) nothing[figure][day] = 0;
      }
    }
    return nothing;
  });
  // Sums by month of an hour, on one weekday or on all.
  const hourCourse = (weekday, hour) => remembered(`hour ${weekday} ${hour}`, () => {
    const table = data.nested.hour, size = partsOf("hour").length, part = partsOf("hour").indexOf(hour);
    const days = weekday === null ? WEEKDAYS.map((_, at) => at) : [weekday];
    const rows = days.map((day) => filled(
      weekdayCourse(day), toldTotals(`hour ${day}`, table, [7, size], (codes) => codes[0] === day),
      (at) => cell(table, (at * 7 + day) * size + part), table.from, false,
    ));
    const sum = (figure) => months.map((_, at) => rows.reduce((total, row) => (known(total) && known(row[figure][at]) ? total + row[figure][at] : null), 0));
    return { net: sum("net"), orders: sum("orders") };
  });
  const weekdayCourse = (weekday) => remembered(`weekday ${weekday}`, () => {
    const sums = emptyCourse(0);
    for (const figure of ["net", "orders"]) {
      const values = data.days[figure];
      months.forEach((_, at) => {
        const [first, last] = daysOfMonth(at);
        if (first < 0) { sums[figure][at] = null; return; }
        for (let day = first; day <= last; day += 1) {
          if (weekdayOf(firstDay + day * DAY) !== weekday) continue;
          sums[figure][at] = known(sums[figure][at]) && known(values[day]) ? sums[figure][at] + values[day] : null;
        }
      });
    }
    return sums;
  });
  const daysOfMonth = (at) => remembered(`days of ${at}`, () => {
    const [year, month] = months[at].split("-").map(Number);
    const first = Math.round((Date.UTC(year, month - 1, 1) - firstDay) / DAY), last = Math.round((Date.UTC(year, month, 1) - firstDay) / DAY) - 1;
    // Days before those that the page holds: not told.
    return first < 0 && firstDay > observed[0] ? [-1, -2] : [Math.max(first, 0), Math.min(last, dayCount - 1)];
  });

  // ---- Dimensions of the path -------------------------------------------------------------
  const TIME = ["year", "quarter", "month", "week", "day", "weekday", "hour"];
  const TITLES = { year: "Year", quarter: "Quarter", month: "Month", week: "Week", day: "Day", weekday: "Weekday", hour: "Hour" };
  const titleOf = (name) => TITLES[name] ?? data.parts[name]?.title ?? name;
  const pluralOf = (name) => ({ city: "cities", category: "categories", day: "days" }[name] ?? `${within(titleOf(name))}s`);
  const POSSIBLE = ["region", "city", "segment", "category", "product", "sales_channel", "acquisition_channel", "payment_method"];
  const ALL_PLACES = ["region", "city", "segment", "category", "product", "sales_channel", "acquisition_channel", "payment_method", ...TIME];
  const PLACES = POSSIBLE.filter((name) => data.byPart[name] || isNested(name));
  const monthAt = (year, month) => monthNumber.get(`${year}-${String(month).padStart(2, "0")}`);
  const yearOf = (at) => months[at].slice(0, 4);
  const quarterOf = (at) => `${yearOf(at)}-Q${Math.ceil(Number(months[at].slice(5)) / 3)}`;
  const weekOf = (day) => isoDay(firstDay + (day - weekdayOf(firstDay + day * DAY)) * DAY);
  const partName = (name, value) => {
    if (name === "quarter") return `${value.slice(5)} ${value.slice(0, 4)}`;
    if (name === "month") return `${MONTHS[Number(value.slice(5)) - 1]} ${value.slice(0, 4)}`;
    if (name === "week") return `Week of ${dayName(utc(value))}`;
    if (name === "day") return `${WEEKDAYS[weekdayOf(utc(value))].slice(0, 3)} ${dayName(utc(value))}`;
    if (name === "weekday") return WEEKDAYS[Number(value)];
    if (name === "hour") return `${value.padStart(2, "0")}:00 to ${String(Number(value) + 1).padStart(2, "0")}:00`;
    return value;
  };
  // What a path restricts: months from and to, days where it names some, a weekday, an hour.
  const scopeOf = (path) => {
    const scope = { from: 0, to: months.length - 1, days: null, weekday: null, hour: null, filter: {} };
    const narrow = (test) => {
      const inside = months.map((_, at) => at).filter((at) => at >= scope.from && at <= scope.to && test(at));
      if (inside.length) { scope.from = inside[0]; scope.to = inside.at(-1); } else scope.to = scope.from - 1;
    };
    for (const [name, value] of path) {
      if (name === "year") narrow((at) => yearOf(at) === value);
      else if (name === "quarter") narrow((at) => quarterOf(at) === value);
      else if (name === "month") narrow((at) => months[at] === value);
      else if (name === "weekday") scope.weekday = Number(value);
      else if (name === "hour") scope.hour = value;
      else if (name !== "week" && name !== "day") scope.filter[name] = value;
    }
    for (const [name, value] of path) {
      if (name !== "week" && name !== "day") continue;
      const start = Math.round((utc(value) - firstDay) / DAY), end = start + (name === "week" ? 6 : 0);
      const [first, last] = scope.days ?? dayRange(scope);
      scope.days = [Math.max(first, start), Math.min(last, end)];
    }
    return scope;
  };
  const dayRange = ({ from, to }) => {
    if (to < from || !dayCount) return [0, -1];
    const first = daysOfMonth(from)[0];
    return [first < 0 ? 0 : first, daysOfMonth(to)[1]];
  };
  // By what a scope's figures are added up: months, days, or months of an hour.
  const grainOf = (scope, by) => {
    if (by === "hour" || scope.hour !== null) return "hour";
    return scope.days || scope.weekday !== null || ["day", "week", "weekday"].includes(by) ? "day" : "month";
  };
  // Why a split is not prepared here; empty where it is.
  const whyNot = (scope, by) => {
    const names = [...new Set([...Object.keys(scope.filter), ...(TIME.includes(by) || !by ? [] : by === "city" || by === "product" ? [data.nested[by]?.outer ?? by, by] : [by])])];
    const grain = grainOf(scope, by);
    if (grain === "hour") {
      if (data.nested.hour && partsOf("hour").length < 2 && scope.hour === null) return "the source tells no time of day";
      if (!data.nested.hour || !data.days) return "none stands for enough customers";
      if (names.length) return "told for the whole shop, by month and weekday";
      if (scope.days || by === "day" || by === "week") return "told by month and weekday";
      return scope.from < data.nested.hour.from ? `told from ${partName("month", months[data.nested.hour.from])} on` : "";
    }
    if (grain === "day") {
      if (!data.days) return "not told";
      const range = scope.days ?? dayRange(scope);
      if (names.length > 1 || (names.length && !data.byPart[names[0]])) return "told by day for the whole shop, and for one part of a region, segment, category or channel";
      const table = names.length && data.daysBy[names[0]];
      if (names.length && !table) return "by day each stands for few customers";
      if (table && scope.filter[names[0]] && !table.parts.includes(partsOf(names[0]).indexOf(scope.filter[names[0]]))) return `by day ${scope.filter[names[0]]} stands for few customers`;
      const first = table ? table.from : 0;
      if (range[0] < first || (scope.from <= scope.to && !scope.days && daysOfMonth(scope.from)[0] < 0)) return `told by day from ${dayName(firstDay + first * DAY)} on`;
      return "";
    }
    const found = tableOf(names);
    if (!found) {
      const inner = names.find(isNested);
      if (inner) return data.nested[inner].outer ? `${pluralOf(inner)} are told within one ${within(titleOf(data.nested[inner].outer))} alone` : `${pluralOf(inner)} are told for the whole shop alone`;
      if (names.some((name) => name.startsWith("acquisition") || name.startsWith("payment"))) return "acquisition channels and payment methods are told beside one other dimension alone";
      return "its parts would stand for few customers";
    }
    return scope.from < found.from ? `told from ${partName("month", months[found.from])} on` : "";
  };

  // ---- State, in the address ----------------------------------------------------------------
  const AGAINST = { year: "the year before", before: "the period before", none: "nothing" };
  const defaults = JSON.parse(home.dataset.start);
  const valuesOf = (name) => {
    if (name === "year") return [...new Set(months.map((_, at) => yearOf(at)))];
    if (name === "quarter") return [...new Set(months.map((_, at) => quarterOf(at)))];
    if (name === "month") return months;
    if (name === "weekday") return WEEKDAYS.map((_, at) => String(at));
    if (name === "week") return [...new Set(Array.from({ length: dayCount }, (_, day) => weekOf(day)))];
    if (name === "day") return Array.from({ length: dayCount }, (_, day) => isoDay(firstDay + day * DAY));
    return partsOf(name);
  };
  const stateOf = (search) => {
    const asked = new URLSearchParams(search);
    const state = { path: [], by: null, against: "year", measure: "net", sort: null, unknown: [] };
    const names = new Set([...PLACES, ...TIME]);
    if (![...asked.keys()].some((name) => names.has(name) || ["by", "against", "measure", "sort"].includes(name))) {
      return { ...state, path: defaults.path.map((step) => [...step]), by: defaults.by, against: defaults.against };
    }
    for (const [name, value] of asked) {
      if (names.has(name)) {
        if (state.path.some(([held]) => held === name)) continue;
        if (valuesOf(name).includes(value)) state.path.push([name, value]);
        else state.unknown.push(value);
      }
    }
    // A city or product stands within its own region or category, which a link may leave out.
    for (const inner of ["city", "product"]) {
      const table = data.nested[inner], at = state.path.findIndex(([name]) => name === inner);
      if (at < 0 || !table.outer || state.path.some(([name]) => name === table.outer)) continue;
      const holders = outersOf(inner, state.path[at][1]);
      if (holders.length) state.path.splice(at, 0, [table.outer, holders[0]]);
      else state.unknown.push(...state.path.splice(at, 1).map(([, value]) => value));
    }
    const pick = (name, allowed) => (allowed.includes(asked.get(name)) ? asked.get(name) : null);
    state.against = pick("against", Object.keys(AGAINST)) ?? "year";
    state.measure = pick("measure", Object.keys(MEASURES)) ?? "net";
    state.sort = pick("sort", ["name", "value", "change"]);
    state.by = pick("by", [...PLACES, ...TIME]);
    return state;
  };
  const searchOf = ({ path, by, against, measure, sort }) => {
    const asked = new URLSearchParams(path);
    if (by) asked.set("by", by);
    if (against !== "year") asked.set("against", against);
    if (measure !== "net") asked.set("measure", measure);
    if (sort) asked.set("sort", sort);
    return `?${asked}`;
  };
  const outersOf = (inner, part) => {
    const table = data.nested[inner], size = partsOf(inner).length, code = partsOf(inner).indexOf(part), held = new Set();
    for (const place of places(table).keys()) if (place % size === code) held.add(table.outers[Math.floor(place / size) % table.outers.length]);
    return [...held];
  };
  // What can follow a path: dimensions that it does not name, and finer time.
  const splitsOf = (path) => {
    const named = new Set(path.map(([name]) => name)), scope = scopeOf(path), offered = [], refused = [];
    const isFiner = { year: scope.to > scope.from && !named.has("quarter") && !named.has("month"), quarter: scope.to > scope.from && !named.has("month"), month: scope.to > scope.from, week: !named.has("day"), day: true, weekday: !named.has("day"), hour: true };
    for (const name of [...PLACES, ...TIME]) {
      if (named.has(name) || (TIME.includes(name) && !isFiner[name]) || (scope.days && ["year", "quarter", "month"].includes(name))) continue;
      if (data.byPart[name] && partsOf(name).length < 2) continue;
      const why = whyNot(scope, name) || (isAnyTold(path, name) ? "" : "each stands for few customers");
      if (why) refused.push([name, why]);
      else offered.push(name);
    }
    return { offered, refused };
  };
  const isAnyTold = (path, by) => remembered(`any ${by} ${JSON.stringify(path)}`, () => candidatesOf(path, by).some((steps) => figureOf(scopeOf([...path, ...steps]), grainOf(scopeOf([...path, ...steps]), by), "net")));
  const FOLLOWS = { region: ["city"], city: ["category"], category: ["product"], year: ["quarter", "month"], quarter: ["month"], month: ["week", "day"], week: ["day"], weekday: ["hour"] };
  const nextBy = (path, previous) => {
    const { offered } = splitsOf(path);
    return [...(FOLLOWS[previous] ?? []), previous].find((name) => offered.includes(name)) ?? offered[0] ?? null;
  };

  // ---- Figures of a level and its parts -------------------------------------------------------
  const total = (values, from, to) => {
    let sum = 0;
    for (let at = from; at <= to; at += 1) {
      if (!known(values?.[at])) return null;
      sum += values[at];
    }
    return to < from ? null : sum;
  };
  // The figure of a scope with a further step; shift moves it back by months, or by days.
  const figureOf = (scope, grain, measure, shift) => {
    if (grain === "month") {
      const back = shift?.months ?? 0;
      return scope.from - back < 0 ? null : total(course(scope.filter)[measure], scope.from - back, scope.to - back);
    }
    if (grain === "hour") {
      const back = shift?.months ?? 0;
      if (scope.from - back < 0) return null;
      return scope.hour === null
        ? hoursTotal(scope, measure, back)
        : total(hourCourse(scope.weekday, scope.hour)[measure], scope.from - back, scope.to - back);
    }
    // Days may be withheld where their month is told.
    if (!scope.days && scope.weekday === null && !shift?.days) return figureOf(scope, "month", measure, shift);
    const values = dayCourse(scope.filter)[measure];
    if (shift?.months) {
      const moved = { from: scope.from - shift.months, to: scope.to - shift.months };
      return moved.from < 0 || daysOfMonth(moved.from)[0] < 0 ? null : daysTotal(values, dayRange(moved), scope.weekday);
    }
    const [first, last] = scope.days ?? dayRange(scope), back = shift?.days ?? 0;
    return first - back < 0 ? null : daysTotal(values, [first - back, last - back], scope.weekday);
  };
  const hoursTotal = (scope, measure, back) => {
    if (scope.weekday !== null) return total(weekdayCourse(scope.weekday)[measure], scope.from - back, scope.to - back);
    return total(course({})[measure], scope.from - back, scope.to - back);
  };
  const daysTotal = (values, [first, last], weekday) => {
    let sum = 0;
    for (let day = first; day <= last; day += 1) {
      if (weekday !== null && weekdayOf(firstDay + day * DAY) !== weekday) continue;
      if (!known(values[day])) return null;
      sum += values[day];
    }
    return last < first ? null : sum;
  };
  const isComplete = (from, to) => from >= 0 && to >= from && data.complete.slice(from, to + 1).every(Boolean);
  // How far back a scope is compared with: null where the data do not cover both to their ends.
  const shiftOf = (scope, by, against, tableFrom) => {
    if (against === "none" || scope.to < scope.from) return null;
    if (scope.days || by === "day" || by === "week") {
      const [first, last] = scope.days ?? dayRange(scope);
      if (!scope.days && !isComplete(scope.from, scope.to)) return null;
      const days = against === "year" ? 364 : Math.ceil((last - first + 1) / 7) * 7;
      return first - days < tableFrom ? null : { days };
    }
    const length = scope.to - scope.from + 1, back = against === "year" ? 12 : length;
    if (against === "year" && length > 12) return null;
    return isComplete(scope.from, scope.to) && isComplete(scope.from - back, scope.to - back) ? { months: back } : null;
  };
  const shiftedName = (scope, shift) => {
    if (shift.days) return shift.days === 364 ? "the same days 52 weeks before" : shift.days === 7 ? "the week before" : `the same weekdays ${shift.days / 7} weeks before`;
    return rangeName(scope.from - shift.months, scope.to - shift.months);
  };
  const rangeName = (from, to) => {
    if (from === to) return partName("month", months[from]);
    if (to - from === 2 && quarterOf(from) === quarterOf(to)) return partName("quarter", quarterOf(from));
    if (to - from === 11 && yearOf(from) === yearOf(to)) return yearOf(from);
    return `${partName("month", months[from])} to ${partName("month", months[to])}`;
  };
  const candidatesOf = (path, by) => {
    const scope = scopeOf(path);
    if (by === "year" || by === "quarter" || by === "month") {
      const label = { year: yearOf, quarter: quarterOf, month: (at) => months[at] }[by];
      const found = [];
      for (let at = scope.from; at <= scope.to; at += 1) if (found.at(-1) !== label(at)) found.push(label(at));
      return found.map((value) => [[by, value]]);
    }
    if (by === "week" || by === "day") {
      const [first, last] = scope.days ?? dayRange(scope), found = [];
      for (let day = first; day <= last; day += 1) {
        const value = by === "day" ? isoDay(firstDay + day * DAY) : weekOf(day);
        if (found.at(-1) !== value && (scope.weekday === null || by === "week" || weekdayOf(firstDay + day * DAY) === scope.weekday)) found.push(value);
      }
      return found.map((value) => [[by, value]]);
    }
    if (by === "weekday" || by === "hour") return valuesOf(by).map((value) => [[by, value]]);
    const outer = isNested(by) ? data.nested[by].outer : null;
    if (outer && !(outer in scope.filter)) {
      const table = data.nested[by], size = partsOf(by).length, held = new Set();
      for (const place of places(table).keys()) held.add(place % (size * table.outers.length));
      return [...held].map((code) => [[outer, table.outers[Math.floor(code / size)]], [by, partsOf(by)[code % size]]]);
    }
    return partsOf(by).map((value) => [[by, value]]);
  };
  const isPartial = (name, value, scope) => {
    const ends = { year: [`${value}-01-01`, `${value}-12-31`], quarter: null, month: null }[name];
    if (name === "week") {
      const [first, last] = dayRange(scope), start = Math.round((utc(value) - firstDay) / DAY);
      return start < first || start + 6 > last;
    }
    if (name === "month") return !data.complete[monthNumber.get(value)];
    if (name === "year") return utc(ends[0]) < observed[0] || utc(ends[1]) > observed[1];
    if (name === "quarter") {
      const at = months.map((_, each) => each).filter((each) => quarterOf(each) === value);
      return at.length < 3 || at.some((each) => !data.complete[each]);
    }
    return false;
  };
  const levelOf = (state) => {
    const { path, by, measure } = state, scope = scopeOf(path);
    const grain = grainOf(scope, by), tables = by ? whyNot(scope, by) : "";
    const names = Object.keys(scope.filter);
    const from = grain === "day" && names.length ? data.daysBy[names[0]]?.from ?? 0 : 0;
    const shift = tables ? null : shiftOf(scope, by, state.against, from);
    const level = { scope, grain, shift, value: figureOf(scope, grain, measure), base: shift ? figureOf(scope, grain, measure, shift) : null, rows: [], why: tables };
    level.isOpen = known(level.base) && !isCertain(scope, grain, measure, shift, level.value - level.base);
    if (tables || !by || !known(level.value)) return level;
    const isTime = TIME.includes(by) && by !== "weekday" && by !== "hour";
    let told = 0, toldBase = 0;
    for (const steps of candidatesOf(path, by)) {
      const own = scopeOf([...path, ...steps]);
      let back = shift;
      if (isTime && !shift) back = shiftOf(own, by, state.against, from);
      const value = figureOf(own, grain, measure);
      let base = back ? figureOf(own, grain, measure, back) : null;
      // A part is told where both its figures are; all others are Other.
      if (!known(value) || (shift && !isTime && !known(base))) continue;
      const isOpen = Boolean(back) && known(base) && !isCertain(own, grain, measure, back, value - base);
      if (isTime && by !== "day" && !shift && isPartial(by, steps.at(-1)[1], scope)) base = own.days ? null : base;
      if (!value && !base && !isTime) continue;
      const [name, part] = steps.at(-1);
      told += value;
      toldBase += base ?? 0;
      level.rows.push({ steps, name: partName(name, part), within: steps.length > 1 ? steps[0][1] : "", value, base, isOpen, isPartial: isTime && isPartial(name, part, scope) });
    }
    const rest = level.value - told, restBase = shift && known(level.base) ? level.base - toldBase : null;
    if (rest || restBase) level.rows.push({ steps: null, name: OTHER, within: "", value: rest, base: restBase });
    level.isTime = isTime;
    for (const row of level.rows) {
      row.change = known(row.base) ? row.value - row.base : null;
      row.rate = known(row.base) && row.base > 0 ? row.change / row.base : null;
      row.share = level.value ? row.value / level.value : null;
    }
    level.change = known(level.base) ? level.value - level.base : null;
    for (const row of level.rows) row.changeShare = known(level.change) && level.change && known(row.change) ? row.change / level.change : null;
    return level;
  };
  // Whether merged cells, then and now, could not turn a change round.
  const isCertain = (scope, grain, measure, shift, change) => {
    const back = shift.months ?? 0;
    const hidden = hiddenOf(scope, grain, measure) + hiddenOf({ ...scope, from: scope.from - back, to: scope.to - back }, grain, measure);
    return hidden <= Math.abs(change);
  };
  // Net revenue of the level that merged cells may hide, where it comes from the cube.
  const hiddenOf = (scope, grain, measure) => {
    const names = Object.keys(scope.filter);
    if (grain !== "month" || names.length < 2 || tableOf(names)?.kind !== "cube") return 0;
    let most = 0;
    for (let at = scope.from; at <= scope.to; at += 1) {
      const rests = names.map((name) => {
        const above = course({ [name]: scope.filter[name] })[measure][at];
        const told = remembered(`cube ${name} ${scope.filter[name]}`, () => cubeSums(name, scope.filter[name]))[measure][at];
        return known(above) ? above - told : Infinity;
      });
      const least = Math.min(...rests);
      most += Math.max(0, least);
    }
    return most;
  };
  const cubeSums = (name, part) => {
    const { columns, month } = cubeColumns(), d = CUBE.indexOf(name), code = partsOf(name).indexOf(part), sums = emptyCourse(0);
    for (let row = 0; row < month.length; row += 1) {
      if (columns[d][row] !== code) continue;
      sums.net[month[row]] += data.cube.net[row];
      sums.orders[month[row]] += data.cube.orders[row];
    }
    return sums;
  };

  // ---- The page -------------------------------------------------------------------------------
  let state = stateOf(location.search);
  const place = (name) => home.querySelector(`.drill-${name}`);
  const linkTo = (changes, ...content) => {
    const link = made("a", { href: searchOf({ ...state, ...changes }) }, ...content);
    link.dataset.go = "yes";
    return link;
  };
  const showCrumbs = () => {
    const items = [["Everything", []], ...state.path.map(([name, value], at) => [partName(name, value), state.path.slice(0, at + 1)])];
    const list = made("ol", {}, ...items.map(([text, path], at) => {
      if (at === items.length - 1) return made("li", {}, made("span", { "aria-current": "page" }, text));
      return made("li", {}, linkTo({ path, by: nextOn(path, state.path[path.length]?.[0]), sort: null }, text));
    }));
    place("crumbs").replaceChildren(list);
  };
  // Going back up splits by what was gone into.
  const nextOn = (path, name) => (splitsOf(path).offered.includes(name) ? name : nextBy(path, null));
  const showChoices = () => {
    const { offered, refused } = splitsOf(state.path);
    place("splits").replaceChildren(
      made("span", { class: "drill-label", id: "drill-by" }, "Split by"),
      made("ul", { "aria-labelledby": "drill-by" }, ...offered.map((name) => {
        const link = linkTo({ by: name, sort: null }, titleOf(name));
        if (name === state.by) link.setAttribute("aria-current", "true");
        return made("li", {}, link);
      })));
    const absent = ALL_PLACES.filter((name) => POSSIBLE.includes(name) && !PLACES.includes(name));
    const reasons = new Map();
    for (const [name, why] of refused) reasons.set(why, [...(reasons.get(why) ?? []), pluralOf(name)]);
    const said = [...reasons].map(([why, names]) => (why.startsWith(`${names[0]} are`) ? why : `${listed(names)} (${why})`));
    if (absent.length) said.push(`${listed(absent.map((name) => (name === "city" ? "cities" : name === "category" ? "categories" : `${name.replace("_", " ")}s`)))} (not in this source, or of few customers)`);
    place("refused").hidden = !said.length;
    place("refused").textContent = said.length ? `Not prepared from here: ${said.join("; ")}.` : "";
  };
  const showFields = () => {
    for (const select of home.querySelectorAll(".drill-fields select")) select.value = state[select.name];
    const noOrders = state.path.some(([name]) => name === "product") || state.by === "product";
    home.querySelector(".drill-fields option[value=orders]").disabled = noOrders;
  };
  const finding = (level) => {
    const m = MEASURES[state.measure], rows = level.rows.filter((row) => row.steps);
    if (!rows.length) return "No part stands for enough customers to be told here";
    const moved = rows.filter((row) => known(row.change) && row.change && !row.isOpen);
    if (known(level.change) && moved.length) {
      const top = moved.reduce((best, row) => (Math.abs(row.change) > Math.abs(best.change) ? row : best));
      const share = known(top.changeShare) && top.changeShare > 0 && top.changeShare <= 1 ? `, ${percent(top.changeShare, 0)} of the change` : "";
      return `${top.name} ${top.change > 0 ? m.gained : m.lost} most: ${m.text(Math.abs(top.change) / m.factor)}${share}`;
    }
    const top = rows.reduce((best, row) => (row.value > best.value ? row : best));
    return `${top.name} leads with ${m.text(top.value / m.factor)}${known(top.share) && top.share >= 0 && top.share <= 1 ? `, ${percent(top.share, 0)} of this level` : ""}`;
  };
  const levelName = () => (state.path.length ? state.path.map(([name, value]) => partName(name, value)).join(", ") : "Everything");
  const showLevel = (level) => {
    const m = MEASURES[state.measure], said = [];
    const title = levelName();
    if (!known(level.value)) {
      place("level").replaceChildren(made("strong", {}, `${title}: nothing can be told. `), level.why ? `${level.why.slice(0, 1).toUpperCase()}${level.why.slice(1)}.` : "In one of its periods it stands for so few customers that its figures would be figures of persons.");
      return;
    }
    const value = made("strong", {}, m.text(level.value / m.factor));
    value.dataset.value = String(level.value / m.factor);
    if (known(level.change)) {
      const rate = level.base > 0 ? ` (${signedPercent(level.change / level.base)})` : "";
      const change = made("span", { class: "drill-change" }, `${signed(m.text(Math.abs(level.change) / m.factor), level.change)}${rate}`);
      change.dataset.value = String(level.change / m.factor);
      said.push(", ", change, ` against ${shiftedName(level.scope, level.shift)}${level.isOpen ? ", which cells of few customers could turn round" : ""}`);
    } else if (state.against !== "none") {
      said.push(level.scope.days || isComplete(level.scope.from, level.scope.to) ? `; there is nothing like it before to compare with` : "; it has a month that the data do not cover to its end, so it is compared with nothing");
    }
    const hidden = hiddenOf(level.scope, level.grain, state.measure);
    const more = hidden === Infinity ? " More may belong here: it is in cells of few customers, which are merged." : hidden > 0 ? ` Up to ${m.text(hidden / m.factor)} more may belong here: it is in cells of few customers, which are merged.` : "";
    const unknown = state.unknown.length ? ` Not in this version: ${listed(state.unknown)}.` : "";
    place("level").replaceChildren(`${title}: ${within(m.title)} `, value, ...said, `.${more}${unknown}`);
  };
  const bar = (rate, most) => {
    const size = known(rate) && most ? Math.min(1, Math.abs(rate) / most) : 0;
    const shown = made("span", { class: `drill-bar${rate < 0 ? " is-minus" : ""}`, "aria-hidden": "true" }, made("span", {}));
    shown.firstChild.style.width = `${(size * 100).toFixed(1)}%`;
    return shown;
  };
  const MOST_ROWS = 31;
  let isLong = false;
  const sorted = (level) => {
    const kind = state.sort ?? (level.isTime || state.by === "weekday" || state.by === "hour" ? "order" : known(level.change) ? "change" : "value");
    const rows = level.rows.map((row, at) => ({ row, at }));
    const size = { value: ({ row }) => -row.value, change: ({ row }) => (known(row.change) ? -Math.abs(row.change) : Infinity), order: ({ at }) => at, name: ({ at }) => at }[kind];
    // Other stands last, whatever it holds.
    rows.sort((a, b) => (!a.row.steps - !b.row.steps) || (kind === "name" ? a.row.name.localeCompare(b.row.name, "en", { numeric: true }) : size(a) - size(b)) || a.at - b.at);
    return { kind, rows: rows.map(({ row }) => row) };
  };
  const showTable = (level) => {
    const m = MEASURES[state.measure], figure = place("figure");
    figure.hidden = !level.rows.length;
    place("finding").textContent = level.rows.length ? finding(level) : "";
    if (!level.rows.length) return;
    const { kind, rows } = sorted(level), hasChange = rows.some((row) => known(row.change));
    place("subtitle").textContent = `${m.title} by ${within(titleOf(state.by))}, ${levelName()}${level.shift ? `; change against ${shiftedName(level.scope, level.shift)}` : hasChange ? `; each against ${state.against === "year" ? "the year before" : "the period before"}` : ""}`;
    const heads = [["name", titleOf(state.by), ""], ["value", m.title, "number"], ["", "Share", "number"]];
    if (hasChange) heads.push(["", "Before", "number drill-wide"], ["change", "Change", "number"], ["", "Relative", "number drill-wide"]);
    if (known(level.change) && level.change) heads.push(["", "Of the change", "number"]);
    const head = made("tr", {}, made("th", { scope: "col", class: "number drill-rank" }, "#"), ...heads.map(([sort, text, css]) => {
      const cellOf = made("th", { scope: "col", ...(css ? { class: css } : {}) });
      if (!sort) { cellOf.append(text); return cellOf; }
      const button = made("button", { type: "button" }, text);
      button.addEventListener("click", () => go({ sort }, false));
      cellOf.append(button);
      if (kind === sort) cellOf.setAttribute("aria-sort", sort === "name" ? "ascending" : "descending");
      return cellOf;
    }));
    const mostShare = Math.max(...rows.map((row) => Math.abs(row.share ?? 0))), mostChange = Math.max(...rows.map((row) => Math.abs(row.change ?? 0)));
    const number = (value, text, css = "", ...more) => {
      const td = made("td", { class: `number ${css}`.trim() }, text, ...more);
      td.dataset.value = known(value) ? String(value) : "";
      return td;
    };
    const told = (value) => (known(value) ? m.text(value / m.factor) : ABSENT);
    const body = rows.slice(0, isLong ? rows.length : MOST_ROWS).map((row, at) => {
      const label = row.steps ? made("td", {}) : made("td", { class: "drill-other" }, OTHER, made("small", {}, "parts of few customers, told together"));
      if (row.steps) {
        const path = [...state.path, ...row.steps], next = nextBy(path, state.by);
        label.append(next ? linkTo({ path, by: next, sort: null }, row.name) : row.name);
        if (row.within) label.append(made("small", {}, row.within));
        if (row.isOpen) label.append(made("small", {}, "change open: merged cells"));
        if (row.isPartial) label.append(made("small", {}, "partial"));
      }
      const tds = [made("td", { class: "number drill-rank" }, String(at + 1)), label, number(row.value / m.factor, told(row.value)), number(row.share, percent(row.share), "drill-shared", bar(row.share ?? 0, mostShare))];
      if (hasChange) tds.push(number(known(row.base) ? row.base / m.factor : null, told(row.base), "drill-wide"), number(known(row.change) ? row.change / m.factor : null, known(row.change) ? signed(m.text(Math.abs(row.change) / m.factor), row.change) : ABSENT, "drill-shared", bar(row.change ?? 0, mostChange)), number(row.rate, signedPercent(row.rate), "drill-wide"));
      if (known(level.change) && level.change) tds.push(number(row.changeShare, percent(row.changeShare)));
      return made("tr", {}, ...tds);
    });
    const foot = [made("td", { class: "drill-rank" }), made("th", { scope: "row" }, "All"), number(level.value / m.factor, told(level.value)), number(1, percent(1))];
    if (hasChange) foot.push(number(known(level.base) ? level.base / m.factor : null, told(level.base), "drill-wide"), number(known(level.change) ? level.change / m.factor : null, known(level.change) ? signed(m.text(Math.abs(level.change) / m.factor), level.change) : ABSENT), number(null, known(level.change) && level.base > 0 ? signedPercent(level.change / level.base) : ABSENT, "drill-wide"));
    if (known(level.change) && level.change) foot.push(number(1, percent(1)));
    const table = figure.querySelector("table");
    table.replaceChildren(made("thead", {}, head), made("tbody", {}, ...body), made("tfoot", {}, made("tr", {}, ...foot)));
    const more = place("more");
    more.hidden = isLong || rows.length <= MOST_ROWS;
    more.textContent = `Show all ${rows.length}`;
  };
  const show = () => {
    const { offered } = splitsOf(state.path);
    if (!offered.includes(state.by)) {
      const asked = state.by;
      state.by = asked && whyNot(scopeOf(state.path), asked) && !state.path.some(([name]) => name === asked) ? asked : nextBy(state.path, null);
    }
    if (state.measure === "orders" && (state.by === "product" || state.path.some(([name]) => name === "product"))) state.measure = "net";
    const level = levelOf(state);
    showCrumbs();
    showChoices();
    showFields();
    showLevel(level);
    const refusal = place("why");
    refusal.hidden = !(level.why && known(level.value));
    refusal.textContent = level.why && state.by ? `Not prepared by ${within(titleOf(state.by))}: ${level.why}.` : "";
    showTable(level);
    home.dataset.turn = String(Number(home.dataset.turn ?? 0) + 1);
  };
  const go = (changes, isFocused = true) => {
    state = { ...state, unknown: [], ...changes };
    isLong = false;
    history.pushState(null, "", searchOf(state) + location.hash);
    show();
    // Who went on by keyboard or screen reader stands at the new level.
    if (isFocused) place("level").focus({ preventScroll: true });
  };
  home.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const next = stateOf(new URL(link.href).search);
    go(next);
  });
  home.addEventListener("change", (event) => {
    const { name, value } = event.target;
    if (name === "against" || name === "measure") go({ [name]: value }, false);
  });
  place("more").addEventListener("click", () => {
    isLong = true;
    show();
    home.querySelectorAll(".drill-figure tbody tr")[MOST_ROWS]?.querySelector("a")?.focus();
  });
  addEventListener("popstate", () => {
    state = stateOf(location.search);
    isLong = false;
    show();
  });
  for (const part of home.querySelectorAll("[data-needs-script]")) part.hidden = false;
  show();
})();
