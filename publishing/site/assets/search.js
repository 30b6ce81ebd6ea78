// The search page. Customers are found in their list; pages in Pagefind's index, which can be read from a server only.
const query = document.getElementById("query");
const count = document.getElementById("count");
const results = document.getElementById("results");
const MOST = 20;
let pagefind = null;
let asked = 0;

function shownResult({ href, title, parts }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = href;
  link.textContent = title;
  const text = document.createElement("div");
  text.className = "soft";
  text.append(...parts);
  item.append(link, text);
  return item;
}

function customersLike(words) {
  const { columns, rows } = window.customers || { columns: [], rows: [] };
  const at = (name) => columns.indexOf(name);
  const wanted = words.normalize("NFKC").toLowerCase();
  const says = (row) => ["customer_name", "customer_name_kana", "customer_key"].some((name) => (row[at(name)] || "").normalize("NFKC").toLowerCase().includes(wanted));
  return rows.filter(says).map((row) => ({
    href: `customer.html#${row[at("customer_key")]}`, title: row[at("customer_name")], parts: [row[at("customer_key")]],
  }));
}

async function pagesAbout(words) {
  if (!pagefind) return [];
  let found = (await pagefind.search(words)).results;
  // the index cuts Japanese into words: where it cuts otherwise than the question, ask for the pieces
  if (!found.length) found = (await pagefind.search((words.match(/\p{Script=Han}+|[\p{Script=Katakana}ー]+|\p{Script=Hiragana}+|[\w]+/gu) || [words]).join(" "))).results;
  const shown = await Promise.all(found.slice(0, MOST).map((result) => result.data()));
  return shown.map(({ url, meta, excerpt }) => ({
    href: url,
    title: meta.title,
    // Pagefind escapes what it cites and adds <mark>; only that is let through
    parts: [...new DOMParser().parseFromString(excerpt, "text/html").body.childNodes].map((part) => {
      const piece = document.createElement(part.nodeName === "MARK" ? "mark" : "span");
      piece.textContent = part.textContent;
      return piece;
    }),
  }));
}

async function search() {
  const turn = ++asked;
  const words = query.value.trim();
  const named = words ? customersLike(words) : [];
  const found = words ? [...named.slice(0, MOST), ...(await pagesAbout(words))] : [];
  if (turn !== asked) return;
  results.replaceChildren(...found.map(shownResult));
  count.textContent = !words ? "" : found.length ? `${found.length} ${count.dataset.found}` : count.dataset.none;
}

addEventListener("DOMContentLoaded", async () => {
  query.addEventListener("input", search);
  query.value = new URLSearchParams(location.search).get("q") || "";
  if (location.protocol === "file:") {
    document.getElementById("from-file").hidden = false;
  } else {
    pagefind = await import("../pagefind/pagefind.js");
    pagefind.options({ baseUrl: new URL("../", location.href).pathname });
  }
  search();
});
