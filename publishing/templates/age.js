// How old the published date is on the day the page is read.
const asOf = document.currentScript.dataset.asOf;
if (asOf) {
  const days = Math.floor((Date.now() - new Date(asOf + "T23:59:59").getTime()) / 86400000);
  document.getElementById("age").textContent = days > 1 ? `— ${days} days old today / 本日時点で ${days} 日前` : "";
}
