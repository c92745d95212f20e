const NAMES = ["job:snapshot", "job:progress", "job:completed"];
const CLOSED = 2;

export function listen(source, tell, over) {
  for (const name of NAMES) source.addEventListener(name, (event) => tell(name, event.lastEventId, event.data));
  source.addEventListener("error", () => {
    if (source.readyState === CLOSED) over("closed");
  });
}
