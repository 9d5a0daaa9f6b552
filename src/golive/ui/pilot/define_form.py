"""The Define page's form: what the pilot is for, how risky it is, what ready means, who acts on what, and the freeze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from golive.model.config import Config
from golive.model.finding import KINDS, SIGNAL_OF, Severity, Signal
from golive.model.readiness import Modifier, RiskProfile, Tier
from golive.model.routing import RoutingRule
from golive.readiness.risk import ESCALATORS, explain_tier, tier_of
from golive.store import Store
from golive.store.project import Project
from golive.ui.pilot import pilot
from golive.ui.pilot.words import WORDS
from golive.ui.shell import components, glossary, theme
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.labels import ROUTE_WORD, SIGNAL_WORD, TIER_WORD
from golive.wording.numbers import day

T = TypeVar("T")
MEANING = {
    "define_modifiers": "Any of these raises the tier by one.",
    "define_flags": "Switches on the criteria that only such pilots must meet.",
}
FLOORS = ("auroc", "sensitivity", "ppv")
AS_JUDGED = "as judged"
_WHAT, _OWNER, _SEVERITY, _FROM = "Findings", "Owner", "Severity", "Act from a change of"
TIER_LOOK: dict[Tier, theme.BadgeColor] = {
    Tier.LOW: "green",
    Tier.MODERATE: "blue",
    Tier.HIGH: "orange",
    Tier.CRITICAL: "red",
}


def _number(place: DeltaGenerator, name: str, value: float | None) -> Any:
    """Ask for one of the numbers of what ready means; an empty field is ``None``."""
    field = WORDS.numbers[name]
    tip = glossary.TERMS.get(field["help"], field["help"])
    return place.number_input(**field | {"help": tip}, key=pilot.seeded(f"define_{name}", value))


def purpose(config: Config) -> Config:
    """Name and intended use."""
    with st.container(border=True):
        st.subheader("1 · What it is for", anchor=False)
        name = st.text_input(
            "Pilot", key=pilot.seeded("define_project", config.project), max_chars=80
        )
        use = st.text_area(
            "Intended use",
            key=pilot.seeded("define_use", config.intended_use),
            placeholder="Who uses the output, on which patients, to decide what – and what it is not for.",
            max_chars=2000,
            height=110,
        )
    return pilot.change(config, project=name.strip() or config.project, intended_use=use.strip())


def _choice(
    place: DeltaGenerator, label: str, key: str, options: Mapping[T, tuple[str, str]], value: T
) -> T:
    chosen: T = place.radio(
        label,
        list(options),
        format_func=lambda option: options[option][0],
        captions=[caption for _, caption in options.values()],
        key=pilot.seeded(key, value),
    )
    return chosen


def _several(
    place: DeltaGenerator, label: str, key: str, options: Mapping[T, str], value: tuple[T, ...]
) -> tuple[T, ...]:
    chosen = place.multiselect(
        label,
        list(options),
        format_func=options.__getitem__,
        key=pilot.seeded(key, list(value)),
        placeholder="None of these",
        wrap=True,
        help=MEANING[key],
    )
    return tuple(chosen)


def risk(config: Config) -> Config:
    """IMDRF situation and significance, what raises the tier, what switches criteria on, and the tier as it stands."""
    now = config.risk
    raised: dict[Modifier, str] = {m: _capital(ESCALATORS[m]) for m in get_args(Modifier)}
    with st.container(border=True):
        st.subheader("2 · How risky it is", anchor=False)
        left, right = st.columns(2, gap="large")
        situation = _choice(
            left, "State of the condition", "define_situation", WORDS.situation, now.situation
        )
        significance = _choice(
            right,
            "What the output does",
            "define_significance",
            WORDS.significance,
            now.significance,
        )
        left, right = st.columns(2, gap="large")
        modifiers = _several(
            left, "What raises the risk", "define_modifiers", raised, now.modifiers
        )
        flags = _several(right, "What applies", "define_flags", WORDS.flags, now.flags)
        profile = RiskProfile(
            situation=situation, significance=significance, modifiers=modifiers, flags=flags
        )
        tier = tier_of(profile)
        why = _capital(explain_tier(profile).partition(": ")[2])
        badge = f":{TIER_LOOK[tier]}-badge[:material/shield: {TIER_WORD[tier]} tier]"
        st.markdown(f"{badge} {plain(why)}")
    return pilot.change(config, risk=profile)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def criteria(config: Config) -> Config:
    """Operating point, floors, what counts as drift, and the latency budget. An empty field sets no criterion."""
    with st.container(border=True):
        st.subheader("3 · What ready means", anchor=False)
        st.caption("An empty field sets no requirement. Values from 0 to 1 unless a unit is given.")
        typed = {
            name: _number(place, name, config.floors.get(name))
            for place, name in zip(st.columns(3), FLOORS, strict=True)
        }
        first, second, third = st.columns(3, vertical_alignment="bottom")
        operating = _number(first, "op", config.operating_threshold)
        alerts = _number(second, "alerts", config.alert_limit_per_day)
        latency = _number(third, "ms", config.latency_budget_ms)
        first, second, _ = st.columns(3, vertical_alignment="bottom")
        drift = {
            "threshold": _number(first, "drift", config.drift.threshold),
            "alpha": _number(second, "alpha", config.drift.alpha),
        }
    other = {name: floor for name, floor in config.floors.items() if name not in typed}
    return pilot.change(
        config,
        floors=other | {name: floor for name, floor in typed.items() if floor is not None},
        operating_threshold=operating,
        latency_budget_ms=latency,
        alert_limit_per_day=alerts,
        drift=config.drift.model_copy(update=drift),
    )


def _options() -> dict[str, dict[str, str]]:
    """What a rule may be about, in words: every signal as a whole, then each of its kinds."""
    found: dict[str, dict[str, str]] = {}
    for signal, kinds in KINDS.items():
        found[_about(signal)] = {"signal": signal.value}
        found |= {_about(signal, kind): {"kind": kind} for kind in kinds}
    return found


def _about(signal: Signal, kind: str = "all") -> str:
    return f"{SIGNAL_WORD[signal]}: {kind.replace('_', ' ')}"


def words(rule: RoutingRule) -> str:
    """What a rule is about, as the table writes it."""
    if rule.kind is not None:
        return _about(SIGNAL_OF[rule.kind], rule.kind)
    return _about(rule.signal) if rule.signal is not None else ""


def rules_of(rows: list[dict[str, Any]]) -> tuple[tuple[RoutingRule, ...], list[str]]:
    """Rules of the rows that say something, and what is wrong with the others."""
    options, rules, wrong = _options(), [], []
    routes = {word: route.value for route, word in ROUTE_WORD.items()}
    for row in rows:
        about, size = options.get(str(row.get(_WHAT) or "")), row.get(_FROM)
        typed = {
            "route": routes.get(str(row.get(_OWNER))),
            "severity": row.get(_SEVERITY) if row.get(_SEVERITY) in set(Severity) else None,
            "at_least": size if isinstance(size, (int, float)) else None,
        }
        said: dict[str, Any] = {key: value for key, value in typed.items() if value is not None}
        if about is None and not said:
            continue
        if about is None or not said:
            wrong.append(
                "A row needs findings, and an owner, a severity or a change: it is not used yet."
            )
        elif float(said.get("at_least", 1)) <= 0:
            wrong.append(f"{row[_WHAT]}: the change must be above 0.")
        else:
            rules.append(RoutingRule.model_validate(about | said))
    return tuple(rules), wrong


def routing(config: Config) -> Config:
    """The rules of the pilot; those that name columns come from the configuration file and stay as they are."""
    with st.expander("Who acts on what", icon=":material/alt_route:"):
        st.caption(
            "Every finding has an owner and a severity. A row replaces them for this pilot; with a change, only findings of "
            "that size call for action. What may be chance never does. The first row that fits decides."
        )
        key = f"routing:{config.project}"
        shown = [r for r in config.routing if not r.columns]
        start = st.session_state.setdefault(f"{key}:start", [_row(r) for r in shown])
        choice = st.column_config.SelectboxColumn
        unit = "In the unit of the finding: 0.05 is five points of a share or of AUROC."
        edited = st.data_editor(
            start or [{_WHAT: None, _OWNER: AS_JUDGED, _SEVERITY: AS_JUDGED, _FROM: None}],
            key=key,
            num_rows="dynamic",
            hide_index=True,
            width="stretch",
            column_config={
                _WHAT: choice(options=list(_options()), width="large"),
                _OWNER: choice(options=[AS_JUDGED, *ROUTE_WORD.values()]),
                _SEVERITY: choice(options=[AS_JUDGED, *(s.value for s in Severity)]),
                _FROM: st.column_config.NumberColumn(help=unit),
            },
        )
        rules, wrong = rules_of(edited)
        for sentence in dict.fromkeys(wrong):
            st.caption(f":material/edit: {sentence}")
        kept = tuple(r for r in config.routing if r.columns)
        if kept:
            st.caption(
                f"{len(kept)} more rules name columns; they are kept from the configuration file."
            )
    return pilot.change(config, routing=(*(r.model_dump() for r in (*rules, *kept)),))


def _row(rule: RoutingRule) -> dict[str, Any]:
    return {
        _WHAT: words(rule),
        _OWNER: ROUTE_WORD[rule.route] if rule.route else AS_JUDGED,
        _SEVERITY: rule.severity.value if rule.severity else AS_JUDGED,
        _FROM: rule.at_least,
    }


def frozen_sentence(store: Store, project: str) -> str:
    """``Frozen 3 Oct 2026, before live data. Changed once: reason.`` Empty when nothing is frozen."""
    versions, lock = store.criteria(project), Project(store, project).lock()
    if not versions or lock is None:
        return ""
    when = "before live data" if lock.before_live else "after live data had been judged"
    said = f"Frozen {day(versions[0].frozen_at.isoformat())} by {versions[0].actor}, {when}."
    reasons = [version.reason for version in versions if version.reason]
    if lock.changes:
        times = "once" if lock.changes == 1 else f"{lock.changes} times"
        said += f" Changed {times}: {'; '.join(reasons)}"
    return said


def freeze(store: Store, config: Config, who: Identity) -> None:
    """The state of the criteria in plain words, and the one button that freezes or changes them."""
    with st.container(border=True):
        st.subheader("4 · Agreement", anchor=False)
        said, reason = frozen_sentence(store, config.project), ""
        if said:
            st.markdown(f":material/lock: {plain(said)}")
            now = Project(store, config.project).lock(config)
            if now and now.changes == len(store.criteria(config.project)) - 1:
                st.caption(
                    "The form above shows the frozen criteria. Change a field to propose another version."
                )
                return
            st.markdown(
                "The form above differs from what was frozen. The change is recorded with its reason, and it shows."
            )
            reason = st.text_input("Reason for the change", key="define_reason", max_chars=500)
        elif any(not card.sample for card in store.list(config.project)):
            st.markdown(
                "Live data of this pilot has been judged already: the criteria will be marked as frozen afterwards."
            )
        else:
            st.markdown(
                "Freeze what ready means before anyone sees live data. Later changes stay visible."
            )
        may = who.may("reviewer")
        if not may:
            st.caption("Freezing needs the reviewer role.")
        if st.button(
            "Record the change" if said else "Freeze criteria",
            type="primary",
            icon=":material/lock:",
            key="freeze",
            disabled=not may,
        ):
            with components.errors_shown():
                authorise(who, "reviewer", "freeze criteria")
                store.freeze_criteria(config.project, config, reason=reason, actor=who.name)
                st.rerun()
