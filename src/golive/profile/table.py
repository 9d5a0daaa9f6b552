"""The profile of a whole table: every column by its kind, then the facts that need more than one column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from golive.intake.base.damage import damage_explained
from golive.model.columns import ColumnSpec, Roles
from golive.model.profile import ColumnProfile, Profile, Slice
from golive.profile import joint, together
from golive.profile.arrivals import arrivals
from golive.profile.cutting import slice_missing, slicings_of
from golive.profile.fields import Field, Reduction, engine_of, fields_of
from golive.profile.local import failed, reduce_local
from golive.profile.remote import reduce_remote
from golive.profile.repeats import patients_repeat, weighed
from golive.profile.shared_ids import id_column
from golive.profile.slicing import MOST_SLICED_COLUMNS
from golive.profile.texts import reduce_texts
from golive.profile.times import reduce_times

if TYPE_CHECKING:
    from golive.intake import Dataset

LOCAL_ROWS = 20_000_000
"""Rows up to which an in-process table is reduced column by column in memory (160 MB a column)."""

IN_PROCESS = ("duckdb",)

Progress = Callable[[float, str], None]


@damage_explained()
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
    table = dataset.table
    rows = int(dataset.rows)
    fields = fields_of(table, dataset.storage, specs, roles)
    step = _stepper(progress, dataset.name, len(fields))
    local = engine_of(table) in IN_PROCESS and rows <= LOCAL_ROWS
    few = local and rows <= together.ROWS
    slicings = (
        slicings_of(table, roles, rows, local=local) if len(fields) <= MOST_SLICED_COLUMNS else []
    )
    main = [f for f in fields if f.kind in (Reduction.NUMBER, Reduction.CATEGORY)]
    chosen = id_column(specs, roles)
    patient = chosen[0] if chosen and patients_repeat(table, chosen[0]) else None
    if local:
        reduced = reduce_local(table, main, rows, slicings, step, patient=patient)
    else:
        reduced = reduce_remote(table, main, rows, slicings, step)
    found = {name: one.profile for name, one in reduced.items()}
    day = as_of or date.today()
    found |= _each(
        [f for f in fields if f.kind is Reduction.TIME],
        together.COLUMNS if few else 1,
        rows,
        step,
        lambda f: reduce_times(table, f, rows, day, local=few),
    )
    found |= _each(
        [f for f in fields if f.kind is Reduction.TEXT],
        together.COLUMNS,
        rows,
        step,
        lambda f: reduce_texts(table, f, rows, local=few),
    )
    columns = {f.name: found[f.name] for f in fields}
    if patient is not None:
        columns = weighed(
            table, columns, [f for f in fields if not local or f not in main], patient
        )
    others = [
        f
        for f in fields
        if f.kind in (Reduction.TIME, Reduction.TEXT) and not columns[f.name].error
    ]
    slices: list[Slice] = []
    for i, slicing in enumerate(slicings):
        held = {name: one.slices[i] for name, one in reduced.items() if one.slices}
        held |= slice_missing(table, others, slicing, local=local)
        slices += slicing.slices(
            [{n: parts[k] for n, parts in held.items()} for k in range(len(slicing.labels))]
        )
    readable = [f for f in fields if not columns[f.name].error]
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


def _each(
    fields: Sequence[Field],
    width: int,
    rows: int,
    step: Callable[[Field], None],
    work: Callable[[Sequence[Field]], list[ColumnProfile]],
) -> dict[str, ColumnProfile]:
    """Profile ``width`` columns at a time; when that fails, one by one, so that only the broken column is lost."""
    found: dict[str, ColumnProfile] = {}
    for start in range(0, len(fields), width):
        batch = fields[start : start + width]
        try:
            made = work(batch)
        except Exception as error:
            if len(batch) > 1:
                found |= _each(batch, 1, rows, step, work)
                continue
            made = [failed(batch[0], rows, error)]
        found |= {one.name: one for one in made}
        for field in batch:
            step(field)
    return found
