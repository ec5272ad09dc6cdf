"""A reference that is left alone for a while once it fails again and again."""

from circuitbreaker import CircuitBreaker

from guard.pipeline.reference import Ask, Reference, ReferenceDown, ReferenceRejects, ReferenceTimeout, Reply

FAILURES = 5
"""In a row; what one caller's key or request causes does not count."""

SECONDS = 30
"""How long it is left alone; the next call after that decides."""


class Breaker:
    """A circuit breaker around a reference."""

    def __init__(self, reference: Reference, failures: int = FAILURES, seconds: float = SECONDS) -> None:
        self._reference = reference
        self._circuit = CircuitBreaker(failures, seconds, (ReferenceDown, ReferenceTimeout), name="reference")

    @property
    def is_open(self) -> bool:
        """Is it left alone?"""
        return bool(self._circuit.opened)

    async def complete(self, ask: Ask) -> Reply:
        """The reference's reply.

        Raises:
            ReferenceDown: there is none, or the circuit is open.
            ReferenceTimeout: there is none yet.
            ReferenceTooSmall: the question is too long for it.
        """
        if self.is_open:
            raise ReferenceDown("it failed too often and is left alone for a while")
        try:
            reply = await self._reference.complete(ask)
        except ReferenceRejects:
            raise
        except (ReferenceDown, ReferenceTimeout):
            # A call that was cancelled, or a request that was refused, says nothing about the reference: only
            # failures and replies pass through the circuit.
            with self._circuit:
                raise
        self._circuit.reset()
        return reply
