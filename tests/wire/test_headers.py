"""Which headers pass."""

from guard.wire.headers import credentials, find, to_client, to_upstream

REQUEST = [
    (b"host", b"coolhead"),
    (b"connection", b"keep-alive, x-private"),
    (b"x-private", b"1"),
    (b"authorization", b"Bearer caller"),
    (b"openai-organization", b"org"),
    (b"x-coolhead-mode", b"off"),
    (b"accept-encoding", b"gzip"),
    (b"x-twice", b"1"),
    (b"x-twice", b"2"),
]


def test_hop_by_hop_and_ours_stay() -> None:
    """Everything passes but hop-by-hop headers, those the Connection header names, and ours."""
    passed = to_upstream(REQUEST, None)

    assert [
        (b"authorization", b"Bearer caller"),
        (b"openai-organization", b"org"),
        (b"accept-encoding", b"gzip"),
        (b"x-twice", b"1"),
        (b"x-twice", b"2"),
    ] == passed


def test_the_operators_key_replaces_the_callers() -> None:
    """With a key of the operator the caller's never reaches the upstream."""
    passed = to_upstream(REQUEST, "operator")

    assert [b"Bearer operator"] == [value for name, value in passed if name == b"authorization"]


def test_response_headers_pass_in_order() -> None:
    """Rate limits, ids and duplicates pass; an upstream that is a Coolhead itself does not show through."""
    raw = [
        (b"X-RateLimit-Remaining", b"3"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Set-Cookie", b"a"),
        (b"Set-Cookie", b"b"),
        (b"x-coolhead-turn-id", b"inner"),
    ]

    assert [(b"x-ratelimit-remaining", b"3"), (b"set-cookie", b"a"), (b"set-cookie", b"b")] == to_client(raw)


def test_credentials_for_checks() -> None:
    """Checks on the caller's upstream borrow the caller's credentials and nothing else."""
    assert (("authorization", "Bearer caller"), ("openai-organization", "org")) == credentials(REQUEST)


def test_find() -> None:
    """The first value of a header, or nothing."""
    assert "1" == find(REQUEST, b"x-twice")
    assert find(REQUEST, b"absent") is None
