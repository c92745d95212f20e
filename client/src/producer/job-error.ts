// Why a job failed, in the words that the service keeps.

import { showable } from "../text.js";

export interface JobErrorOptions {
  /** A stable word to branch on, up to 200 characters. */
  code?: string;
  /** False: another attempt would fail too. */
  retry?: boolean;
  cause?: unknown;
}

const CODE_LENGTH = 200;

export class JobError extends Error {
  override readonly name: string = "JobError";
  readonly code: string | undefined;
  readonly retry: boolean | undefined;

  constructor(message: string, { code, retry, cause }: JobErrorOptions = {}) {
    super(showable(message), { cause });
    this.code = code;
    this.retry = retry;
  }

  /** Whatever was thrown. Errors of the system bring a code of their own (`ENOENT`). */
  static from(thrown: unknown): JobError {
    if (thrown instanceof JobError) return thrown;
    const { message, code } = (thrown ?? {}) as { message?: unknown; code?: unknown };
    const word = typeof code === "string" && code !== "" ? code.slice(0, CODE_LENGTH) : undefined;
    return new JobError(typeof message === "string" && message !== "" ? message : String(thrown), { code: word, cause: thrown });
  }
}
