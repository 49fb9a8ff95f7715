// A slider for the total and switches for the bounds: they move along plans that were computed
// before. Without it the table below tells the same for some totals.
(() => {
  "use strict";
  const { made } = words;
  const start = (home) => {
    const data = JSON.parse(home.querySelector("script.budget-plans").textContent);
    const mark = home.dataset.currency;
    const money = (value) => {
      const size = Math.abs(value), sign = value < 0 ? "\u2212" : "";
      const shown = size >= 1e6 ? `${(size / 1e6).toFixed(2)}M` : size >= 1e4 ? `${(size / 1e3).toFixed(1)}k` : Math.round(size).toLocaleString("en");
      return `${sign}${mark}${shown}`;
    };
    const place = home.querySelector(".budget-controls");
    const toggles = ["Keep each channel's minimum", "Keep each channel's maximum"].map((name) => {
      const box = made("input", { type: "checkbox" });
      box.checked = true;
      return [box, made("label", {}, box, ` ${name}`)];
    });
    const slider = made("input", { type: "range", min: "0", step: "1", "aria-label": "Weekly budget" });
    const told = made("output", { "aria-live": "polite" });
    const body = made("tbody");
    const table = made("table", { class: "data budget-now" },
      made("caption", {}, "Best plan for this total"),
      made("thead", {}, made("tr", {}, ...["Marketing channel", "Today", "Plan", ""].map((name) => made("th", { scope: "col" }, name)))),
      body);
    let shown = [];
    const choose = () => {
      const [minima, maxima] = toggles.map(([box]) => Number(box.checked));
      const before = shown[Number(slider.value)]?.[2] ?? data.total;
      shown = data.plans.filter((plan) => plan[0] === minima && plan[1] === maxima).sort((a, b) => a[2] - b[2]);
      slider.max = String(Math.max(0, shown.length - 1));
      let best = 0;
      shown.forEach((plan, at) => { if (Math.abs(plan[2] - before) < Math.abs(shown[best][2] - before)) best = at; });
      slider.value = String(best);
      draw();
    };
    const draw = () => {
      const plan = shown[Number(slider.value)];
      if (!plan) { told.textContent = "No plan fits these bounds."; body.replaceChildren(); return; }
      const [, , total, spend, margin, price] = plan;
      const gain = margin - data.margin;
      told.textContent = `${money(total)} a week brings ${money(margin)} of margin, ${money(Math.abs(gain))} ${gain >= 0 ? "more" : "less"} than today; one more unit brings ${price.toFixed(2)}.`;
      slider.setAttribute("aria-valuetext", money(total));
      const most = Math.max(...shown.flatMap((p) => p[3]), ...data.today);
      body.replaceChildren(...data.channels.map((name, at) => {
        const meter = made("meter", { min: "0", max: String(most), value: String(spend[at]), "aria-label": name });
        return made("tr", {}, made("th", { scope: "row" }, name), made("td", { class: "number" }, money(data.today[at])),
          made("td", { class: "number" }, money(spend[at])), made("td", {}, meter));
      }));
    };
    for (const [box] of toggles) box.addEventListener("change", choose);
    slider.addEventListener("input", draw);
    place.append(made("label", { class: "budget-total" }, "Weekly budget ", slider), ...toggles.map(([, label]) => label), told, table);
    place.hidden = false;
    choose();
  };
  const all = () => document.querySelectorAll(".budget-explorer").forEach((home) => {
    try { start(home); } catch { /* the table stays */ }
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
