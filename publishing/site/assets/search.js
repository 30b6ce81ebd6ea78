// The search page: Pagefind's index can be read from a server only.
const query = document.getElementById("query");
const count = document.getElementById("count");
const results = document.getElementById("results");
let asked = 0;

function shownResult({ url, meta, excerpt }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  // a customer has no page of its own that Pagefind could read: its index entry names the address
  link.href = meta.url ? `..${meta.url}` : url;
  link.textContent = meta.title;
  const text = document.createElement("div");
  text.className = "soft";
  // Pagefind escapes what it cites and adds <mark>; only that is let through
  for (const part of new DOMParser().parseFromString(excerpt, "text/html").body.childNodes) {
    const piece = document.createElement(part.nodeName === "MARK" ? "mark" : "span");
    piece.textContent = part.textContent;
    text.append(piece);
  }
  item.append(link, text);
  return item;
}

async function search(pagefind) {
  const turn = ++asked;
  const text = query.value.trim();
  const found = text ? (await pagefind.search(text)).results : [];
  const shown = await Promise.all(found.slice(0, 20).map((result) => result.data()));
  if (turn !== asked) return;
  results.replaceChildren(...shown.map(shownResult));
  count.textContent = !text ? "" : found.length ? `${found.length} ${count.dataset.found}` : count.dataset.none;
}

if (location.protocol === "file:") {
  document.getElementById("from-file").hidden = false;
  query.disabled = true;
} else {
  import("../pagefind/pagefind.js").then((pagefind) => {
    pagefind.options({ baseUrl: new URL("../", location.href).pathname });
    query.addEventListener("input", () => search(pagefind));
    query.value = new URLSearchParams(location.search).get("q") || "";
    search(pagefind);
  });
}
