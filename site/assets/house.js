// Made from analytics/charts/house.py; do not edit.
export default {
 "background": null,
 "font": "system-ui, -apple-system, \"Segoe UI\", Roboto, \"Helvetica Neue\", sans-serif",
 "view": {
  "stroke": null
 },
 "padding": {
  "left": 2,
  "right": 8,
  "top": 6,
  "bottom": 2
 },
 "axis": {
  "labelColor": "var(--ink-3)",
  "titleColor": "var(--ink-3)",
  "labelFontSize": 12,
  "titleFontSize": 12,
  "titleFontWeight": "normal",
  "labelPadding": 6,
  "titlePadding": 8,
  "domain": false,
  "ticks": false,
  "grid": true,
  "gridColor": "var(--line)",
  "labelLimit": 150
 },
 "axisX": {
  "grid": false,
  "domain": true,
  "domainColor": "var(--line-strong)"
 },
 "axisY": {
  "titleAlign": "left",
  "titleAngle": 0,
  "titleAnchor": "start",
  "titleX": 0,
  "titleY": -12,
  "titleBaseline": "bottom"
 },
 "axisYBand": {
  "labelColor": "var(--ink-2)",
  "grid": false,
  "labelFontSize": 12
 },
 "legend": {
  "labelColor": "var(--ink-2)",
  "titleColor": "var(--ink-3)",
  "labelFontSize": 12,
  "titleFontSize": 12,
  "titleFontWeight": "normal",
  "orient": "top",
  "symbolStrokeWidth": 0,
  "gradientHorizontalMaxLength": 320
 },
 "header": {
  "labelColor": "var(--ink-2)",
  "titleColor": "var(--ink-3)",
  "labelFontSize": 12,
  "labelFontWeight": 600
 },
 "line": {
  "strokeWidth": 2,
  "color": "var(--accent)"
 },
 "bar": {
  "color": "var(--accent)"
 },
 "area": {
  "color": "var(--accent)"
 },
 "point": {
  "filled": true,
  "opacity": 1,
  "color": "var(--accent)"
 },
 "rule": {
  "color": "var(--line-strong)"
 },
 "text": {
  "fontSize": 12,
  "color": "var(--ink-2)"
 },
 "range": {
  "category": [
   "var(--series-1)",
   "var(--series-2)",
   "var(--series-3)",
   "var(--series-4)",
   "var(--series-5)",
   "var(--series-6)",
   "var(--series-7)",
   "var(--series-8)"
  ]
 }
};
