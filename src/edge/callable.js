import { DurableObject } from "cloudflare:workers";

/** An object in Rust, as the platform wants one that is called by RPC: of a class of its own. */
export const callable = (Built) =>
  class extends DurableObject {
    #built;

    constructor(state, env) {
      super(state, env);
      this.#built = new Built(state, env);
    }

    answer(call) {
      return this.#built.answer(call);
    }

    fetch(request) {
      return this.#built.fetch(request);
    }

    alarm(info) {
      return this.#built.alarm(info);
    }

    webSocketMessage(socket, message) {
      return this.#built.webSocketMessage(socket, message);
    }

    webSocketClose(socket, code, reason, wasClean) {
      return this.#built.webSocketClose(socket, code, reason, wasClean);
    }

    webSocketError(socket, error) {
      return this.#built.webSocketError(socket, error);
    }
  };
