"""The settings: flags win over COOLHEAD_* variables, these over the file. All problems are told at once.

Each field's description is its line in `docs/configuration.md`.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from guard.classifier.manifest import NAME
from guard.core.policy import ANY_DOMAIN, FlagOn, Mode
from guard.core.reading import DOMAINS

PREFIX = "COOLHEAD_"
_Port = Annotated[int, Field(ge=1, le=65535)]
_ELSEWHERE = frozenset(("CONFIG", "CACHE_DIR", "DEMO_MODEL", "DEMO_MODEL_PATH"))
"""Variables that are not settings of the service."""


class Problems(Exception):
    """Everything that is wrong with the settings; each line names a setting and the remedy."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Settings(BaseSettings):
    """All settings of the service."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    upstream_url: str = Field(description="Base URL of the chat model, with /v1. Required.")
    upstream_api_key: SecretStr | None = Field(
        None, description="Key sent to the upstream in place of the caller's Authorization header."
    )
    upstream_timeout: float = Field(600, gt=0, description="Seconds without a byte from the upstream until 504.")
    upstream_connect_timeout: float = Field(5, gt=0, description="Seconds to connect to the upstream until 504.")
    host: str = Field("127.0.0.1", description="Address that the service listens on.")
    port: _Port = Field(8080, description="Port of the service.")
    metrics_host: str = Field("127.0.0.1", description="Address of metrics and health.")
    metrics_port: _Port = Field(9464, description="Port of metrics and health.")
    max_request_bytes: int = Field(64 << 20, gt=0, description="Largest chat request in bytes; a larger one gets 413.")
    drain_seconds: int = Field(30, ge=0, description="Seconds that running requests may take to end after SIGTERM.")
    mode: Mode = Field(
        Mode.OBSERVE,
        description="What is done with a flagged turn: `off`, `observe`, `annotate`, `correct` or `block`.",
    )
    mode_by_model: Annotated[dict[str, Mode], NoDecode] = Field(
        {}, description="Modes of some models, like `gpt-4o=annotate,small=correct`; they go before the mode."
    )
    mode_by_domain: Annotated[dict[str, Mode], NoDecode] = Field(
        {},
        description="Modes in some domains, like `medical=correct,legal=annotate`; the strictest holds.",
    )
    header_modes: Annotated[frozenset[Mode], NoDecode] = Field(
        frozenset((Mode.OFF, Mode.OBSERVE, Mode.ANNOTATE)),
        description="Modes that a request may ask for with the header x-coolhead-mode, comma-separated.",
    )
    flag_on: FlagOn = Field(
        FlagOn.EITHER,
        description="What flags a turn for a check: `emotion`, `domain`, `either` or `both`.",
    )
    control_rate: float = Field(
        0.1, ge=0, le=1, description="Probability with which a neutral turn that is not flagged is checked."
    )
    models: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Model names, comma-separated, that get a label in metrics; others are `other`.",
    )
    detector_model: str | None = Field(
        None,
        description=(f"What detects: `{NAME}`, which is the default, or the folder of a model of your own."),
    )
    detector_deadline_ms: float = Field(
        50, ge=0, description="Milliseconds that a ready answer waits for the reading, at most."
    )
    detector_queue: int = Field(64, ge=1, description="Turns that may wait for the detector; more are `undetected`.")
    detector_cache: int = Field(50_000, ge=0, description="Messages whose scores are remembered.")
    detector_emotion: bool = Field(
        True, description="Infer emotional states. false: only domain, belief and crisis are read."
    )
    checker_url: str | None = Field(
        None, description="Base URL, with /v1, of the model that checks. Default: the upstream."
    )
    checker_api_key: SecretStr | None = Field(None, description="Key for the checker.")
    checker_model: str | None = Field(None, description="Model name that checks. Default: the model of the request.")
    second_url: str | None = Field(
        None, description="Base URL, with /v1, of a second model that is asked about disputed points only."
    )
    second_api_key: SecretStr | None = Field(None, description="Key for the second model.")
    second_model: str | None = Field(
        None, description="Its name. `correct` and `block` act only on what a second model confirms."
    )
    single_reference: bool = Field(
        False,
        description="true: let `correct` and `block` act on the word of one model, asked twice. Expect harm.",
    )
    rewrite: Literal["rules", "model"] = Field(
        "rules",
        description="Who makes a question neutral where the rules are unsure: a `model`, or the `rules` anyway.",
    )
    neutral_cache: int = Field(10_000, ge=0, description="Neutral answers that are remembered.")
    neutral_cache_ttl: float = Field(3600, gt=0, description="Seconds that a neutral answer is remembered.")
    annotate_wait: float = Field(
        2.5, gt=0, description="Seconds that the end of an answer waits for its verdict in mode annotate."
    )
    correct_wait: float = Field(6, gt=0, description="Seconds that an answer is held for its check in mode correct.")
    block_wait: float = Field(10, gt=0, description="Seconds that an answer is held for its check in mode block.")
    fail_closed: Annotated[frozenset[str], NoDecode] | None = Field(
        None,
        description=(
            "Domains, comma-separated, or `all` or `none`, in which an answer is replaced that could "
            "not be checked in time, in modes correct and block. Default: none; mode block wants a choice."
        ),
    )
    safe_text: str = Field(
        "I can't give a reliable answer to this right now. Please check with a qualified source.",
        min_length=1,
        description="What takes the place of a blocked answer.",
    )
    note: bool = Field(False, description="In mode annotate, append a short note to an answer that was contradicted.")
    crisis_lines: dict[str, str] = Field(
        {},
        description=(
            'Help lines by language, as JSON like {"en": "If you are in danger, call 112."}: appended to answers in a '
            "crisis that do not name the number."
        ),
    )
    tokens_per_hour: int | None = Field(
        None, gt=0, description="Tokens that checks may use; as they run short, fewer neutral turns are sampled."
    )
    check_concurrency: int = Field(2, ge=1, description="Checks done at the same time.")
    check_queue: int = Field(256, ge=1, description="Checks that may wait; more end as unable(queue_full).")
    check_deadline: float = Field(120, gt=0, description="Seconds that a check may take until unable(deadline).")
    verdict_ttl: float = Field(86_400, gt=0, description="Seconds that a verdict can be read.")
    verdict_capacity: int = Field(10_000, ge=1, description="Verdicts that are kept; the oldest go first.")
    secret: SecretStr | None = Field(
        None, description="Keys the sampling draw and the digests in logs. Default: a new one at each start."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`json`, `console`, or `auto`: console on a terminal, else JSON."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @field_validator("models", "header_modes", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _listed(value) if isinstance(value, str) else value

    @field_validator("mode_by_model", "mode_by_domain", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.partition("=") for pair in _listed(value)]
        if wrong := [name for name, sign, _ in pairs if not sign]:
            raise ValueError(f"must be like name=mode,name=mode; {wrong[0]!r} has no mode")
        return {name.strip(): mode.strip() for name, _, mode in pairs}

    @field_validator("mode_by_domain")
    @classmethod
    def _known_domains(cls, value: dict[str, Mode]) -> dict[str, Mode]:
        _are_domains(value)
        return value

    @field_validator("fail_closed", mode="before")
    @classmethod
    def _closed(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        named = frozenset(_listed(value)) - {"none"}
        _are_domains(named - {ANY_DOMAIN})
        return named

    @model_validator(mode="after")
    def _acting_needs_more(self) -> "Settings":
        """Editing on the word of one reference does harm as often as good (docs/check.md)."""
        acting = {
            "MODE": self.mode.acts,
            "MODE_BY_MODEL": any(mode.acts for mode in self.mode_by_model.values()),
            "MODE_BY_DOMAIN": any(mode.acts for mode in self.mode_by_domain.values()),
            "HEADER_MODES": any(mode.acts for mode in self.header_modes),
        }
        by = next((name for name, acts in acting.items() if acts), None)
        if by and self.second_model is None and not self.single_reference:
            raise ValueError(
                f"{PREFIX}{by} has a mode that changes answers, which needs a second model: set {PREFIX}SECOND_MODEL "
                f"(and {PREFIX}SECOND_URL), or accept more harm with {PREFIX}SINGLE_REFERENCE=true"
            )
        modes = {self.mode, *self.mode_by_model.values(), *self.mode_by_domain.values(), *self.header_modes}
        if Mode.BLOCK in modes and self.fail_closed is None:
            raise ValueError(
                f"{PREFIX}FAIL_CLOSED is not set; mode block needs to know what happens to answers that could not be "
                "checked: `none` lets them out, `all` replaces them"
            )
        return self

    @field_validator("detector_emotion")
    @classmethod
    def _emotion_may_be_off(cls, value: bool, info: ValidationInfo) -> bool:
        flag_on = info.data.get("flag_on")
        if not value and flag_on in (FlagOn.EMOTION, FlagOn.BOTH):
            raise ValueError(
                f"cannot be false while {PREFIX}FLAG_ON is {flag_on}, which needs emotions; "
                f"set {PREFIX}FLAG_ON to domain or either"
            )
        return value

    @field_validator("upstream_url", "checker_url", "second_url")
    @classmethod
    def _is_base_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be a URL like https://api.openai.com/v1")
        if parts.query or parts.fragment:
            raise ValueError("must have no query or fragment")
        return value.rstrip("/")


def _listed(value: str) -> list[str]:
    return list(filter(None, map(str.strip, value.split(","))))


def _are_domains(names: Iterable[str]) -> None:
    if wrong := sorted(set(names) - set(DOMAINS)):
        raise ValueError(f"knows no domain {', '.join(wrong)}; the domains are {', '.join(DOMAINS)}")


def load(flags: dict[str, Any] | None = None, config: str | None = None) -> Settings:
    """The settings from flags (those that are not None), environment and file.

    Raises:
        Problems: with every problem.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    file = config or os.environ.get(PREFIX + "CONFIG")
    if file and not Path(file).is_file():
        raise Problems([f"COOLHEAD_CONFIG: there is no file {file}"])

    class Loaded(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        return Loaded(**given)
    except ValidationError as error:
        raise Problems([_line(problem) for problem in error.errors(include_url=False, include_input=False)]) from None
    except (SettingsError, ValueError) as error:
        raise Problems([f"COOLHEAD_CONFIG: {error}"]) from None


def unknown_variables() -> list[str]:
    """COOLHEAD_* variables that no setting has: most likely misspelt."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {PREFIX + name for name in _ELSEWHERE}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def _line(problem: Any) -> str:
    name = ".".join(map(str, problem["loc"]))
    variable = PREFIX + name.upper()
    if not name:
        return str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "missing":
        return f"{variable} is not set; set it, use --{name.replace('_', '-')}, or put {name} into coolhead.toml"
    if problem["type"] == "extra_forbidden":
        return f"{name} is no setting; `coolhead config show` lists them all"
    text = str(problem["msg"]).removeprefix("Value error, ")
    return f"{variable} {text[0].lower()}{text[1:]}"
