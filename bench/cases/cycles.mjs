// Whole lives of jobs: created, polled, begun, completed, one after the other on each connection.

const CONNECTIONS = 16;

export const cycles = [{
  title: `create, poll, ack, complete, ${CONNECTIONS} connections`,
  goals: {},
  peers: "lives of jobs",
  prepare: async () => ({ connections: CONNECTIONS }),
  async round(contender, load, milliseconds) {
    const { answers, ms } = await contender.lives({ ...load, milliseconds });
    return { figures: { "jobs a second": (answers / ms) * 1_000 }, units: answers, unit: "job" };
  },
}];
