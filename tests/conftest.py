"""What holds for all tests: timing never decides one, so property tests have no deadline on a busy machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("groundfog", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("groundfog")
