"""The small real model, fetched once by the product's own code and kept in the cache folder."""

from functools import cache

from guard.demo.upstream import Chosen
from guard.demo.weights import cache_folder, fetch, models


@cache
def small_model() -> Chosen:
    """Its weights; about 100 MB are fetched the first time."""
    model = models()["smollm"]
    return Chosen(model.name, fetch(model, cache_folder() / "models", print, lambda done, total: None))
