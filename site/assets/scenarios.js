// Scenarios: sliders over the assumptions; the year follows from a surface computed beforehand
// (polynomials through Chebyshev nodes of the logarithm). Without it the page shows the three
// scenarios alone.
(() => {
  "use strict";
  const home = document.getElementById("scenarios");
  const holder = home?.querySelector("script.scenario-data");
  const form = home?.querySelector("form.scenario-form");
  const said = home?.querySelector(".scenario-result");
  if (!holder || !form || !said) return;
  const data = JSON.parse(holder.textContent);
  const { count, made, percent, signedPercent } = words;
  const amount = (value) => words.amount(value, data.mark);

  // ---- The surface ------------------------------------------------------------------------
  const places = data.nodes.map(Math.log);
  const weights = (factor) => {
    const at = Math.log(factor);
    return places.map((own) => places.reduce((w, other) => (other === own ? w : (w * (at - other)) / (own - other)), 1));
  };
  const year = (a) => {
    const one = weights(a.retention), other = weights(a.frequency), n = places.length;
    const at = {};
    for (const [name, values] of Object.entries(data.surface)) {
      at[name] = 0;
      for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) at[name] += one[i] * other[j] * values[i * n + j];
    }
    const orders = at.orders + a.acquisition * at.new_orders;
    const revenue = (at.revenue_amount + a.acquisition * at.new_revenue_amount) * a.order_value;
    const margin = revenue * data.marginRate * a.margin;
    return { orders, revenue_amount: revenue, margin_amount: margin, result_amount: margin - data.spend * a.spend };
  };

  // ---- The form ---------------------------------------------------------------------------
  const neutral = { acquisition: 1, retention: 1, order_value: 1, frequency: 1, margin: 1, spend: 1 };
  const now = { ...neutral, ...data.scenarios.moderate };
  const moderate = year(now);
  const inputs = new Map();
  const buttons = made("div", { class: "scenario-buttons", role: "group", "aria-label": "Start from" });
  for (const [name, assumed] of Object.entries(data.scenarios)) {
    const button = made("button", { type: "button" }, name[0].toUpperCase() + name.slice(1));
    button.addEventListener("click", () => { Object.assign(now, assumed); show(); });
    buttons.append(button);
  }
  const rows = made("div", { class: "scenario-sliders" });
  for (const { name, title } of data.assumptions) {
    const input = made("input", { type: "range", id: `scenario-${name}`, min: data.least, max: data.most, step: 0.01 });
    const output = made("output", { for: `scenario-${name}` });
    input.addEventListener("input", () => { now[name] = Number(input.value); show(); });
    inputs.set(name, [input, output]);
    rows.append(made("label", { for: `scenario-${name}` }, made("span", {}, title), output, input));
  }
  form.append(buttons, rows);
  form.addEventListener("submit", (event) => event.preventDefault());
  const show = () => {
    for (const [name, [input, output]] of inputs) {
      input.value = now[name];
      output.textContent = percent(now[name], 0);
      input.setAttribute("aria-valuetext", `${Math.round(now[name] * 100)} % of today`);
    }
    const result = year(now);
    said.replaceChildren(...data.figures.flatMap(({ name, title }, at) => {
      const change = result[name] / moderate[name] - 1;
      const value = name === "orders" ? count(result[name]) : amount(result[name]);
      const piece = made("span", { class: "scenario-figure", "data-figure": name, "data-value": result[name] },
        made("span", { class: "kpi-name" }, title), made("strong", {}, value),
        made("span", { class: "kpi-base" }, Math.abs(change) < 5e-4 ? "as in the moderate scenario" : `${signedPercent(change)} on moderate`));
      return at ? [" ", piece] : [piece];
    }));
  };
  form.hidden = false;
  said.hidden = false;
  show();
})();
