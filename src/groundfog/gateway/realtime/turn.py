"""What is held for one response of a realtime session."""

from __future__ import annotations

from groundfog.metering.bounds import Bound
from groundfog.metering.ledger import Reservation, Settlement


class Turn:
    """`bound`: what it may cost; None where no bound is known."""

    __slots__ = ("_settled", "bound", "parts", "tokens")

    def __init__(self, bound: Bound | None, *parts: Reservation) -> None:
        self.bound = bound
        self.parts = list(parts)
        self.tokens = 0
        """So many may have come of it."""
        self._settled = False

    @property
    def held(self) -> int:
        return sum(part.amount for part in self.parts)

    @property
    def past(self) -> bool:
        """What is held belongs to a window that is over."""
        return any(part.past for part in self.parts)

    def grow(self, bound: Bound, part: Reservation) -> None:
        """Hold more. It may have ended while more was asked for; then that goes back."""
        if self._settled:
            part.release()
            return
        self.bound = bound
        self.parts.append(part)

    def settle(self, amount: int) -> list[Settlement]:
        """Charge what it cost, and give the rest back."""
        self._settled = True
        settlements: list[Settlement] = []
        for part in self.parts[:-1]:
            taken = min(amount, part.amount)
            settlements += part.settle(taken)
            amount -= taken
        return settlements + self.parts[-1].settle(amount) if self.parts else []
