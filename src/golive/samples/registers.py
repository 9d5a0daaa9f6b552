"""The registers of the default sample: scope, owners, indicators, hazards and the like, as a team could have kept them."""

from __future__ import annotations

from importlib.resources import files

import yaml

from golive.model.registers import Registers
from golive.samples.catalogue import DEFAULT


def registers(name: str) -> Registers:
    """Registers that belong to sample ``name``; empty for all but the default one."""
    if name != DEFAULT:
        return Registers()
    text = files("golive.samples").joinpath("registers.yaml").read_text(encoding="utf-8")
    return Registers.model_validate(yaml.safe_load(text))
