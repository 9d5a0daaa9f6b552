"""``infer``: what every column is and what it is for, judged on training data, overridden by the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from golive.intake.base.dataset import Dataset
from golive.intake.columns.judging import guess, no_class, type_of, unfit
from golive.intake.columns.measure import ColumnCounts, measure
from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.config import Config
from golive.model.errors import InputError, Problem, nearest

_CONFIGURED = "type as configured"
_SINGLE = (
    Role.LABEL,
    Role.SCORE,
    Role.PREDICTION,
    Role.TIME,
    Role.ID,
    Role.SITE,
    Role.MODEL_VERSION,
)


def infer(train: Dataset, live: Dataset | None, config: Config) -> tuple[ColumnSpec, ...]:
    """Return type, role and reason of every column: those of training in their order, then those only in live data.

    Types are judged on training data; where training lacks the column or holds no value in it, a column that live data
    fills stays ``empty`` if training has it, and is judged on live data if it has not. ``config.columns`` wins over the
    judged type and ``config.roles`` over the guessed role.

    Raises:
        InputError: ``ROLE_TWICE`` for every column with two roles, ``ROLE_COLUMN`` for every role, and ``CONFIG_COLUMN`` for
            every declared column, that names a column which neither dataset has; ``ROLE_TYPE`` for every column whose
            values cannot play the role a person gave it.
    """
    extra = [c for c in live.columns if c not in train.storage] if live else []
    _check(config, [*train.columns, *extra])
    measured = measure(train, train.columns)
    if live and extra:
        measured |= measure(live, extra)
    of_class = dict.fromkeys(
        config.class_scores.values(), (Role.SCORE, "score of a class as configured")
    )
    given = of_class | _given(config.roles)
    specs = [_spec(m, name in extra, config, given.get(name)) for name, m in measured.items()]
    hint = "Name another column, or leave the role out."
    roles_given = [(given[s.name][0], s) for s in specs if s.name in given]
    _refuse(
        (r, s.name, wrong, hint)
        for r, s in roles_given
        if (wrong := unfit(r, s.type, measured[s.name]))
    )
    filled = {role for role, _ in given.values()}
    guesses = guess(specs, measured, set(given))
    roles = {c: (r, why) for c, (r, why) in guesses.items() if r not in filled} | given
    by_role = {role: measured[c] for c, (role, _) in roles.items()}
    # What was guessed to be an outcome or a decision has two values; a person may have named what is no class
    unclassed = no_class(by_role, bool(config.class_scores))
    _refuse(
        (role, by_role[role].name, wrong, todo) for role, wrong, todo in unclassed if role in filled
    )
    return tuple(_with_role(s, *roles[s.name]) if s.name in roles else s for s in specs)


def with_live_only(known: Sequence[ColumnSpec], live: Dataset) -> tuple[ColumnSpec, ...]:
    """The columns of training that is not read again, then those that only live data has, judged on live data.

    A role that could be guessed from a new column alone is no role of this project, so those have none.
    """
    names = {s.name for s in known}
    extra = tuple(c for c in live.columns if c not in names)
    if not extra:
        return tuple(known)
    storage = {c: live.storage[c] for c in extra}
    part = replace(live, table=live.table.select(*extra), columns=extra, storage=storage)
    found = infer(part, None, Config())
    return (*known, *(s.model_copy(update={"role": Role.FEATURE}) for s in found))


def roles_of(specs: Iterable[ColumnSpec]) -> Roles:
    """Collect the roles of columns. Groups and ignored columns keep their order.

    Several columns with the role score are the scores of classes: none of them is *the* score.
    """
    specs = tuple(specs)
    single = {s.role.value: s.name for s in reversed(specs) if s.role in _SINGLE}
    scores, groups, ignored = (
        tuple(s.name for s in specs if s.role is role)
        for role in (Role.SCORE, Role.GROUP, Role.IGNORED)
    )
    if len(scores) > 1:
        del single[Role.SCORE.value]
    return Roles(
        **single, class_scores=scores if len(scores) > 1 else (), groups=groups, ignored=ignored
    )


def _given(roles: Roles) -> dict[str, tuple[Role, str]]:
    """Columns whose role a person chose. A column named for two roles keeps the first of ``Roles.role_of``."""
    names = [*roles.features, *roles.ignored, *roles.named().values(), *roles.groups]
    chosen = {name: roles.role_of(name) for name in names}
    return {
        name: (role, f"{role.value.replace('_', ' ')} as configured")
        for name, role in chosen.items()
    }


def _check(config: Config, columns: list[str]) -> None:
    """Refuse names of columns that neither dataset has, columns of two roles, and scores of classes that are none."""
    problems = _check_classes(config, columns)
    named = config.roles.named()
    asked = [
        (f"Role '{role}' names column", name, "ROLE_COLUMN", "roles")
        for role, name in named.items()
    ]
    for key in ("groups", "ignored", "features"):
        asked += [
            (f"Role '{key}' names column", c, "ROLE_COLUMN", "roles")
            for c in getattr(config.roles, key)
        ]
    problems += _absent(asked, columns)
    for name in dict.fromkeys(named.values()):
        twice = [role for role, column in named.items() if column == name]
        if len(twice) > 1:
            sentence = f"Column '{name}' is given {len(twice)} roles: {', '.join(twice)}."
            problems.append(Problem("ROLE_TWICE", sentence, "Give a column one role.", "roles"))
    for name in config.columns:
        if name not in columns:
            sentence = f"Column '{name}' is declared and in neither dataset."
            problems.append(
                Problem("CONFIG_COLUMN", sentence, nearest(name, columns[:200]), "columns")
            )
    if problems:
        raise InputError(problems)


def _absent(asked: Iterable[tuple[str, str, str, str]], columns: Sequence[str]) -> list[Problem]:
    """Problems of columns that are named and in neither dataset; each is asked by who names it, its name, code and place."""
    return [
        Problem(
            code,
            f"{who} '{name}', which is in neither dataset.",
            nearest(name, columns[:200]),
            where,
        )
        for who, name, code, where in asked
        if name not in columns
    ]


def _check_classes(config: Config, columns: list[str]) -> list[Problem]:
    """Problems of ``class_scores``: no such column, a column twice or with a role, one class alone."""
    scores, where = config.class_scores, "class_scores"
    asked = [
        (f"'class_scores.{value}' names column", name, "ROLE_COLUMN", where)
        for value, name in scores.items()
    ]
    problems = _absent(asked, columns)
    taken = [*config.roles.named().values(), *config.roles.groups, *config.roles.ignored]
    for name in dict.fromkeys(scores.values()):
        if list(scores.values()).count(name) > 1 or name in taken:
            sentence = f"Column '{name}' is the score of a class and something else as well."
            problems.append(Problem("ROLE_TWICE", sentence, "Give a column one role.", where))
    if len(scores) == 1 or (scores and config.roles.score):
        sentence = (
            "'class_scores' is for an outcome of several classes, each with a column of its own."
        )
        hint = "Name a score for each of two or more classes and no other score, or use the role 'score'."
        problems.append(Problem("CLASS_SCORES", sentence, hint, where))
    return problems


def _refuse(wrong: Iterable[tuple[Role, str, str, str]]) -> None:
    """Refuse columns whose values cannot play the role a person gave them: role, column, what is wrong, what to do."""
    problems = [
        Problem(
            "ROLE_TYPE", f"Role '{role.value}' names column '{name}', which {what}.", hint, "roles"
        )
        for role, name, what, hint in wrong
    ]
    if problems:
        raise InputError(problems)


def _spec(
    m: ColumnCounts, only_live: bool, config: Config, given: tuple[Role, str] | None
) -> ColumnSpec:
    kind, reason = type_of(m)
    if only_live:
        reason += ", judged on live data because training lacks the column"
    if given and given[0] is Role.ID:
        kind, reason = ColumnType.IDENTIFIER, "the role makes it an identifier"
    declared = config.columns.get(m.name)
    if declared and declared.type:
        kind, reason = declared.type, _CONFIGURED
    return ColumnSpec(name=m.name, type=kind, reason=reason, storage=m.storage)


def _with_role(spec: ColumnSpec, role: Role, why: str) -> ColumnSpec:
    """Give a column its role. A site or version that looked like an identifier or a number is read as a category."""
    kind = spec.type
    keyed = kind in (ColumnType.IDENTIFIER, ColumnType.INTEGER, ColumnType.NUMERIC)
    if role in (Role.SITE, Role.MODEL_VERSION) and keyed and spec.reason != _CONFIGURED:
        kind = ColumnType.CATEGORY
    return spec.model_copy(update={"role": role, "type": kind, "reason": f"{spec.reason}; {why}"})
