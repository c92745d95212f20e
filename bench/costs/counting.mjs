// The built Worker, with everything counted that Cloudflare bills: a `main` for `costs.mjs`, never deployed.
// The counts are the runtime's own (`rows_written` of D1, `rowsWritten` of an object's cursor). An object counts as awake while one of its
// handlers or `waitUntil`s is under way: in between it could sleep, and is not billed.
import Service, { JobStream as Job, ProjectFeed as Feed } from "../../build/index.js";
import { callable } from "../../src/edge/callable.js";
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

function storageOf(storage, kind) {
  const exec = (...call) => {
    const cursor = storage.sql.exec(...call);
    cursors.push({ cursor, kind });
    return cursor;
  };
  const setAlarm = (...call) => (count("alarmsSet"), storage.setAlarm(...call));
  return overlaid(storage, { sql: overlaid(storage.sql, { exec }), setAlarm });
}

const counted = (Base, kind) =>
  class extends Base {
    constructor(state, env) {
      let [busy, since] = [0, 0];
      const awake = (work) => {
        if (busy++ === 0) since = Date.now();
        const rest = () => --busy === 0 && count("awakeMs", Date.now() - since);
        Promise.resolve(work).then(rest, rest);
        return work;
      };
      const waitUntil = (work) => state.waitUntil(awake(work));
      super(overlaid(state, { storage: storageOf(state.storage, kind), waitUntil }), environment(env));
      this.handled = (what, work) => (count(`${kind}${what}`), awake(work));
    }
    answer(call) {
      return this.handled("Requests", super.answer(call));
    }
    fetch(request) {
      return this.handled("Requests", super.fetch(request));
    }
    alarm(info) {
      return this.handled("Alarms", super.alarm(info));
    }
    webSocketMessage(socket, message) {
      return this.handled("Messages", super.webSocketMessage(socket, message));
    }
  };

export const JobStream = callable(counted(Job, "job"));
export const ProjectFeed = callable(counted(Feed, "feed"));

export default class extends Service {
  constructor(context, env) {
    super(context, environment(env));
  }
  fetch(request) {
    if (new URL(request.url).pathname === COUNTS) return taken();
    count("workerRequests");
    return super.fetch(request);
  }
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
