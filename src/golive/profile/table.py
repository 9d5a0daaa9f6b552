"""The profile of a whole table: every column by its kind, then the facts that need more than one column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from golive.intake.base.dataset import explain_damage
from golive.model.columns import ColumnSpec, Roles
from golive.model.profile import ColumnProfile, Profile, Slice
from golive.profile import joint, reading
from golive.profile.fields import Field, Reduction, engine_of, fields_of
from golive.profile.local import failed, reduce_local
from golive.profile.remote import reduce_remote
from golive.profile.repeats import patients_repeat, with_patient_weights
from golive.profile.rows.matched import id_column
from golive.profile.slices import MOST_SLICED_COLUMNS, arrivals, slice_missing, slicings_of
from golive.profile.texts import reduce_texts
from golive.profile.times import reduce_times

if TYPE_CHECKING:
    from golive.intake import Dataset

LOCAL_ROWS = 20_000_000
"""Rows up to which an in-process table is reduced column by column in memory (160 MB a column)."""

IN_PROCESS = ("duckdb",)
_BY_VALUE = (Reduction.NUMBER, Reduction.CATEGORY)

Progress = Callable[[float, str], None]


@explain_damage()
def profile(
    dataset: Dataset,
    specs: Sequence[ColumnSpec],
    roles: Roles,
    *,
    progress: Progress | None = None,
    as_of: date | None = None,
) -> Profile:
    """Reduce a table to its profile.

    Args:
        dataset: an Ibis table with its name, hash, engine and the storage type of each column.
        specs: types and roles, decided on training data; columns that ``dataset`` does not have are passed over.
        roles: which columns identify, date and slice the rows.
        progress: called with a fraction (0 to 1) and a sentence.
        as_of: dates after this day count as future; today when absent.

    A column that cannot be read gets a ``ColumnProfile`` with ``error`` set; the others go on.
    """
    table, rows = dataset.table, dataset.rows
    fields = fields_of(table, dataset.storage, specs, roles)
    step = _stepper(progress, dataset.name, len(fields))
    local = engine_of(table) in IN_PROCESS and rows <= LOCAL_ROWS
    few = local and rows <= reading.ROWS
    slicings = (
        slicings_of(table, roles, rows, local=local) if len(fields) <= MOST_SLICED_COLUMNS else []
    )
    by_value = [f for f in fields if f.kind in _BY_VALUE]
    chosen = id_column(specs, roles)
    patient = chosen[0] if chosen and patients_repeat(table, chosen[0]) else None
    if local:
        reduced = reduce_local(table, by_value, rows, slicings, step, patient=patient)
    else:
        reduced = reduce_remote(table, by_value, rows, slicings, step)
    found = {name: one.profile for name, one in reduced.items()}
    day = as_of or date.today()

    def lost(field: Field, error: Exception) -> ColumnProfile:
        return failed(field, rows, error)

    def in_batches(
        kind: Reduction, width: int, work: Callable[[Sequence[Field]], list[ColumnProfile]]
    ) -> None:
        some = [f for f in fields if f.kind is kind]
        for start in range(0, len(some), width):
            batch = some[start : start + width]
            for field, one in zip(batch, reading.each_alone(work, batch, lost), strict=True):
                found[field.name] = one
                step(field)

    width = reading.COLUMNS if few else 1
    in_batches(Reduction.TIME, width, lambda some: reduce_times(table, some, rows, day, local=few))
    in_batches(
        Reduction.TEXT, reading.COLUMNS, lambda some: reduce_texts(table, some, rows, local=few)
    )
    columns = {f.name: found[f.name] for f in fields}
    if patient is not None:
        columns = with_patient_weights(
            table, columns, [f for f in fields if not local or f.kind not in _BY_VALUE], patient
        )
    readable = [f for f in fields if not columns[f.name].error]
    others = [f for f in readable if f.kind not in _BY_VALUE]
    slices: list[Slice] = []
    for i, slicing in enumerate(slicings):
        parts = {name: one.slices[i] for name, one in reduced.items() if one.slices}
        parts |= slice_missing(table, others, slicing, local=local)
        slices += slicing.slices(
            [{n: of[k] for n, of in parts.items()} for k in range(len(slicing.labels))]
        )
    return Profile(
        name=dataset.name,
        sha256=dataset.sha256,
        kind=dataset.kind,
        engine=dataset.engine,
        rows=rows,
        columns=columns,
        roles=roles,
        duplicate_rows=joint.duplicate_rows(table, columns, readable, rows),
        duplicate_keys=joint.duplicate_keys(table, columns, roles),
        missing_blocks=joint.missing_blocks(table, columns, readable),
        slices=tuple(slices),
        time_violations=joint.time_violations(table, readable),
        arrivals=arrivals(table, roles, [s.value for s in slices if s.by == "site"]),
        coverage=dataset.coverage,
    )


def _stepper(progress: Progress | None, name: str, total: int) -> Callable[[Field], None]:
    """A function to be called once per finished column."""
    done = count(1)

    def step(_field: Field) -> None:
        i = next(done)
        if progress:
            progress(i / total, f"profiling {name}, column {i} of {total}")

    return step
