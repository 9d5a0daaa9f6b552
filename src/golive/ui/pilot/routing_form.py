"""Who acts on what: owner, severity and threshold per kind of finding, as a table that is edited in place."""

from __future__ import annotations

from typing import Any

import streamlit as st

from golive.model.config import Config
from golive.model.finding import KINDS, SIGNAL_OF, Severity, Signal
from golive.model.routing import RoutingRule
from golive.ui.pilot import pilot
from golive.wording.labels import ROUTE_WORD, SIGNAL_WORD

AS_JUDGED = "as judged"
_WHAT, _OWNER, _SEVERITY, _FROM = "Findings", "Owner", "Severity", "Act from a change of"


def _options() -> dict[str, dict[str, str]]:
    """What a rule may be about, in words: every signal as a whole, then each of its kinds."""
    found: dict[str, dict[str, str]] = {}
    for signal, kinds in KINDS.items():
        found[_about(signal)] = {"signal": signal.value}
        found |= {_about(signal, kind): {"kind": kind} for kind in kinds}
    return found


def _about(signal: Signal, kind: str = "") -> str:
    return (
        f"{SIGNAL_WORD[signal]}: {kind.replace('_', ' ')}"
        if kind
        else f"{SIGNAL_WORD[signal]}: all"
    )


def words(rule: RoutingRule) -> str:
    """What a rule is about, as the table writes it."""
    if rule.kind is not None:
        return _about(SIGNAL_OF[rule.kind], rule.kind)
    return _about(rule.signal) if rule.signal is not None else ""


def rules_of(rows: list[dict[str, Any]]) -> tuple[tuple[RoutingRule, ...], list[str]]:
    """Rules of the rows that say something, and what is wrong with the others."""
    options, rules, wrong = _options(), [], []
    for row in rows:
        about = options.get(str(row.get(_WHAT) or ""))
        said: dict[str, Any] = {
            "route": next(
                (route.value for route, word in ROUTE_WORD.items() if word == row.get(_OWNER)), None
            ),
            "severity": next((s.value for s in Severity if s.value == row.get(_SEVERITY)), None),
            "at_least": row.get(_FROM) if isinstance(row.get(_FROM), (int, float)) else None,
        }
        said = {key: value for key, value in said.items() if value is not None}
        if about is None or not said:
            if about is not None or said:
                wrong.append(
                    "A row needs findings, and an owner, a severity or a change: it is not used yet."
                )
            continue
        if float(said.get("at_least", 1)) <= 0:
            wrong.append(f"{row[_WHAT]}: the change must be above 0.")
            continue
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
        edited = st.data_editor(
            start or [_empty()],
            key=key,
            num_rows="dynamic",
            hide_index=True,
            width="stretch",
            column_config={
                _WHAT: st.column_config.SelectboxColumn(options=list(_options()), width="large"),
                _OWNER: st.column_config.SelectboxColumn(options=[AS_JUDGED, *ROUTE_WORD.values()]),
                _SEVERITY: st.column_config.SelectboxColumn(
                    options=[AS_JUDGED, *(s.value for s in Severity)]
                ),
                _FROM: st.column_config.NumberColumn(
                    help="In the unit of the finding: 0.05 is five points of a share or of AUROC."
                ),
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


def _empty() -> dict[str, Any]:
    return {_WHAT: None, _OWNER: AS_JUDGED, _SEVERITY: AS_JUDGED, _FROM: None}
