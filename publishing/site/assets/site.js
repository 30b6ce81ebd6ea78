// On every page: how old the published date is on the day the page is read, and the language that was chosen.
const asOf = document.body.dataset.asOf;
if (asOf) {
  const days = Math.floor((Date.now() - new Date(`${asOf}T23:59:59`).getTime()) / 86400000);
  const age = document.getElementById("age");
  if (days > 1) {
    age.querySelector("b").textContent = days;
    age.hidden = false;
  }
}
const switchLanguage = document.querySelector("a.language");
switchLanguage.addEventListener("click", () => {
  try {
    localStorage.setItem("language", switchLanguage.hreflang);
  } catch { /* a browser that keeps nothing: the page opens all the same */ }
  switchLanguage.href = switchLanguage.href.split("#")[0] + location.hash;
});
// Pages of dbt and GX inside ours; a link may name the model to show. dbt's page cannot be framed from a file.
const frame = document.querySelector("iframe.frame");
if (frame) {
  const link = document.querySelector("a.own-window");
  if (location.hash.startsWith("#!")) link.href += location.hash;
  if (location.protocol === "file:" && frame.dataset.served) frame.hidden = true;
  else frame.src = link.href;
}
