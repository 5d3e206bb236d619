"""How bytes become a `Call` and a `Reply` becomes bytes: one module per dialect, one table of routes in `app`."""
