// How the twin refuses: the codes and statuses of the contract. Objects answer with a problem instead of throwing it, because an error
// that crosses to the Worker loses its fields.

const STATUS = {
  invalid_request: 400,
  invalid_json: 400,
  invalid_cursor: 400,
  missing_credential: 401,
  invalid_credential: 401,
  missing_scope: 403,
  not_found: 404,
  job_not_found: 404,
  job_not_pending: 409,
  job_not_running: 409,
  job_cancelled: 409,
  job_finished: 409,
  attempt_superseded: 409,
  too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
} as const;

export type Code = keyof typeof STATUS;
export type Refused = { refused: Code; message: string; details?: Record<string, string> };

export const refused = (code: Code, message: string, details?: Record<string, string>): Refused => ({ refused: code, message, details });

/** Thrown within the Worker, and answered by its error handler. */
export class Problem extends Error {
  constructor(readonly refusal: Refused) {
    super(refusal.message);
  }
}

export const refuse = (code: Code, message: string, details?: Record<string, string>): never => {
  throw new Problem(refused(code, message, details));
};

export const refuseField = (field: string, message: string): never => refuse("invalid_request", message, { field });

/** What an object answered, unless it refused. */
export function accepted<T extends object>(answer: T): Exclude<T, { refused: Code }> {
  if ("refused" in answer) throw new Problem(answer as unknown as Refused);
  return answer as Exclude<T, { refused: Code }>;
}

export function problemResponse({ refused: code, message, details }: Refused, requestId: string): Response {
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff", "x-request-id": requestId });
  if (code === "missing_credential") headers.set("www-authenticate", 'Bearer realm="jobcast"');
  if (code === "invalid_credential") headers.set("www-authenticate", 'Bearer realm="jobcast", error="invalid_token"');
  if (code === "rate_limited") headers.set("retry-after", "10");
  return new Response(JSON.stringify({ error: message, code, requestId, details }), { status: STATUS[code], headers });
}
