// A question over the page: the browser's own dialog, which keeps the focus, closes on Escape and gives the focus back.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { createStore, useStore } from "../live/store.ts";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.showModal();
    return () => before?.focus?.();
  }, []);
  const outside = (event: MouseEvent) => event.target === box.current && onClose();
  return (
    <dialog ref={box} onClose={onClose} onClick={outside} aria-label={title}>
      <div class="body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface Question {
  title: string;
  text: string;
  yes: string;
  /** Asks for a reason, too. */
  reason?: boolean;
  answer: (yes: boolean, reason: string) => void;
}

const question = createStore<Question | null>(null);

/** Resolves to the reason (often empty), or to null when a person thought better of it. */
export function ask(asked: Omit<Question, "answer">): Promise<string | null> {
  question.get()?.answer(false, "");
  return new Promise((resolve) => {
    const answer = (yes: boolean, reason: string) => {
      question.set(null);
      resolve(yes ? reason.trim() : null);
    };
    question.set({ ...asked, answer });
  });
}

export function Questions() {
  const open = useStore(question);
  return open && <Confirm key={open.title} {...open} />;
}

function Confirm({ title, text, yes, reason: asksReason, answer }: Question) {
  const [reason, setReason] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    answer(true, reason);
  };
  return (
    <Dialog title={title} onClose={() => answer(false, "")}>
      <form onSubmit={submit} class="stack">
        <p class="quiet">{text}</p>
        {asksReason && (
          <label class="field">
            <span>Reason (the producer and viewers see it)</span>
            <input class="input" value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        )}
        <div class="ends">
          <button type="button" class="btn" onClick={() => answer(false, "")}>Leave it</button>
          <button type="submit" class="btn danger" autofocus={!asksReason}>{yes}</button>
        </div>
      </form>
    </Dialog>
  );
}
