import { notices } from "../live/actions.ts";
import { useStore } from "../live/store.ts";

export function Toasts() {
  const shown = useStore(notices);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.map((notice) => (
        <div key={notice.id} class={`toast ${notice.bad ? "bad" : ""}`}>
          <span>{notice.text}</span>
          {notice.undo && <button type="button" class="btn small" onClick={notice.undo}>Undo</button>}
        </div>
      ))}
    </div>
  );
}
