// The stage reports of seed 001, as its page shows them.
export const SEED_REPORTS = [
  { stage: "research", type: "start" },
  { stage: "research", type: "results", summary: "...", key_facts: ["..."], mood: "epic_cinematic" },
  { stage: "research", type: "complete", detail: "5 key facts", durationSec: 4.2 },
  { stage: "director", type: "score", score: { emotional_arc: "...", archetype: "...", music_mood: "epic_cinematic", scenes: [] } },
  { stage: "director", type: "cost_estimate", estimate: { totalCost: 0.12, breakdown: {} } },
  { stage: "visuals", type: "music", track: "epic-cinematic-01", mood: "epic_cinematic", requestedMood: "epic_cinematic", fallback: false },
  { stage: "visuals", type: "music_resolved", provider: "bundled", prompt: "...", metadata: {}, fallback: false },
  { stage: "visuals", type: "music_generated", provider: "lyria", prompt: "Cinematic orchestral score...", durationSeconds: 45 },
  { stage: "visuals", type: "asset", sceneIndex: 0, visualType: "ai_image", path: "scene-001.png" },
  { stage: "visuals", type: "error", error: "Rate limit exceeded" },
  {
    stage: "critic", type: "review", score: 8.5, strengths: ["Engaging narrative arc", "Strong visual variety"],
    weaknesses: ["Scene 3 transition could be smoother"],
  },
  { stage: "critic", type: "skipped", reason: "Dry run mode" },
];

/** Sends a report as its producer would: the stage in the path, the rest in the body. */
export const report = (job, { stage, ...fields }) => job.report(`stages/${stage}`, fields);
