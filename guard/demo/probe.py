"""Asks a server on this machine whether it is there."""

import http.client


def answers(host: str, port: int, path: str) -> bool:
    """Does it answer 200? It is asked directly, past any proxy that the environment names."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
