// One customer: its data come as a script named after its key, which works from a file, too.
const words = JSON.parse(document.getElementById("customer-words").textContent);
const heading = document.getElementById("name");

function shownValue(field, value) {
  const { unit, values } = words.fields[field];
  if (values[value]) return values[value];
  if (value === true || value === false) return words[value ? "yes" : "no"];
  if (unit === "rate") return `${(value * 100).toFixed(1)}%`;
  return typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 2 }) : String(value);
}

function cell(kind, content, isNumber) {
  const made = document.createElement(kind);
  if (content instanceof Node) made.append(content); else made.textContent = content;
  if (isNumber) made.className = "n";
  return made;
}

function fillTable(table, head, rows) {
  const row = (kind, cells) => {
    const line = document.createElement("tr");
    cells.forEach((content, i) => line.append(cell(kind, content ?? "–", i > 0)));
    return line;
  };
  const body = document.createElement("tbody");
  body.append(...rows.map((cells) => row("td", cells)));
  const top = document.createElement("thead");
  top.append(row("th", head));
  table.replaceChildren(top, body);
}

function linked(field, text) {
  const { metric } = words.fields[field] || words.timeline[field];
  if (!metric) return text;
  const link = document.createElement("a");
  link.href = `metrics/${metric}.html`;
  link.textContent = text;
  return link;
}

function named(field) {
  return linked(field, (words.fields[field] || words.timeline[field]).name);
}

window.showCustomer = (data) => {
  heading.textContent = data.facts.customer_name;
  document.title = `${data.facts.customer_name} · ${document.title.split(" · ").pop()}`;
  const unknown = [];
  const facts = [];
  for (const field of Object.keys(words.fields)) {
    const value = data.facts[field] ?? "";
    if (field === "customer_name") continue;
    if (value === "") {
      unknown.push(words.fields[field].name);
      continue;
    }
    const pair = document.createElement("div");
    pair.append(cell("dt", named(field)), cell("dd", linked(field, shownValue(field, value))));
    facts.push(pair);
  }
  document.getElementById("facts").replaceChildren(...facts);
  const months = new Map();
  const at = (month) => months.get(month) || months.set(month, { month }).get(month);
  for (const [month, mrr] of data.mrr || []) at(month).mrr = mrr;
  for (const [month, uses, users] of data.usage || []) Object.assign(at(month), { uses, active_users: users });
  for (const [month, level] of data.level || []) at(month).level = level;
  for (const [month, ews] of data.ews || []) at(month).ews = ews;
  for (const [month, tickets, complaints] of data.tickets || []) Object.assign(at(month), { tickets, complaints });
  for (const [month, csat] of data.csat || []) at(month).csat = csat;
  for (const [month, nps] of data.nps || []) at(month).nps = nps;
  for (const [series, name] of Object.entries(words.series)) if (!data[series]) unknown.push(name);
  const values = [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
  const timeline = document.getElementById("timeline");
  timeline.hidden = !values.length;
  if (values.length) {
    const plot = timeline.querySelector(".plot");
    const width = Math.max(plot.clientWidth - 90, 200);
    const spec = structuredClone(words.spec);
    for (const part of spec.vconcat) part.width = width;
    window.drawChart(plot, { ...spec, data: { values } });
    const fields = Object.keys(words.timeline);
    fillTable(document.getElementById("timeline-data"), fields.map(named), values.map((row) => fields.map((field) => (row[field] ?? null) === null ? "–" : (words.timeline[field].unit === "rate" ? `${(row[field] * 100).toFixed(1)}%` : row[field].toLocaleString("en")))).reverse());
  }
  const moved = document.getElementById("movements");
  moved.hidden = !data.movements;
  if (data.movements) {
    fillTable(document.getElementById("movements-data"), words.movementHead, data.movements.map(([month, kind, amount]) => [month, words.movements[kind] || kind, amount.toLocaleString("en")]).reverse());
  }
  document.getElementById("unknown").hidden = !unknown.length;
  document.getElementById("unknown-list").replaceChildren(...unknown.map((name) => cell("li", name)));
};

function load() {
  const key = decodeURIComponent(location.hash.slice(1));
  const none = () => { heading.textContent = words.unknownCustomer; };
  if (!/^\w+$/.test(key)) return none();
  const script = document.createElement("script");
  script.src = `../customers/${key}.js`;
  script.onerror = none;
  document.head.append(script);
}

addEventListener("hashchange", () => location.reload());
load();
