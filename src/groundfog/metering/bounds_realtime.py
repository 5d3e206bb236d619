"""What a response of a realtime session may cost at most, before it is asked for (spec ai-gateway §1.10, §3.6).

All of the session so far may be read again for each response, so that what was sent and answered only adds up. A token
of text is at least a byte of a frame, as in `bounds`; sound is counted by its length, with room for half of it.
"""

from __future__ import annotations

import dataclasses

from groundfog.metering.bounds import FALLBACK_OUTPUT, OVERHEAD_TOKENS, ROUNDS, Bound
from groundfog.metering.custom import CustomCost
from groundfog.metering.ledger_store import MOST
from groundfog.metering.money import PICO
from groundfog.metering.prices import Rates
from groundfog.metering.usage import Usage


@dataclasses.dataclass(slots=True)
class Context:
    """Tokens that a session may have in its context: at most so many of each kind."""

    text: int = OVERHEAD_TOKENS
    audio: int = 0
    image: int = 0
    whole: bool = False
    """It holds more than was sent here: an earlier session, a prompt that is kept at the provider's, its own tools."""
    tools: bool = False
    """The provider runs tools itself, and reads the context again after each."""

    def answered(self, usage: Usage) -> None:
        """An answer is part of what the next one is made from."""
        sound = usage.media.audio_out if usage.media is not None else usage.tokens_out or 0
        self.audio += sound
        self.text += (usage.tokens_out or 0) - sound

    def bound(self, rates: Rates, most: int | None = None, running: int = 0) -> Bound | None:
        """Of one more response of at most `most` tokens, while `running` others are not done; None: unknown."""
        audio_in = max(rates.input, rates.audio_input or 0)
        image_in = max(rates.input, rates.image_input or 0)
        rate_out = max(rates.output, rates.audio_output or 0)
        longest = rates.max_output or FALLBACK_OUTPUT
        audio = self.audio + running * longest
        amount = self.text * rates.input + audio * audio_in + self.image * image_in
        if rates.context is not None:
            full = rates.context * max(audio_in, image_in)
            amount = full if self.whole else min(amount, full)
        elif self.whole:
            return None
        if self.tools:
            amount, longest = amount * ROUNDS, longest * ROUNDS
        elif most is not None:
            longest = min(longest, most)
        return Bound(min(amount, MOST), rate_out, longest)


def rates_of(given: CustomCost, known: Rates | None) -> Rates:
    """A caller's own prices as a row of the table: rounded up, for all kinds of tokens."""
    token_in = max(given.token_in, given.cache_read, given.cache_write)
    return Rates(
        input=min(int(-(-token_in * PICO // 1)), MOST),
        output=min(int(-(-given.token_out * PICO // 1)), MOST),
        max_output=known.max_output if known is not None else None,
        context=known.context if known is not None else None,
    )
