// A question that has to be answered first. The browser's own dialog keeps the focus in, and Escape closes it.

import type {ComponentChildren} from 'preact';
import {useId, useLayoutEffect, useRef} from 'preact/hooks';

interface Props {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What is done, as the button says it. */
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  onDo(): void;
  onClose(): void;
}

export function Dialog({title, children, action, isDangerous, isBusy, onDo, onClose}: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      // As long as it is open, nothing outside of it can have the focus.
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault();
        if (!isBusy) onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      <div class="dialog-body">{children}</div>
      <div class="buttons end">
        <button type="button" disabled={isBusy} onClick={onClose}>
          Cancel
        </button>
        <button type="button" class={isDangerous ? 'danger' : 'primary'} disabled={isBusy} onClick={onDo}>
          {isBusy ? 'Working…' : action}
        </button>
      </div>
    </dialog>
  );
}
