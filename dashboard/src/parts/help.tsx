// What the keyboard can do.
import { Dialog } from "./dialog.tsx";

const KEYS: [string[], string][] = [
  [["j", "k"], "next, previous job"], [["Enter"], "open it"], [["x"], "select it, for several at once"], [["/"], "search"],
  [["r"], "retry the job or the selection"], [["c"], "cancel or kill it"], [["#"], "delete it"], [["u"], "undo a delete"], [["g", "j"], "go to jobs; g a activity, g t throughput, g k keys, g s first job"],
  [["Enter", "↑", "↓"], "in a log: open a whole line, go on from there"],
  [["Esc"], "clear the search or the selection"], [["?"], "this help"],
];

export const Help = ({ onClose }: { onClose: () => void }) => (
  <Dialog title="Keyboard" onClose={onClose}>
    <dl class="helpkeys">
      {KEYS.map(([keys, what]) => [
        <dt key={what}>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>,
        <dd>{what}</dd>,
      ])}
    </dl>
    <p class="quiet">For programs there is the <a href="/reference">API reference</a>.</p>
    <div class="ends"><button type="button" class="btn" onClick={onClose}>Close</button></div>
  </Dialog>
);
