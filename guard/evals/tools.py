"""The check and the corrector as the service makes them, in front of endpoints to measure."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from guard.evals.endpoints import Endpoint, opened
from guard.pipeline.check import Check, CheckConfig, Strategy
from guard.pipeline.correct import Corrector
from guard.pipeline.neutralise import Rewrite


@dataclass(frozen=True, slots=True)
class Setup:
    """Who checks, and how."""

    reference: Endpoint
    second: Endpoint | None = None
    single_reference: bool = False
    rewrite: Rewrite = "rules"
    strategy: Strategy = "auto"

    @property
    def config(self) -> CheckConfig:
        """As the service's settings would have it."""
        return CheckConfig(
            model=self.reference.model,
            second_model=self.second.model if self.second else None,
            rewrite=self.rewrite,
            strategy=self.strategy,
            single_reference=self.single_reference,
        )

    @property
    def run(self) -> dict[str, object]:
        """What results depend on, beside the items."""
        return {
            "model": self.reference.model,
            "second_model": self.second.model if self.second else None,
            "single_reference": self.single_reference,
            "rewrite": self.rewrite,
            "strategy": self.strategy,
        }


@dataclass(frozen=True, slots=True)
class Tools:
    """What is measured."""

    check: Check
    corrector: Corrector
    model: str


@asynccontextmanager
async def prepared(setup: Setup) -> AsyncIterator[Tools]:
    """The tools, once their endpoints have answered.

    Raises:
        EndpointFault: one does not.
    """
    async with AsyncExitStack() as stack:
        reference = await stack.enter_async_context(opened(setup.reference))
        second = await stack.enter_async_context(opened(setup.second)) if setup.second else None
        yield Tools(
            Check(setup.config, reference, second), Corrector(setup.config, reference), model=setup.reference.model
        )
