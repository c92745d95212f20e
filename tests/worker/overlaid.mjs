// An object of the platform as a wrapper of the Worker shows it.

/** `target` with some properties replaced; native methods keep their `this`. */
export const overlaid = (target, own) =>
  new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(own, name)) return own[name];
      const value = target[name];
      return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
    },
  });
