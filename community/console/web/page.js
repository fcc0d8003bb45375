"use strict";
// Everything works without this; it only saves clicks.
for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
document.addEventListener("keydown", (event) => {
  const menu = document.getElementById("menu");
  if (event.key === "Escape" && menu?.checked) {
    menu.checked = false;
    menu.focus();
  }
});

// What waits, and how the bot fares, is kept up to date while somebody looks.
const from = document.body.dataset.liveFrom;
let stream = null, known = "";
const freshen = async () => {
  const answer = await fetch(from + "/now", { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const now = fresh.querySelector(`[data-live="${CSS.escape(old.dataset.live)}"]`);
    if (!now || now.outerHTML === old.outerHTML || old.contains(document.activeElement)) continue;
    old.replaceWith(document.adoptNode(now));
  }
};
const listen = () => {
  if (document.hidden || stream) return;
  stream = new EventSource(from);
  stream.addEventListener("seen", (event) => {
    if (known !== event.data && (known || document.querySelector("[data-live=pulse]"))) freshen().catch(() => {});
    known = event.data;
  });
  stream.addEventListener("over", () => { stream.close(); });
};
if (from && window.EventSource) {
  listen();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return listen();
    stream?.close();
    stream = null;
  });
  window.addEventListener("pagehide", () => { stream?.close(); stream = null; });
}
