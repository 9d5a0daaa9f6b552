"""``infer``: what every column is and what it is for, judged on training data, overridden by the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from golive.intake.base.dataset import Dataset
from golive.intake.columns.measure import Measured, measure
from golive.intake.columns.roles import guess, no_class, unfit
from golive.intake.columns.types import judge
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
    _check_roles(given, specs, measured)
    filled = {role for role, _ in given.values()}
    guesses = guess(specs, measured, set(given))
    roles = {c: (r, why) for c, (r, why) in guesses.items() if r not in filled} | given
    _check_quantities({role: measured[c] for c, (role, _) in roles.items()}, filled, config)
    return tuple(_with_role(s, *roles[s.name]) if s.name in roles else s for s in specs)


def with_live_only(known: Sequence[ColumnSpec], live: Dataset) -> tuple[ColumnSpec, ...]:
    """The columns of training that is not read again, then those that only live data has, judged on live data.

    A role that could be guessed from a new column alone is no role of this project, so those have none.
    """
    names = {s.name for s in known}
    extra = tuple(c for c in live.columns if c not in names)
    if not extra:
        return tuple(known)
    part = replace(
        live,
        table=live.table.select(*extra),
        columns=extra,
        storage={c: live.storage[c] for c in extra},
    )
    found = infer(part, None, Config())
    return (*known, *(s.model_copy(update={"role": Role.FEATURE}) for s in found))


def roles_of(specs: Iterable[ColumnSpec]) -> Roles:
    """Collect the roles of columns. Groups and ignored columns keep their order.

    Several columns with the role score are the scores of classes: none of them is *the* score.
    """
    specs = tuple(specs)
    single = {s.role.value: s.name for s in reversed(specs) if s.role in _SINGLE}
    scores = tuple(s.name for s in specs if s.role is Role.SCORE)
    if len(scores) > 1:
        del single[Role.SCORE.value]
    return Roles(
        **single,
        class_scores=scores if len(scores) > 1 else (),
        groups=tuple(s.name for s in specs if s.role is Role.GROUP),
        ignored=tuple(s.name for s in specs if s.role is Role.IGNORED),
    )


def _given(roles: Roles) -> dict[str, tuple[Role, str]]:
    """Columns whose role a person chose. A column named for two roles keeps the first of ``Roles.role_of``."""
    names = [*roles.features, *roles.ignored, *roles.named().values(), *roles.groups]
    return {
        name: (roles.role_of(name), f"{roles.role_of(name).value.replace('_', ' ')} as configured")
        for name in names
    }


def _check(config: Config, columns: list[str]) -> None:
    problems = _check_classes(config, columns)
    asked = [(role, name) for role, name in config.roles.named().items()]
    asked += [
        (key, c) for key in ("groups", "ignored", "features") for c in getattr(config.roles, key)
    ]
    for role, name in asked:
        if name not in columns:
            sentence = f"Role '{role}' names column '{name}', which is in neither dataset."
            problems.append(Problem("ROLE_COLUMN", sentence, nearest(name, columns[:200]), "roles"))
    named = config.roles.named()
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


def _check_roles(
    given: dict[str, tuple[Role, str]], specs: list[ColumnSpec], measured: dict[str, Measured]
) -> None:
    problems = []
    for spec in specs:
        role = given[spec.name][0] if spec.name in given else Role.FEATURE
        if wrong := unfit(role, spec.type, measured[spec.name]):
            sentence = f"Role '{role.value}' names column '{spec.name}', which {wrong}."
            problems.append(
                Problem(
                    "ROLE_TYPE", sentence, "Name another column, or leave the role out.", "roles"
                )
            )
    if problems:
        raise InputError(problems)


def _check_quantities(of: dict[Role, Measured], filled: set[Role], config: Config) -> None:
    """Refuse what a person named as classes and is none; what was guessed has two values."""
    problems = [
        Problem(
            "ROLE_TYPE",
            f"Role '{role.value}' names column '{of[role].name}', which {wrong}.",
            hint,
            "roles",
        )
        for role, wrong, hint in no_class(of, bool(config.class_scores))
        if role in filled
    ]
    if problems:
        raise InputError(problems)


def _check_classes(config: Config, columns: list[str]) -> list[Problem]:
    """Problems of ``class_scores``: no such column, a column twice or with a role, one class alone."""
    scores, problems = config.class_scores, []
    for value, name in scores.items():
        if name not in columns:
            sentence = f"'class_scores.{value}' names column '{name}', which is in neither dataset."
            problems.append(
                Problem("ROLE_COLUMN", sentence, nearest(name, columns[:200]), "class_scores")
            )
    taken = [*config.roles.named().values(), *config.roles.groups, *config.roles.ignored]
    for name in dict.fromkeys(scores.values()):
        if list(scores.values()).count(name) > 1 or name in taken:
            sentence = f"Column '{name}' is the score of a class and something else as well."
            problems.append(
                Problem("ROLE_TWICE", sentence, "Give a column one role.", "class_scores")
            )
    if len(scores) == 1 or (scores and config.roles.score):
        sentence = (
            "'class_scores' is for an outcome of several classes, each with a column of its own."
        )
        hint = "Name a score for each of two or more classes and no other score, or use the role 'score'."
        problems.append(Problem("CLASS_SCORES", sentence, hint, "class_scores"))
    return problems


def _spec(
    m: Measured, only_live: bool, config: Config, given: tuple[Role, str] | None
) -> ColumnSpec:
    kind, reason = judge(m)
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
