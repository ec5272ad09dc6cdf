"""POST /coolhead/v1/classify: a reading on its own, with the same fields as `coolhead classify --json`."""

import time
from collections.abc import Mapping
from typing import Any

from litestar import Request, post
from litestar.handlers import HTTPRouteHandler

from guard.classifier.base import Classifier
from guard.classifier.report import detailed
from guard.core.policy import Policy, is_flagged
from guard.core.reading import Reading
from guard.pipeline import asked

Thresholds = Mapping[str, Mapping[str, float]]


def classify_route(classifier: Classifier, policy: Policy, thresholds: Thresholds) -> HTTPRouteHandler:
    """The route, reading with `classifier`, whose labels begin at `thresholds`."""

    @post("/coolhead/v1/classify", status_code=200)
    async def classify(request: Request[Any, Any, Any]) -> dict[str, Any]:
        question = asked.read(await request.body())
        turn = asked.turn_of(question)
        started = time.perf_counter()
        reading = await classifier.read(turn)
        took = (time.perf_counter() - started) * 1000
        flagged = isinstance(reading, Reading) and is_flagged(reading, policy)
        return detailed(reading, question.id, flagged, thresholds=thresholds, timing_ms=took)

    return classify
