"""The Define page's form: what the pilot is for, how risky it is, what ready means, and the freeze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import streamlit as st

from golive.model.config import Config
from golive.model.errors import GoLiveError
from golive.model.readiness import Flag, Modifier, RiskProfile, Significance, Situation, Tier
from golive.readiness.risk import ESCALATORS, explain_tier, tier_of
from golive.store import Store
from golive.store.project import Project
from golive.ui.pilot import pilot
from golive.ui.shell import components, glossary, theme
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.labels import TIER_WORD
from golive.wording.numbers import day

SITUATION: dict[Situation, tuple[str, str]] = {
    "critical": ("Critical", "Life-threatening or needs major, time-critical intervention"),
    "serious": ("Serious", "Moderate in progression; early care matters, not usually within hours"),
    "non_serious": ("Not serious", "Slow, predictable; can be managed with minor intervention"),
}
SIGNIFICANCE: dict[Significance, tuple[str, str]] = {
    "inform": ("Informs", "Adds information; nothing follows from it directly"),
    "drive": ("Drives care", "Sorts, alerts or guides the next step"),
    "treat_diagnose": ("Treats or diagnoses", "Action is taken on the output"),
}
FLAG: dict[Flag, str] = {
    "genai": "It generates text",
    "writeback": "It writes into the record",
    "ehr": "It runs inside the EHR",
    "alerts": "It raises alerts",
    "device_us": "It is a medical device in the US",
    "device_eu": "It is a medical device in the EU",
    "canada": "It is used in Canada",
    "not_a_device": "It is not a medical device (scheduling, coding, prior authorisation)",
    "care_access": "It can delay or deny care",
}
FLOORS = {"auroc": "AUROC at least", "sensitivity": "Sensitivity at least", "ppv": "PPV at least"}
TIER_LOOK: dict[Tier, theme.BadgeColor] = {
    Tier.LOW: "green",
    Tier.MODERATE: "blue",
    Tier.HIGH: "orange",
    Tier.CRITICAL: "red",
}


def _choice(label: str, key: str, options: Mapping[Any, tuple[str, str]], value: Any) -> Any:
    return st.radio(
        label,
        list(options),
        format_func=lambda option: options[option][0],
        captions=[caption for _, caption in options.values()],
        key=pilot.seeded(key, value),
    )


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


def risk(config: Config) -> Config:
    """IMDRF situation and significance, what raises the tier, what switches criteria on, and the tier as it stands."""
    with st.container(border=True):
        st.subheader("2 · How risky it is", anchor=False)
        left, right = st.columns(2, gap="large")
        with left:
            situation = _choice(
                "State of the condition", "define_situation", SITUATION, config.risk.situation
            )
        with right:
            significance = _choice(
                "What the output does",
                "define_significance",
                SIGNIFICANCE,
                config.risk.significance,
            )
        left, right = st.columns(2, gap="large")
        with left:
            modifiers = st.multiselect(
                "What raises the risk",
                get_args(Modifier),
                format_func=lambda m: ESCALATORS[m][0].upper() + ESCALATORS[m][1:],
                key=pilot.seeded("define_modifiers", list(config.risk.modifiers)),
                placeholder="None of these",
                wrap=True,
                help="Any of these raises the tier by one.",
            )
        with right:
            flags = st.multiselect(
                "What applies",
                get_args(Flag),
                format_func=lambda f: FLAG[f],
                key=pilot.seeded("define_flags", list(config.risk.flags)),
                placeholder="None of these",
                wrap=True,
                help="Switches on the criteria that only such pilots must meet.",
            )
        profile = RiskProfile(
            situation=situation,
            significance=significance,
            modifiers=tuple(modifiers),
            flags=tuple(flags),
        )
        tier = tier_of(profile)
        why = explain_tier(profile).partition(": ")[2]
        st.markdown(
            f":{TIER_LOOK[tier]}-badge[:material/shield: {TIER_WORD[tier]} tier] {plain(why[0].upper() + why[1:])}"
        )
    return pilot.change(config, risk=profile)


def criteria(config: Config) -> Config:
    """Operating point, floors, what counts as drift, and the latency budget. An empty field sets no criterion."""
    with st.container(border=True):
        st.subheader("3 · What ready means", anchor=False)
        st.caption("An empty field sets no requirement. Values from 0 to 1 unless a unit is given.")
        floors = {}
        for column, (name, label) in zip(st.columns(3), FLOORS.items(), strict=True):
            value = column.number_input(
                label,
                0.0,
                1.0,
                step=0.01,
                format="%.2f",
                key=pilot.seeded(f"define_{name}", config.floors.get(name)),
                help=glossary.tip(label.removesuffix(" at least")),
            )
            if value is not None:
                floors[name] = value
        first, second, third = st.columns(3, vertical_alignment="bottom")
        operating = first.number_input(
            "Alert at a score of",
            0.0,
            1.0,
            step=0.01,
            format="%.2f",
            key=pilot.seeded("define_op", config.operating_threshold),
            help=glossary.tip("Threshold"),
        )
        alerts = second.number_input(
            "Alerts per site and day at most",
            0.1,
            10_000.0,
            step=1.0,
            format="%.0f",
            key=pilot.seeded("define_alerts", config.alert_limit_per_day),
            help="What those who answer the alerts have agreed to.",
        )
        latency = third.number_input(
            "Answer within (ms)",
            1.0,
            600_000.0,
            step=100.0,
            format="%.0f",
            key=pilot.seeded("define_ms", config.latency_budget_ms),
            help="From the request to the answer; the share of slower answers is measured.",
        )
        first, second, _ = st.columns(3, vertical_alignment="bottom")
        threshold = first.number_input(
            "Shift that matters",
            0.01,
            5.0,
            step=0.01,
            format="%.2f",
            key=pilot.seeded("define_drift", config.drift.threshold),
            help="For numbers in standard deviations of training (normalised Wasserstein), for categories a "
            "Jensen-Shannon distance. The same at every sample size.",
        )
        alpha = second.number_input(
            "Accepted false alarms",
            0.001,
            0.2,
            step=0.001,
            format="%.3f",
            key=pilot.seeded("define_alpha", config.drift.alpha),
            help="Significance level, after correction for the number of columns.",
        )
    other = {k: v for k, v in config.floors.items() if k not in FLOORS}
    drift = config.drift.model_copy(update={"threshold": threshold, "alpha": alpha})
    return pilot.change(
        config,
        floors={**other, **floors},
        operating_threshold=operating,
        latency_budget_ms=latency,
        alert_limit_per_day=alerts,
        drift=drift,
    )


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
        said = frozen_sentence(store, config.project)
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
        else:
            judged = any(not card.sample for card in store.list(config.project))
            st.markdown(
                "Live data of this pilot has been judged already: the criteria will be marked as frozen afterwards."
                if judged
                else "Freeze what ready means before anyone sees live data. Later changes stay visible."
            )
        reason = (
            st.text_input("Reason for the change", key="define_reason", max_chars=500)
            if said
            else ""
        )
        label = "Record the change" if said else "Freeze criteria"
        if not who.may("reviewer"):
            st.caption("Freezing needs the reviewer role.")
        if st.button(
            label,
            type="primary",
            icon=":material/lock:",
            key="freeze",
            disabled=not who.may("reviewer"),
        ):
            try:
                authorise(who, "reviewer", "freeze criteria")
                store.freeze_criteria(config.project, config, reason=reason, actor=who.name)
            except GoLiveError as error:
                components.error_box(error)
            else:
                st.rerun()
