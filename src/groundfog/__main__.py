"""`python -m groundfog`."""

from __future__ import annotations

from groundfog.cli import main

if __name__ == "__main__":
    main()
