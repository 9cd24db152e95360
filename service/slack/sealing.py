"""The seal on what the workspaces gave: nobody who reads the store alone gets a token."""

from __future__ import annotations

import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ingest.errors import SettingsError
from service.errors import SlackError

SETTING = "DOSSIER_SLACK_TOKEN_KEY"
_FORM = re.compile(r"[A-Za-z0-9_-]{43}=")


class Seal:
    """Encrypts with the first of its keys, and opens what any of them encrypted, so that a key can be replaced: the
    new one comes first, `renewed` goes over all that is kept, then the old one is left out."""

    def __init__(self, keys: str) -> None:
        """`keys` are separated by commas.

        Raises: SettingsError when there is none, or one is none.
        """
        given = [key.strip() for key in keys.split(",") if key.strip()]
        # Fernet takes two keys without a comma for the first of them.
        if not given or not all(_FORM.fullmatch(key) for key in given):
            raise SettingsError(
                f"The setting {SETTING} holds something that is no key, or none.",
                "Make one with `dossier slack key`; separate several by commas, the newest first.",
            )
        self._keys = MultiFernet([Fernet(key) for key in given])

    def closed(self, text: str) -> bytes:
        """The text, encrypted."""
        return self._keys.encrypt(text.encode())

    def opened(self, sealed: bytes) -> str:
        """The text that was encrypted.

        Raises: SlackError when it was not with these keys, or is damaged.
        """
        try:
            return self._keys.decrypt(sealed).decode()
        except InvalidToken:
            raise _unreadable() from None

    def renewed(self, sealed: bytes) -> bytes:
        """The same, encrypted with the first key. Raises what `opened` raises."""
        try:
            return self._keys.rotate(sealed)
        except InvalidToken:
            raise _unreadable() from None


def new_key() -> str:
    """A key for the setting."""
    return Fernet.generate_key().decode()


def _unreadable() -> SlackError:
    return SlackError(
        "The tokens of a workspace of Slack were encrypted with another key, or are damaged.",
        f"Add the key they were encrypted with to {SETTING}, after a comma, or install the app there again.",
    )
