"""Intake: any source to a Dataset whose rows stay in their engine, plus the type and role of every column."""

from golive.intake.base.dataset import Dataset, Limits
from golive.intake.columns.inference import infer, roles_of, with_live_only
from golive.intake.config_file import load_config
from golive.intake.source import read

__all__ = ["Dataset", "Limits", "infer", "load_config", "read", "roles_of", "with_live_only"]
