// Everything counted that Cloudflare bills, around a Worker as it is: what `jobcast.mjs` and `twin.mjs` share, which are never deployed.
// The counts are the runtime's own (`rows_written` of D1, `rowsWritten` of an object's cursor). An object counts as awake while one of its
// handlers or `waitUntil`s is under way: in between it could sleep, and is not billed; whether it does, `Built` tells.
import { overlaid } from "../../tests/worker/overlaid.mjs";

const COUNTS = "/api/counts";

let counts = {};
const count = (name, by = 1) => (counts[name] = (counts[name] ?? 0) + by);
/** A cursor knows its rows when it has been read. */
const cursors = [];

const plain = new WeakMap();

function statement(made) {
  const told = async (method) => noted(await made[method]());
  const wrapped = overlaid(made, { bind: (...values) => statement(made.bind(...values)), all: () => told("all"), run: () => told("run") });
  plain.set(wrapped, made);
  return wrapped;
}

function noted(result) {
  count("d1Written", result.meta.rows_written);
  count("d1Read", result.meta.rows_read);
  return result;
}

const database = (db) =>
  overlaid(db, {
    prepare: (sql) => statement(db.prepare(sql)),
    batch: async (statements) => (await db.batch(statements.map((wrapped) => plain.get(wrapped)))).map(noted),
  });

const environment = (env) => ({ ...env, DB: database(env.DB) });

/** Written over the object's own, because the platform's `DurableObject` takes no stand-in for them. */
function watched(state, kind, awake) {
  const { storage } = state;
  const own = { exec: storage.sql.exec.bind(storage.sql), setAlarm: storage.setAlarm.bind(storage), waitUntil: state.waitUntil.bind(state) };
  storage.sql.exec = (...call) => {
    const cursor = own.exec(...call);
    cursors.push({ cursor, kind });
    return cursor;
  };
  storage.setAlarm = (...call) => (count("alarmsSet"), own.setAlarm(...call));
  state.waitUntil = (work) => own.waitUntil(awake(work));
}

/** A class of objects. `handlers` are its methods, each with what a call of it is counted as. */
export function counted(Base, kind, handlers) {
  class Counted extends Base {
    constructor(state, env) {
      let [busy, since] = [0, 0];
      const awake = (work) => {
        if (busy++ === 0) since = Date.now();
        const rest = () => --busy === 0 && count("awakeMs", Date.now() - since);
        Promise.resolve(work).then(rest, rest);
        return work;
      };
      count(`${kind}Built`);
      watched(state, kind, awake);
      super(state, environment(env));
      this.handled = (what, work) => (count(`${kind}${what}`), awake(work));
    }
  }
  for (const [name, what] of Object.entries(handlers)) {
    Counted.prototype[name] = function (...call) {
      return this.handled(what, Base.prototype[name].apply(this, call));
    };
  }
  return Counted;
}

/** Answers where the counts are asked for; anything else is counted, and `serve` answers with an environment that counts. */
export function answered(request, env, serve) {
  if (new URL(request.url).pathname === COUNTS) return taken();
  count("workerRequests");
  return serve(environment(env));
}

/** What was counted since it was asked before. */
function taken() {
  for (const { cursor, kind } of cursors.splice(0)) {
    count(`${kind}Written`, cursor.rowsWritten);
    count(`${kind}Read`, cursor.rowsRead);
  }
  const answer = Response.json(counts);
  counts = {};
  return answer;
}
