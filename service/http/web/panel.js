/** A dialog that stands beside the answer on a wide screen, and lies over it on a narrow one. */

export const wide = matchMedia("(min-width: 64rem)");

export class Panel {
  /** `onClosed` is called when the user is done with what it holds. */
  constructor(dialog, onClosed = () => {}) {
    Object.assign(this, { _dialog: dialog, _onClosed: onClosed, _wanted: false });
    wide.addEventListener("change", () => this._place());
    dialog.addEventListener("close", () => {
      if (!dialog.open && this._wanted) this._closed();
    });
    this._place();
  }

  /** Shows what it holds. On a wide screen it is there anyway, and the focus stays where it is. */
  open() {
    this._wanted = true;
    if (!this._dialog.open) this._dialog.showModal();
  }

  close() {
    if (wide.matches) this._closed();
    else this._dialog.close();
  }

  _closed() {
    this._wanted = false;
    this._onClosed();
  }

  /** The browser tells of a closed dialog later, when it is open again in the other way. */
  _place() {
    if (this._dialog.open) this._dialog.close();
    this._dialog.open = wide.matches;
    if (this._wanted) this.open();
  }
}
