// What the service answers when it understood and said no.

export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  /** The stable word to branch on. */
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(status: number, answer: Answer = {}) {
    super(answer.error ?? `The service answered ${status}.`);
    this.status = status;
    this.code = answer.code;
    this.requestId = answer.requestId;
    this.details = answer.details;
  }

  /** Reads the answer; whatever is not the service's JSON (a proxy's page) is left out. */
  static async from(response: Response): Promise<Refused> {
    const answer: unknown = await response.json().catch(() => undefined);
    return new Refused(response.status, isAnswer(answer) ? answer : {});
  }
}

interface Answer {
  error?: string;
  code?: string;
  requestId?: string;
  details?: Record<string, unknown>;
}

const isAnswer = (value: unknown): value is Answer => typeof value === "object" && value !== null && typeof (value as Answer).error === "string";

/** The same request may succeed later. */
export const passes = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

/** `Retry-After` in ms; the service sends seconds. */
export function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
