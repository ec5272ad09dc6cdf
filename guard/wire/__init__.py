"""The formats, pure: OpenAI's JSON, server-sent events, headers, errors."""
