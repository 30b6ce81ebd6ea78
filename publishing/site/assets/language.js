// The first page leads to the language chosen before, else to the browser's.
let language = navigator.language.startsWith("ja") ? "ja" : "en";
try {
  language = localStorage.getItem("language") || language;
} catch { /* a browser that keeps nothing */ }
location.replace(`${language}/index.html`);
