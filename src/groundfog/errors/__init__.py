"""One table of every error that groundfog answers (spec: workers-ai §5, ai-gateway §4.2).

A `Kind` is one row: internal code, HTTP status, name, message template and what to do next. Calling a kind builds the
exception: ``raise errors.NO_SUCH_MODEL(model="@cf/x/y")``. Dialects render from the exception; nobody formats an error
by hand. The rows stand in two files, and every one of them is in `KINDS` and an attribute of this package.
"""

from __future__ import annotations

from groundfog.errors.gateway import *  # noqa: F403
from groundfog.errors.kind import KINDS, GroundfogError, Kind, from_key
from groundfog.errors.models import *  # noqa: F403

__all__ = ["KINDS", "GroundfogError", "Kind", "from_key"]
