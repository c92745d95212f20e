// How <job-progress> looks. Every colour is a custom property that the page may set; without that it follows the page's scheme.

export const STYLE = `
:host {
  display: block;
  --_text: var(--job-text, light-dark(#1a1d21, #eceff3));
  --_muted: var(--job-muted, light-dark(#59616b, #a3adb8));
  --_track: var(--job-track, light-dark(#dfe3e8, #343b44));
  --_fill: var(--job-fill, light-dark(#2563c9, #6ea8ff));
  --_done: var(--job-done, light-dark(#1b7f4b, #4cc38a));
  --_failed: var(--job-failed, light-dark(#c0362c, #ff8a80));
  color: var(--_text);
  font: var(--job-font, 0.9375rem/1.4 system-ui, sans-serif);
}
:host([hidden]) { display: none; }
.head { display: flex; justify-content: space-between; gap: 1em; }
.name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.percent { font-variant-numeric: tabular-nums; }
.bar {
  block-size: var(--job-height, 0.5rem);
  margin-block: 0.35rem;
  border-radius: 1rem;
  background: var(--_track);
  overflow: hidden;
}
.fill { block-size: 100%; border-radius: inherit; background: var(--_fill); transition: inline-size 0.3s ease-out; }
.text { color: var(--_muted); min-block-size: 1.4em; overflow-wrap: anywhere; }
.outcome { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[data-status="completed"] .fill { background: var(--_done); }
[data-status="failed"] .fill, [data-status="cancelled"] .fill { background: var(--_failed); }
[data-status="failed"] .text { color: var(--_failed); }
[data-connection="offline"] .fill { opacity: 0.5; }
[data-status="queued"] .fill, [data-status="unknown"][data-connection="connecting"] .fill {
  inline-size: 30% !important;
  animation: waiting 1.6s ease-in-out infinite alternate;
}
@keyframes waiting { from { margin-inline-start: 0; } to { margin-inline-start: 70%; } }
@media (prefers-reduced-motion: reduce) {
  .fill { transition: none; animation: none !important; }
}
@media (forced-colors: active) {
  .bar { border: 1px solid CanvasText; }
  .fill { background: Highlight; forced-color-adjust: none; }
}
`;
