"""The alert engine: from the last batches and the alerts there are to the alerts there should be. Pure: no clock, no store.

- One alert per cause. Streams of one kind and place that begin together are one alert; what outputs do while inputs are in
  trouble is listed with that trouble as its consequence, unless performance falls long after it began.
- Persistence: an alert opens when a stream crosses its threshold in k of the last n assessed batches.
- Hysteresis: it clears only after several batches in a row in which the stream does not even say Watch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from golive.alerts.rules import Rules
from golive.alerts.streams import DOWNSTREAM, FEED, Stream, streams_of
from golive.alerts.words import HARM, title_of
from golive.model.finding import Route, Severity
from golive.model.monitoring import Alert, Batch

SMALL_BATCH = 0.5
"""Share of the median number of rows under which a batch is taken for incomplete."""
_FEWEST_FOR_USUAL = 5
CONSEQUENCE = 12
"""Batches after which worse performance is no consequence of an input trouble any more (a window of outcomes, and some)."""
_SEVERITY = (Severity.INFO, Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)


def family(alert: Alert) -> str:
    """Family of what an alert is about; ``outputs`` only when nothing else is in it."""
    families = {key.split(":", 1)[0] for key in alert.streams}
    return min(families - {DOWNSTREAM}, default=DOWNSTREAM)


@dataclass
class _Desk:
    """Alerts on the table: as they were, and what became of them."""

    monitor: str
    now: datetime
    slot: datetime
    rules: Rules
    alerts: dict[str, Alert]
    changed: dict[str, Alert] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    """Alerts that open (again) with this batch: their message is still to be written."""

    def put(self, alert: Alert) -> None:
        self.alerts[alert.id] = alert
        self.changed[alert.id] = alert

    def covering(self, key: str) -> Alert | None:
        """The alert that covers a stream: an active one first, else one a person resolved while it lasted."""
        held = [a for a in self.alerts.values() if key in a.streams]
        active = next((a for a in held if a.active), None)
        return active or next((a for a in held if a.state == "resolved"), None)

    def open(
        self, streams: list[Stream], onset: datetime, slots: tuple[datetime, ...] = ()
    ) -> Alert:
        lead = max(streams, key=lambda s: (_SEVERITY.index(s.severity), s.key))
        columns = tuple(
            dict.fromkeys(c for s in sorted(streams, key=lambda s: s.key) for c in s.columns)
        )
        name = f"{self.monitor}\0{lead.group}\0{min(s.key for s in streams)}\0{onset.isoformat()}"
        alert = Alert(
            id=hashlib.sha256(name.encode()).hexdigest()[:12],
            monitor=self.monitor,
            kind=lead.kind,
            columns=columns,
            segment=lead.segment,
            streams=tuple(sorted(s.key for s in streams)),
            severity=lead.severity,
            route=lead.route,
            title=title_of(lead.kind, columns),
            onset=onset,
            opened=self.slot,
            last=self.slot,
            opened_at=self.now,
            slots=slots,
        )
        self.put(alert)
        self.fresh.add(alert.id)
        return alert


def step(
    recent: tuple[Batch, ...], alerts: Iterable[Alert], rules: Rules, *, now: datetime
) -> tuple[Alert, ...]:
    """Return the alerts that the last of ``recent`` changes, as they are now.

    Args:
        recent: the last batches of one monitor in the order in which they were judged, ``rules.longest`` or more of them.
        alerts: every alert of the monitor.
        rules: thresholds.
        now: the time written to alerts that open.
    """
    current = recent[-1]
    desk = _Desk(current.monitor, now, current.slot, rules, {a.id: a for a in alerts})
    streams = streams_of(current, rules)
    if small := _small(recent):
        streams[small.key] = small
    _feed(desk, streams, assessed=current.state == "assessed")
    if current.state == "assessed":
        past = [b for b in recent if b.state == "assessed"]
        history = [(b.slot, streams_of(b, rules)) for b in past]
        _data(desk, history)
    return tuple(desk.changed.values())


def _small(recent: tuple[Batch, ...]) -> Stream | None:
    """A batch with far fewer rows than the ones before it."""
    usual = [b.rows for b in recent[:-1] if b.state == "assessed"]
    current = recent[-1]
    if (
        current.state != "assessed"
        or len(usual) < _FEWEST_FOR_USUAL
        or current.rows >= SMALL_BATCH * median(usual)
    ):
        return None
    return feed_stream("batch_small", Severity.MAJOR)


def feed_stream(kind: str, severity: Severity = Severity.CRITICAL) -> Stream:
    """The stream of trouble with the delivery itself."""
    return Stream(
        f"{FEED}:{kind}", FEED, kind, (), "", severity, Route.ENGINEERING, "", True, (1, 1)
    )


def _feed(desk: _Desk, streams: dict[str, Stream], *, assessed: bool) -> None:
    """Trouble with the delivery opens at once and ends with the next batch that is in order."""
    for key, stream in streams.items():
        if stream.family != FEED or not stream.crossing:
            continue
        known = desk.covering(key)
        if known is not None and known.active:
            desk.put(
                known.model_copy(
                    update={"last": desk.slot, "seen": known.seen + 1, "change": "joined"}
                )
            )
        else:
            desk.open([stream], desk.slot)
    if not assessed:
        return
    for alert in list(desk.alerts.values()):
        ours = alert.active and family(alert) == FEED and alert.streams[0] not in streams
        if ours and desk.slot >= max(alert.slots, default=desk.slot):
            desk.put(alert.model_copy(update={"state": "cleared", "change": "cleared", "quiet": 1}))


def _data(desk: _Desk, history: list[tuple[datetime, dict[str, Stream]]]) -> None:
    current = history[-1][1]
    crossing = {k: s for k, s in current.items() if s.crossing and s.family != FEED}
    _refresh(desk, current, crossing)
    for stream in crossing.values():
        _take_out(desk, history, stream)
    loose = {k: s for k, s in crossing.items() if not ((a := desk.covering(k)) and a.active)}
    ripe = {k: s for k, s in loose.items() if _hits(desk, history, s) >= s.persist[0]}
    inputs = {k: s for k, s in ripe.items() if s.family != DOWNSTREAM}
    for group in sorted({s.group for s in inputs.values()}):
        _begin(desk, history, group, inputs, loose)
    outputs = {k: s for k, s in ripe.items() if s.family == DOWNSTREAM}
    if outputs:
        _follow(desk, history, outputs, loose)


def _refresh(desk: _Desk, current: dict[str, Stream], crossing: dict[str, Stream]) -> None:
    """Count what goes on and what is silent; clear what has been silent long enough."""
    for alert in list(desk.alerts.values()):
        if alert.state == "cleared" or family(alert) == FEED:
            continue
        if any(key in crossing for key in alert.streams):
            if alert.active:
                seen = {"last": desk.slot, "seen": alert.seen + 1, "quiet": 0}
                desk.put(alert.model_copy(update=seen))
        elif (
            not any(key in current for key in alert.streams)
            and alert.quiet < desk.rules.clear_after
        ):
            update: dict[str, object] = {"quiet": alert.quiet + 1}
            if alert.active and alert.quiet + 1 >= desk.rules.clear_after:
                update |= {"state": "cleared", "change": "cleared"}
            desk.put(alert.model_copy(update=update))


def _hits(desk: _Desk, history: list[tuple[datetime, dict[str, Stream]]], stream: Stream) -> int:
    """In how many of the last n batches the stream crossed; after a person resolved it, only batches since then count."""
    resolved = desk.covering(stream.key)
    window = history[-stream.persist[1] :]
    return sum(
        (held := streams.get(stream.key)) is not None
        and held.crossing
        and not (resolved is not None and slot <= resolved.last)
        for slot, streams in window
    )


def _onset(history: list[tuple[datetime, dict[str, Stream]]], stream: Stream) -> datetime:
    """Slot of the first batch in the stream's window in which it crossed."""
    window = history[-max(stream.persist[1], 2) :]
    return next(slot for slot, held in window if stream.key in held and held[stream.key].crossing)


def _begin(
    desk: _Desk,
    history: list[tuple[datetime, dict[str, Stream]]],
    group: tuple[str, str],
    ripe: dict[str, Stream],
    loose: dict[str, Stream],
) -> None:
    """Open one alert for the streams of a group, or add them to the one that began with them."""
    mine = [s for s in ripe.values() if s.group == group]
    again = next((a for s in mine if (a := desk.covering(s.key)) and not a.active), None)
    if again is not None and again.quiet < desk.rules.clear_after:
        desk.fresh.add(again.id)
        desk.put(
            again.model_copy(
                update={
                    "state": "open",
                    "change": "reopened",
                    "last": desk.slot,
                    "seen": again.seen + 1,
                    "quiet": 0,
                }
            )
        )
        mine = [s for s in mine if s.key not in again.streams]
        if not mine:
            return
    onset = min(_onset(history, s) for s in mine)
    near = {slot for slot, _ in history[-max(s.persist[1] for s in mine) - 1 :]}
    for alert in desk.alerts.values():
        same = (alert.kind, alert.segment) == group and alert.active
        if same and alert.onset in near:
            _join(desk, alert, mine)
            return
    # What crosses for the first time in this batch, in the same way and place, is part of it.
    mine += [s for k, s in loose.items() if s.group == group and k not in ripe]
    desk.open(mine, onset)


def _join(desk: _Desk, alert: Alert, streams: list[Stream]) -> None:
    columns = tuple(dict.fromkeys((*alert.columns, *(c for s in streams for c in s.columns))))
    keys = tuple(sorted({*alert.streams, *(s.key for s in streams)}))
    title = title_of(alert.kind, columns)
    desk.put(
        alert.model_copy(
            update={
                "columns": columns,
                "streams": keys,
                "title": title,
                "change": "joined",
                "quiet": 0,
            }
        )
    )


def _follow(
    desk: _Desk,
    history: list[tuple[datetime, dict[str, Stream]]],
    outputs: dict[str, Stream],
    loose: dict[str, Stream],
) -> None:
    """What outputs do while an input is in trouble is its consequence; while one may be, wait; otherwise it is a cause."""
    streams = list(outputs.values())
    upstream = [a for a in desk.alerts.values() if a.active and family(a) not in (FEED, DOWNSTREAM)]
    if upstream:
        latest = max(upstream, key=lambda a: (a.onset, a.id))
        own = [s for s in streams if s.kind in HARM and _long_after(history, s, latest)]
        if own:
            _stand_alone(desk, history, own)
        streams = [s for s in streams if s not in own]
        if not streams:
            return
        kinds = tuple(dict.fromkeys((*latest.consequences, *sorted(s.kind for s in streams))))
        keys = tuple(dict.fromkeys((*latest.streams, *sorted(s.key for s in streams))))
        worse = latest.id not in desk.fresh and any(
            k in HARM and k not in latest.consequences for k in kinds
        )
        change = {"change": "worsened"} if worse else {}
        desk.put(latest.model_copy(update={"consequences": kinds, "streams": keys, **change}))
        return
    before = history[-2][1] if len(history) > 1 else {}
    may_be = [
        s
        for s in (*loose.values(), *before.values())
        if s.crossing and s.family not in (DOWNSTREAM, FEED)
    ]
    if may_be:
        return
    _stand_alone(desk, history, streams)


def _long_after(
    history: list[tuple[datetime, dict[str, Stream]]], stream: Stream, upstream: Alert
) -> bool:
    """Whether a stream began more than ``CONSEQUENCE`` batches after an alert, or after all that is remembered since."""
    onset = _onset(history, stream)
    between = sum(upstream.onset <= slot < onset for slot, _ in history)
    return between > CONSEQUENCE or upstream.onset < history[0][0]


def _take_out(
    desk: _Desk, history: list[tuple[datetime, dict[str, Stream]]], stream: Stream
) -> None:
    """Stop taking worse performance for a consequence of an old trouble when it had ended and begins anew."""
    held = desk.covering(stream.key)
    if held is None or not held.active or stream.kind not in HARM or family(held) == DOWNSTREAM:
        return
    gap = 0
    for _, streams in reversed(history[:-1]):
        crossed = (one := streams.get(stream.key)) is not None and one.crossing
        gap = 0 if crossed else gap + 1
        if gap >= desk.rules.clear_after:
            break
    if gap >= desk.rules.clear_after and _long_after(history, stream, held):
        keys = tuple(key for key in held.streams if key != stream.key)
        desk.put(held.model_copy(update={"streams": keys}))


def _stand_alone(
    desk: _Desk, history: list[tuple[datetime, dict[str, Stream]]], streams: list[Stream]
) -> None:
    """Trouble of outputs as a cause of its own: one alert for all that is open at a time."""
    known = next((a for a in desk.alerts.values() if a.active and family(a) == DOWNSTREAM), None)
    if known is not None:
        _join(desk, known, streams)
    else:
        desk.open(streams, min(_onset(history, s) for s in streams))


def replay(batches: Sequence[Batch], rules: Rules) -> tuple[Alert, ...]:
    """Alerts that ``rules`` would have raised over stored batches, in their order; what people did is left out.

    For trying thresholds before they are set.
    """
    alerts: dict[str, Alert] = {}
    for number, batch in enumerate(batches, start=1):
        recent = tuple(batches[max(0, number - rules.longest - 14) : number])
        alerts |= {a.id: a for a in step(recent, tuple(alerts.values()), rules, now=batch.slot)}
    return tuple(alerts.values())
