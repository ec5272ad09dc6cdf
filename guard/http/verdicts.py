"""GET /coolhead/v1/verdicts/{turn_id}: what the check of a turn found."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from guard.stores.base import Verdicts
from guard.wire.errors import NotFound


def verdicts_route(verdicts: Verdicts) -> HTTPRouteHandler:
    """The route, reading from `verdicts`."""

    @get("/coolhead/v1/verdicts/{turn_id:str}", media_type="application/json")
    async def verdict(turn_id: FromPath[str]) -> Response[bytes]:
        document = await verdicts.get(turn_id)
        if document is None:
            raise NotFound(
                "No verdict for this turn: the id is unknown, the turn was not chosen for a check, "
                "or its verdict is older than COOLHEAD_VERDICT_TTL.",
                param="turn_id",
            )
        return Response(document, media_type="application/json")

    return verdict
