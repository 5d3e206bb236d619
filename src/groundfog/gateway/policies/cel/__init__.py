"""The part of the Common Expression Language that policies need: see docs/routing.md for what it takes."""

from groundfog.gateway.policies.cel.program import CelError, Missing, Program, compile_program
from groundfog.gateway.policies.cel.tokens import CelSyntaxError

__all__ = ["CelError", "CelSyntaxError", "Missing", "Program", "compile_program"]
