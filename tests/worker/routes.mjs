// The routes of the producer API with the scope that each needs, from the contract's table; the tests check the service against it.

/** `json` is a body that the route takes. */
export const ROUTES = [
  { method: "POST", path: "/api/v1/jobs", scope: "jobs:create", json: { name: "a" } },
  { method: "GET", path: "/api/v1/jobs", scope: "jobs:read" },
  { method: "POST", path: "/api/v1/jobs/poll", scope: "jobs:poll", json: {} },
  { method: "GET", path: "/api/v1/jobs/{job}", scope: "jobs:read" },
  { method: "GET", path: "/api/v1/jobs/{job}/progress", scope: "jobs:read:progress" },
  { method: "GET", path: "/api/v1/jobs/{job}/checkpoints", scope: "jobs:read" },
  { method: "GET", path: "/api/v1/jobs/{job}/logs", scope: "jobs:read" },
  { method: "GET", path: "/api/v1/jobs/{job}/events", scope: "jobs:read:progress", headers: { accept: "application/json" } },
  { method: "POST", path: "/api/v1/jobs/{job}/claim", scope: "jobs:poll" },
  { method: "POST", path: "/api/v1/jobs/{job}/ack", scope: "jobs:ack" },
  { method: "POST", path: "/api/v1/jobs/{job}/progress", scope: "jobs:progress", json: { percent: 1 } },
  { method: "POST", path: "/api/v1/jobs/{job}/checkpoint", scope: "jobs:event", json: {} },
  { method: "POST", path: "/api/v1/jobs/{job}/event", scope: "jobs:event", json: {} },
  { method: "POST", path: "/api/v1/jobs/{job}/keepalive", scope: "jobs:keepalive" },
  { method: "POST", path: "/api/v1/jobs/{job}/logs", scope: "jobs:event", json: ["a line"] },
  { method: "POST", path: "/api/v1/jobs/{job}/stages/research", scope: "jobs:progress", json: { type: "start" } },
  { method: "POST", path: "/api/v1/jobs/{job}/complete", scope: "jobs:complete", json: {} },
  { method: "POST", path: "/api/v1/jobs/{job}/fail", scope: "jobs:fail", json: { error: "x" } },
  { method: "POST", path: "/api/v1/jobs/{job}/kill", scope: "jobs:kill", json: {} },
  { method: "POST", path: "/api/v1/jobs/{job}/retry", scope: "jobs:manage" },
  { method: "POST", path: "/api/v1/jobs/{job}/cancel", scope: "jobs:manage" },
  { method: "DELETE", path: "/api/v1/jobs/{job}", scope: "jobs:manage" },
  { method: "POST", path: "/api/v1/jobs/{job}/tokens", scope: "jobs:read:progress", json: {} },
];

export const PATHS = ROUTES.map(({ method, path }) => ({ method, path }));

/** Those that read a JSON body. */
export const WITH_BODY = ROUTES.filter((route) => route.method === "POST" && route.json).map((route) => route.path);

/** Every scope, and what a key without it may still have: `jobs:read` brings the public part too. */
export const SCOPES = [
  "jobs:create", "jobs:read", "jobs:read:progress", "jobs:poll", "jobs:ack", "jobs:progress", "jobs:event", "jobs:complete", "jobs:fail",
  "jobs:kill", "jobs:keepalive", "jobs:manage",
];

export const allBut = (scope) => SCOPES.filter((other) => other !== scope && !(scope === "jobs:read:progress" && other === "jobs:read"));
