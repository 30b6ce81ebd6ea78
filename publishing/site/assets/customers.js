// The list of customers: sorted, filtered and taken along as CSV.
const words = JSON.parse(document.getElementById("customer-words").textContent);

function text(field, value) {
  if (value === null || value === "") return "–";
  const { unit, values } = words.fields[field];
  if (values[value]) return values[value];
  if (value === true || value === false) return words[value ? "yes" : "no"];
  if (unit === "rate") return `${(value * 100).toFixed(1)}%`;
  if (unit === "signed") return value > 0 ? `+${value}` : String(value);
  if (typeof value === "number") return value.toLocaleString("en", { maximumFractionDigits: unit === "money" ? 2 : 1 });
  return String(value);
}

function escaped(value) {
  const holder = document.createElement("span");
  holder.textContent = value;
  return holder.innerHTML;
}

function listed() {
  const { columns, rows } = window.customers;
  const fields = Object.keys(words.fields).filter((field) => !words.fields[field].hidden);
  const at = (field) => columns.indexOf(field);
  const isNumber = (field) => ["money", "count", "signed", "rate", "minutes", "score"].includes(words.fields[field].unit);
  const table = new DataTable("#customers", {
    data: rows,
    deferRender: true,
    pageLength: 50,
    lengthMenu: [25, 50, 100, 500],
    order: [],
    autoWidth: false,
    columns: fields.map((field) => ({
      title: escaped(words.fields[field].name),
      data: at(field),
      className: isNumber(field) ? "n" : "",
      type: isNumber(field) ? "num" : "string",
      render(value, kind, row) {
        if (kind === "sort" || kind === "type") return value ?? (isNumber(field) ? -Infinity : "");
        if (kind === "filter" && field === "customer_name") return [value, row[at("customer_name_kana")], row[at("customer_key")]].join(" ");
        const shown = escaped(text(field, value));
        const { metric } = words.fields[field];
        const leads = field === "customer_name" ? `customer.html#${encodeURIComponent(row[at("customer_key")])}`
          : metric && value !== null ? `metrics/${metric}.html` : "";
        return kind === "display" && leads ? `<a href="${leads}">${shown}</a>` : shown;
      },
    })),
    layout: { topStart: null, topEnd: "search", bottomStart: "info", bottomEnd: ["pageLength", "paging"] },
    language: words.table,
  });
  const filters = document.getElementById("filters");
  for (const [field, choices] of Object.entries(words.filters)) {
    const label = document.createElement("label");
    const select = document.createElement("select");
    const known = choices || [...new Set(rows.map((row) => row[at(field)]))].filter((v) => v !== null && v !== "").sort().map((v) => [v, text(field, v)]);
    for (const [value, name] of [["", words.all], ...known]) select.add(new Option(name, value));
    select.dataset.field = field;
    label.append(`${words.fields[field].name} `, select);
    filters.append(label);
    select.addEventListener("change", () => table.draw());
  }
  table.search.fixed("filters", (_, row) => [...filters.querySelectorAll("select")].every(({ value, dataset: { field } }) => {
    const own = row[at(field)];
    if (value === "") return true;
    return field === "days_to_renewal" ? own !== null && own >= 0 && own <= Number(value) : String(own) === value;
  }));
  table.draw();
}

document.addEventListener("DOMContentLoaded", listed);
