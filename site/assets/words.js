// Elements, words and numbers as the pages write them; for the scripts of single pages.
const words = (() => {
  "use strict";
  const NARROW = "\u202f", MINUS = "\u2212", ABSENT = "–";
  const made = (tag, attributes = {}, ...content) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  };
  const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
  const grouped = (value, digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const minus = (shown, value) => (value < 0 && /[1-9]/.test(shown) ? MINUS + shown : shown);
  const signed = (shown, value) => (/[1-9]/.test(shown) ? (value > 0 ? "+" : MINUS) + shown : shown);
  const decimal = (value, digits) => minus(grouped(Math.abs(value), digits), value);
  // Python rounds halves of whole numbers to even; counts are whole already.
  const count = (value) => decimal(Math.round(value), 0);
  const percent = (rate, digits = 1) => (known(rate) ? minus(`${grouped(Math.abs(rate) * 100, digits)}${NARROW}%`, rate) : ABSENT);
  const signedPercent = (rate) => (known(rate) ? signed(percent(Math.abs(rate)), rate) : ABSENT);
  const amount = (value, mark) => {
    const size = Math.abs(value);
    const steps = [[1e9, "bn"], [1e6, "M"], [1e3, "k"]];
    for (const [step, [factor, letter]] of steps.entries()) {
      if (size < factor * (letter === "k" ? 10 : 1) * 0.99995) continue;
      const scaled = size / factor;
      if (step && scaled >= 999.5) return minus(`${mark}1.00${steps[step - 1][1]}`, value);
      return minus(`${mark}${scaled.toFixed(scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0)}${letter}`, value);
    }
    return minus(mark + grouped(size, size >= 100 || size < 0.005 ? 0 : 2), value);
  };
  const listed = (items) => (items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`);
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  return { NARROW, MINUS, ABSENT, MONTHS, made, known, grouped, minus, signed, decimal, count, percent, signedPercent, amount, listed };
})();
