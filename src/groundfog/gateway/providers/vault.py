"""Secrets at rest: AES-256-GCM with a key in a file that only the owner may read."""

from __future__ import annotations

import base64
import binascii
import importlib
import os
import secrets
import threading
from pathlib import Path
from typing import Any

from groundfog import errors

_FORMAT = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class Vault:
    """Seals and opens. The key file (base64 of 32 bytes, mode 0600) is made when something is sealed the first time.

    Raises KEYS_UNAVAILABLE when the package `cryptography` or the key file is missing, or the file is another one.
    """

    def __init__(self, key_file: Path) -> None:
        self._path = key_file
        self._lock = threading.Lock()
        self._cipher: Any = None

    def seal(self, plain: bytes, context: str) -> bytes:
        """`context` is what the secret belongs to: it opens for nothing else."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed: bytes = self._aes(create=True).encrypt(nonce, plain, context.encode())
        return _FORMAT + nonce + sealed

    def open(self, sealed: bytes, context: str) -> bytes:
        cipher = self._aes(create=False)
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        invalid = importlib.import_module("cryptography.exceptions").InvalidTag
        try:
            if sealed[:1] != _FORMAT:
                raise errors.KEYS_UNAVAILABLE(what="a stored key has an unknown format")
            plain: bytes = cipher.decrypt(nonce, body, context.encode())
        except invalid:
            raise errors.KEYS_UNAVAILABLE(what=f"{self._path} is not the file that the keys were stored with") from None
        return plain

    def _aes(self, *, create: bool) -> Any:
        with self._lock:
            if self._cipher is None:
                try:
                    aead = importlib.import_module("cryptography.hazmat.primitives.ciphers.aead")
                except ImportError:
                    raise errors.KEYS_UNAVAILABLE(what="the package cryptography is not installed") from None
                self._cipher = aead.AESGCM(self._key(create=create))
            return self._cipher

    def _key(self, *, create: bool) -> bytes:
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            if not create:
                raise errors.KEYS_UNAVAILABLE(what=f"{self._path} is missing") from None
            text = self._make()
        except OSError as error:
            raise errors.KEYS_UNAVAILABLE(what=f"{self._path} cannot be read: {error.strerror}") from error
        try:
            key = base64.b64decode(text.strip(), validate=True)
        except binascii.Error:
            key = b""
        if len(key) != _KEY_BYTES:
            raise errors.KEYS_UNAVAILABLE(what=f"{self._path} does not hold the base64 of {_KEY_BYTES} bytes")
        return key

    def _make(self) -> bytes:
        """Written whole under another name first: two processes that start at once end with the same key."""
        text = base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n"
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(descriptor, text)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            try:
                os.link(draft, self._path)
            except FileExistsError:
                return self._path.read_bytes()
            finally:
                os.unlink(draft)
        except OSError as error:
            raise errors.KEYS_UNAVAILABLE(what=f"{self._path} cannot be made: {error.strerror}") from error
        return text
