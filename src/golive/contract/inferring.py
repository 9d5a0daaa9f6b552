"""A first contract from training data: what the model has seen is what it may be given."""

from __future__ import annotations

import math

from golive.compare.base.code_systems import decide
from golive.compare.base.measured import analyte_of, in_training_unit
from golive.compare.codes.reading import rows_by_code
from golive.compare.fields.disguised import is_missing_word
from golive.contract.counting import Counts, count
from golive.contract.terms import ColumnTerms, Contract
from golive.contract.unit_terms import contradiction
from golive.intake import Dataset, roles_of
from golive.intake import infer as infer_columns
from golive.model.columns import ColumnSpec, ColumnType, Role
from golive.model.config import ColumnConfig, Config
from golive.model.profile import ColumnProfile, NumericProfile
from golive.profile import profile

ROOM = 0.05
"""How much more may be missing than in training where training had gaps at all (share of rows)."""
MOST_LISTED = 50
"""Categories up to which a column's values are listed."""


def infer(
    train: Dataset, config: Config | None = None, *, owner: str = "", when_uncertain: str = ""
) -> Contract:
    """Infer the contract that ``train`` itself keeps.

    Types and roles are those of an assessment. A column that training always had is required; one with gaps may miss
    ``ROOM`` more, rounded up to a whole percent. Limits are the declared range, else what is possible in the unit of
    training (``data/clinical_ranges.yaml``), else training's own range and as much again on either side. What training
    breaks of it itself is allowed, rounded up to a tenth of a percent.

    Raises:
        InputError: the configuration names a column that training does not have, or an unknown code system.
    """
    config = config or Config()
    specs = infer_columns(train, None, config)
    profiled = profile(train, specs, roles_of(specs))
    drafts = [
        _terms(spec, profiled.columns[spec.name], config.columns.get(spec.name) or ColumnConfig())
        for spec in specs
        if spec.role is not Role.IGNORED and not profiled.columns[spec.name].error
    ]
    counts = count(train, drafts)
    columns = []
    for terms in drafts:
        found = counts[terms.name]
        declared = config.columns.get(terms.name)
        columns.append(
            terms.model_copy(
                update={
                    "max_missing": _room(
                        terms, found.missing / train.rows, declared.required if declared else None
                    ),
                    "max_invalid": _up(max(found.invalid_share, _mislabelled(terms, found)), 1000),
                }
            )
        )
    return Contract(
        name=config.project,
        purpose=config.intended_use,
        owner=owner,
        when_uncertain=when_uncertain,
        columns=tuple(columns),
    )


def _mislabelled(terms: ColumnTerms, found: Counts) -> float:
    """Share of training's own values whose label is another unit than the column's, 0 to 1."""
    other = contradiction(terms, found.units)
    return other.rows / other.n if other is not None and other.labels else 0.0


def _up(share: float, parts: int) -> float:
    """Round a share up to ``1 / parts``; the epsilon keeps 0.07 * 100 from becoming 8."""
    return min(1.0, math.ceil(share * parts - 1e-9) / parts)


def _room(terms: ColumnTerms, share: float, required: bool | None) -> float:
    if terms.role is Role.LABEL:  # outcomes come later than the batch
        return 1.0
    if share == 0:
        return 0.0 if required is not False else ROOM
    return _up(share, 100) if required else _up(min(1.0, share + ROOM), 100)


def _terms(spec: ColumnSpec, column: ColumnProfile, declared: ColumnConfig) -> ColumnTerms:
    base = ColumnTerms(
        name=spec.name,
        type=spec.type,
        role=spec.role,
        storage=spec.storage,
        unit=declared.unit,
        loinc=declared.loinc,
        release=declared.release,
        range=declared.range,
    )
    if spec.type.is_number and column.numeric is not None and column.numeric.n:
        return _number(base, column.numeric)
    if column.category is None or not column.category.n:
        return base
    if spec.type is ColumnType.CODE:
        codes = rows_by_code(column.category.as_dict())
        system = decide(spec.name, codes, declared.system)
        return base.model_copy(update={"system": system.id if system else None})
    # Labels are listed, never their counts, as in the pictures of a column.
    values = [value for value in column.category.values if not is_missing_word(value)]
    if column.category.other or not 0 < len(values) <= MOST_LISTED:
        return base
    return base.model_copy(update={"values": tuple(sorted(values))})


def _number(base: ColumnTerms, seen: NumericProfile) -> ColumnTerms:
    """Unit and limits of a number column."""
    if base.role in (Role.SCORE, Role.PREDICTION):
        inside = seen.minimum >= 0 and seen.maximum <= 1
        return base.model_copy(
            update={"range": (0.0, 1.0) if inside else (seen.minimum, seen.maximum)}
        )
    if base.role is not Role.FEATURE and base.role is not Role.GROUP:
        return base
    analyte = analyte_of(base.name, ColumnConfig(unit=base.unit, loinc=base.loinc))
    if analyte is not None:
        analyte = in_training_unit(analyte, base.unit, seen.values, seen.counts)
    update: dict[str, object] = {}
    if analyte is not None:
        update = {"unit": base.unit or analyte.unit, "loinc": base.loinc or analyte.loinc}
    if base.range is None:
        update["range"] = analyte.hard if analyte and analyte.hard else _own(seen)
    return base.model_copy(update=update)


def _own(seen: NumericProfile) -> tuple[float, float]:
    """Training's own range with as much again on either side; what was never negative stays so."""
    width = seen.maximum - seen.minimum
    low = seen.minimum - width
    return (max(0.0, low) if seen.minimum >= 0 else low, seen.maximum + width)
