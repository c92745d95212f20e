// Before the first paint, so that a chosen theme does not flash the other one. A file of its own: the page allows no inline script.
try {
  const chosen = localStorage.getItem("jobcast.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing follows the system.
}
