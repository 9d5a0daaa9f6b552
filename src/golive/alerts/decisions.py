"""Decisions that are written in one go: alerts from a batch, from a missed one, from silence of people, and their messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from golive.alerts.engine import feed_stream, step
from golive.alerts.rules import Rules
from golive.alerts.words import body, subject, title_of
from golive.model.monitoring import Alert, Delivery, Mute
from golive.store.monitors import Changes, State

Decide = Callable[[State], Changes]
TOLD = ("opened", "reopened", "escalated")
"""What is sent: one message per cause. Everything else, worse performance beside it too, is in the app and in the run."""
_MISSING = "batch_missing"


def on_batch(rules: Rules) -> Decide:
    """What the batch that was just judged changes."""

    def decide(state: State) -> Changes:
        changed = step(state.recent, state.alerts, rules, now=state.now)
        known = {a.id: a for a in state.alerts}
        told = [
            a
            for a in changed
            if a.change in TOLD and (a.id not in known or known[a.id].change != a.change)
        ]
        return Changes(changed, messages(told, rules, state.mutes, state.now))

    return decide


def on_missed(monitor: str, slots: Iterable[datetime], rules: Rules) -> Decide:
    """Batches that did not come: one alert while it lasts, every slot once."""

    def decide(state: State) -> Changes:
        told_of = {slot for a in state.alerts if a.kind == _MISSING for slot in a.slots}
        new = tuple(sorted(slot for slot in slots if slot not in told_of))
        if not new or any(r.kind == _MISSING and r.ignore for r in rules.rules):
            return Changes()
        active = next((a for a in state.alerts if a.kind == _MISSING and a.active), None)
        if active is not None:
            update = {
                "slots": (*active.slots, *new),
                "last": new[-1],
                "seen": active.seen + len(new),
            }
            return Changes((active.model_copy(update={**update, "change": "joined"}),))
        stream = feed_stream(_MISSING)
        alert = Alert(
            id=f"missing-{new[0]:%Y%m%d%H%M}-{monitor}"[:80],
            monitor=monitor,
            kind=_MISSING,
            streams=(stream.key,),
            severity=stream.severity,
            route=next(
                (r.route for r in rules.rules if r.kind == _MISSING and r.route), stream.route
            ),
            title=title_of(_MISSING, ()),
            onset=new[0],
            opened=new[0],
            last=new[-1],
            opened_at=state.now,
            seen=len(new),
            slots=new,
        )
        return Changes((alert,), messages([alert], rules, state.mutes, state.now))

    return decide


def on_time(rules: Rules) -> Decide:
    """Alerts that nobody acknowledged in time are told to one more route, once."""

    def decide(state: State) -> Changes:
        if rules.escalate is None:
            return Changes()
        late = [
            a.model_copy(update={"escalated": True, "change": "escalated"})
            for a in state.alerts
            if a.state == "open"
            and not a.escalated
            and state.now - a.opened_at >= rules.escalate.after
        ]
        return Changes(tuple(late), messages(late, rules, state.mutes, state.now))

    return decide


def messages(
    alerts: Iterable[Alert], rules: Rules, mutes: Iterable[Mute], now: datetime
) -> tuple[Delivery, ...]:
    """One message per alert, for its route; to the route of escalation when it is about that. Muted ones are kept unsent."""
    made = []
    for alert in alerts:
        late = alert.change == "escalated" and rules.escalate
        route = late.to if late else alert.route.value
        muted = any(
            m.monitor == alert.monitor
            and m.until > now
            and (not m.column or m.column in alert.columns)
            for m in mutes
        )
        made.append(
            Delivery(
                id=f"{alert.id}/{alert.change}/{alert.last:%Y%m%d%H%M}",
                monitor=alert.monitor,
                alert=alert.id,
                route=route,
                title=subject(alert),
                body=body(alert),
                state="muted" if muted else "queued",
                next_try=now,
            )
        )
    return tuple(made)
