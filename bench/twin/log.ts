// A job's log in its object's SQLite. What is stored is what streams send, so that a replay encodes nothing; a report is one row.
// Writes of one turn are one transaction, and `sql.exec` keeps statements compiled: both are the platform's.

export interface Page {
  text: string;
  /** The last id in it. */
  last: number;
}

interface Row extends Record<string, SqlStorageValue> {
  id: number;
  event: string;
  data: string;
}

const EVENTS_KEPT = 10_000;
const LINES_KEPT = 100_000;
/** A log is trimmed when it is a tenth over its cap. */
const SLACK = 1.1;
const PAGE_ROWS = 1_000;
const PAGE_SIZE = 256 * 1024;
/** Lines that one row carries, characters. */
const ROW = 64 * 1024;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, event TEXT NOT NULL, data TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS logs (id INTEGER PRIMARY KEY, to_seq INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS job (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL) STRICT;`;
const IS_CREATED = "SELECT 1 FROM sqlite_master WHERE name = 'job'";
const LOAD = "SELECT body FROM job";
const SAVE = "INSERT INTO job (one, body) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET body = excluded.body";
const APPEND = "INSERT INTO events (id, event, data) VALUES (?1, ?2, ?3)";
const APPEND_LINES = "INSERT INTO logs (id, to_seq, data) VALUES (?1, ?2, ?3)";
const READ = `
SELECT id, event, data FROM events WHERE id > ?1
UNION ALL SELECT id, 'job:log', data FROM logs WHERE id > ?1
ORDER BY id LIMIT ?2`;
const PROGRESS_SINCE = "SELECT data FROM events WHERE id > ?1 AND event = 'job:progress' ORDER BY id";
const BOUNDS = `
SELECT (SELECT count(*) FROM events) AS events,
  max(coalesce((SELECT max(id) FROM events), 0), coalesce((SELECT max(id) FROM logs), 0)) AS tail,
  coalesce((SELECT max(to_seq) FROM logs), 0) AS seq, coalesce((SELECT min(to_seq) FROM logs), 0) AS oldestSeq`;
const TRIM = "DELETE FROM events WHERE id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ?1)";
const TRIM_LINES = "DELETE FROM logs WHERE to_seq <= ?1";
const OLDEST = "SELECT coalesce(min(id), 0) AS id FROM events";

export class Log {
  readonly #sql: SqlStorage;
  tail = 0;
  #events = 0;
  #seq = 0;
  #oldestSeq = 0;
  /** Whether anything went: then the oldest event says how far back a cursor may reach. */
  #isTrimmed = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The job as it was saved; undefined for an object that holds none. */
  load(): string | undefined {
    if (this.#sql.exec(IS_CREATED).toArray().length === 0) return undefined;
    const bounds = this.#sql.exec<{ events: number; tail: number; seq: number; oldestSeq: number }>(BOUNDS).one();
    [this.tail, this.#events, this.#seq, this.#oldestSeq] = [bounds.tail, bounds.events, bounds.seq, bounds.oldestSeq];
    this.#isTrimmed = bounds.events >= EVENTS_KEPT;
    return this.#sql.exec<{ body: string }>(LOAD).toArray()[0]?.body;
  }

  /** What was reported after the job was saved. */
  progressSince(id: number): string[] {
    return this.#sql.exec<{ data: string }>(PROGRESS_SINCE, id).toArray().map(({ data }) => data);
  }

  create(): void {
    this.#sql.exec(SCHEMA);
  }

  save(body: string): void {
    this.#sql.exec(SAVE, body);
  }

  append(event: string, data: string): number {
    const id = this.#next();
    this.#sql.exec(APPEND, id, event, data);
    if (++this.#events > EVENTS_KEPT * SLACK) this.#trim();
    return id;
  }

  /** Numbers the lines and stores them in rows of bounded size; `told` gets each row. */
  appendLines(lines: string[], told: (id: number, data: string) => void): { fromSeq: number; toSeq: number } {
    const fromSeq = this.#seq + 1;
    let [text, first] = ["", fromSeq];
    for (const line of lines) {
      text += `${text === "" ? "" : ","}{"seq":${++this.#seq}${line}`;
      if (text.length >= ROW) {
        this.#appendRow(first, text, told);
        [text, first] = ["", this.#seq + 1];
      }
    }
    if (text !== "") this.#appendRow(first, text, told);
    if (this.#seq - this.#oldestSeq > LINES_KEPT * SLACK) {
      this.#oldestSeq = this.#seq - LINES_KEPT;
      this.#sql.exec(TRIM_LINES, this.#oldestSeq);
    }
    return { fromSeq, toSeq: this.#seq };
  }

  #appendRow(first: number, text: string, told: (id: number, data: string) => void): void {
    const id = this.#next();
    const data = `{"fromSeq":${first},"toSeq":${this.#seq},"lines":[${text}]}`;
    this.#sql.exec(APPEND_LINES, id, this.#seq, data);
    told(id, data);
  }

  /** What stands after `cursor`; undefined at the end. */
  page(cursor: number): Page | undefined {
    if (cursor >= this.tail) return undefined;
    let [text, last] = ["", cursor];
    for (const row of this.#sql.exec<Row>(READ, cursor, PAGE_ROWS)) {
      if (text.length >= PAGE_SIZE) break;
      if (!row.event.startsWith("~")) text += frame(row.event, row.id, row.data);
      last = row.id;
    }
    return { text, last: last === cursor ? this.tail : last };
  }

  oldest(): number {
    return this.#sql.exec<{ id: number }>(OLDEST).one().id;
  }

  /** Whether something after `cursor` is no longer kept. */
  isBefore(cursor: number): boolean {
    return this.#isTrimmed && cursor > 0 && cursor + 1 < this.oldest();
  }

  #next(): number {
    return (this.tail = Math.max(Date.now(), this.tail + 1));
  }

  #trim(): void {
    this.#sql.exec(TRIM, EVENTS_KEPT);
    [this.#events, this.#isTrimmed] = [EVENTS_KEPT, true];
  }
}

export const frame = (event: string, id: number, data: string): string => `event: ${event}\ndata: ${data}\nid: ${id}\n\n`;
