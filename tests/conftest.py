"""What holds for all tests: timing never decides one, so property tests have no deadline on a busy machine."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

settings.register_profile("groundfog", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("groundfog")
# Whoever runs the tests in the background of a script has Ctrl-C ignored, here and in every child.
signal.signal(signal.SIGINT, signal.default_int_handler)
