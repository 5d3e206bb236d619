"""Whom TLS believes: the system's certificates, or certifi's where the system has none."""

from __future__ import annotations

import importlib
import ssl
from pathlib import Path


def client_context() -> ssl.SSLContext:
    """Verifies names and chains; `SSL_CERT_FILE` and `SSL_CERT_DIR` are OpenSSL's own ways to add an authority."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.openssl_capath)
    if not Path(paths.openssl_cafile).is_file() and not (folder.is_dir() and any(folder.iterdir())):
        try:
            certifi = importlib.import_module("certifi")
        except ImportError:
            pass
        else:
            context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context
