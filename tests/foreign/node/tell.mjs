// How a program tells the test what its client did: a JSON line an event, and one line when it is over.
export const [url, mode] = process.argv.slice(2);

/** The words that the test sends; an EventSource hears only those that it listens for. */
export const NAMES = ["job:snapshot", "job:progress", "job:completed"];

export const tell = (name, id, data) => console.log(JSON.stringify({ name, id, data }));

/** The client will not come back. */
export function over(why) {
  console.log(JSON.stringify({ over: why }));
  process.exit(0);
}
