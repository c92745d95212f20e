// Rust asks for a microtask with each wake of a task. The platform's own is a call into C++, and costs more than a promise's.
const now = Promise.resolve();

/** What is thrown reaches `addEventListener("error")`, as with the platform's: so a panic is noticed. */
globalThis.queueMicrotask = (task) => {
  now.then(() => {
    try {
      task();
    } catch (error) {
      reportError(error);
    }
  });
};
