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
from typing import Any

from golive.alerts.rules import Rules
from golive.alerts.streams import DOWNSTREAM, FEED, Stream, streams_of
from golive.alerts.words import AFFECTS_PATIENTS, title_of
from golive.model.finding import Route, Severity
from golive.model.monitoring import Alert, Batch
from golive.wording.order import SEVERITIES

SMALL_BATCH = 0.5
"""Share of the median number of rows under which a batch is taken for incomplete."""
_FEWEST_FOR_USUAL = 5
CONSEQUENCE = 12
"""Batches after which worse performance is no consequence of an input trouble any more (a window of outcomes, and some)."""
Streams = dict[str, Stream]


def family(alert: Alert) -> str:
    """Family of what an alert is about; ``outputs`` only when nothing else is in it."""
    families = {key.split(":", 1)[0] for key in alert.streams}
    return min(families - {DOWNSTREAM}, default=DOWNSTREAM)


@dataclass
class _Step:
    """One step: the alerts as they were and what became of them, and the streams of the assessed batches, newest last."""

    monitor: str
    now: datetime
    slot: datetime
    rules: Rules
    alerts: dict[str, Alert]
    history: list[tuple[datetime, Streams]] = field(default_factory=list)
    changed: dict[str, Alert] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    """Alerts that open (again) with this batch: their message is still to be written."""

    def put(self, alert: Alert, **changes: Any) -> None:
        """Keep an alert with ``changes``."""
        made = alert.model_copy(update=changes)
        self.alerts[made.id] = self.changed[made.id] = made

    def covering(self, key: str) -> Alert | None:
        """The alert that covers a stream: an active one first, else one a person resolved while it lasted."""
        covering = [a for a in self.alerts.values() if key in a.streams]
        active = next((a for a in covering if a.active), None)
        return active or next((a for a in covering if a.state == "resolved"), None)

    def open(self, streams: list[Stream], onset: datetime) -> None:
        """Open one alert for streams that have one cause."""
        lead = max(streams, key=lambda s: (-SEVERITIES.index(s.severity), s.key))
        keys = sorted(s.key for s in streams)
        ordered = sorted(streams, key=lambda s: s.key)
        columns = tuple(dict.fromkeys(c for s in ordered for c in s.columns))
        name = f"{self.monitor}\0{lead.group}\0{keys[0]}\0{onset.isoformat()}"
        alert = Alert(
            id=hashlib.sha256(name.encode()).hexdigest()[:12],
            monitor=self.monitor,
            kind=lead.kind,
            columns=columns,
            segment=lead.segment,
            streams=tuple(keys),
            severity=lead.severity,
            route=lead.route,
            title=title_of(lead.kind, columns),
            onset=onset,
            opened=self.slot,
            last=self.slot,
            opened_at=self.now,
        )
        self.put(alert)
        self.fresh.add(alert.id)

    def onset(self, stream: Stream) -> datetime:
        """Slot of the first batch in the stream's window in which it crossed."""
        window = self.history[-max(stream.persist[1], 2) :]
        return next(slot for slot, seen in window if _crosses(seen, stream.key))


def _crosses(streams: Streams, key: str) -> bool:
    """Whether a stream is there and over its threshold."""
    return key in streams and streams[key].crossing


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
    assessed = current.state == "assessed"
    this = _Step(current.monitor, now, current.slot, rules, {a.id: a for a in alerts})
    streams = streams_of(current, rules)
    if small := _small(recent):
        streams[small.key] = small
    _feed(this, streams, assessed=assessed)
    if assessed:
        this.history = [(b.slot, streams_of(b, rules)) for b in recent if b.state == "assessed"]
        _data(this)
    return tuple(this.changed.values())


def _small(recent: tuple[Batch, ...]) -> Stream | None:
    """A batch with far fewer rows than the ones before it."""
    usual = [b.rows for b in recent[:-1] if b.state == "assessed"]
    current = recent[-1]
    if current.state != "assessed" or len(usual) < _FEWEST_FOR_USUAL:
        return None
    few = current.rows < SMALL_BATCH * median(usual)
    return feed_stream("batch_small", Severity.MAJOR) if few else None


def feed_stream(kind: str, severity: Severity = Severity.CRITICAL) -> Stream:
    """The stream of trouble with the delivery itself."""
    key = f"{FEED}:{kind}"
    return Stream(key, FEED, kind, (), "", severity, Route.ENGINEERING, "", True, (1, 1))


def _feed(this: _Step, streams: Streams, *, assessed: bool) -> None:
    """Trouble with the delivery opens at once and ends with the next batch that is in order."""
    for key, stream in streams.items():
        if stream.family != FEED or not stream.crossing:
            continue
        known = this.covering(key)
        if known is not None and known.active:
            this.put(known, last=this.slot, seen=known.seen + 1, change="joined")
        else:
            this.open([stream], this.slot)
    if not assessed:
        return
    for alert in list(this.alerts.values()):
        ours = alert.active and family(alert) == FEED and alert.streams[0] not in streams
        if ours and this.slot >= max(alert.slots, default=this.slot):
            this.put(alert, state="cleared", change="cleared", quiet=1)


def _data(this: _Step) -> None:
    """What the data of the batch say: go on, clear, open, join, follow."""
    current = this.history[-1][1]
    crossing = {k: s for k, s in current.items() if s.crossing and s.family != FEED}
    _refresh(this, current, crossing)
    for stream in crossing.values():
        _take_out(this, stream)
    loose = {k: s for k, s in crossing.items() if not ((a := this.covering(k)) and a.active)}
    ripe = {k: s for k, s in loose.items() if _hits(this, s) >= s.persist[0]}
    inputs = {k: s for k, s in ripe.items() if s.family != DOWNSTREAM}
    for group in sorted({s.group for s in inputs.values()}):
        _begin(this, group, inputs, loose)
    outputs = [s for s in ripe.values() if s.family == DOWNSTREAM]
    if outputs:
        _follow(this, outputs, loose)


def _refresh(this: _Step, current: Streams, crossing: Streams) -> None:
    """Count what goes on and what is silent; clear what has been silent long enough."""
    enough = this.rules.clear_after
    for alert in list(this.alerts.values()):
        if alert.state == "cleared" or family(alert) == FEED:
            continue
        if any(key in crossing for key in alert.streams):
            if alert.active:
                this.put(alert, last=this.slot, seen=alert.seen + 1, quiet=0)
        elif not any(key in current for key in alert.streams) and alert.quiet < enough:
            over = alert.active and alert.quiet + 1 >= enough
            ended = {"state": "cleared", "change": "cleared"} if over else {}
            this.put(alert, quiet=alert.quiet + 1, **ended)


def _hits(this: _Step, stream: Stream) -> int:
    """In how many of the last n batches the stream crossed; after a person resolved it, only batches since then count."""
    resolved = this.covering(stream.key)
    return sum(
        _crosses(streams, stream.key) and not (resolved is not None and slot <= resolved.last)
        for slot, streams in this.history[-stream.persist[1] :]
    )


def _begin(this: _Step, group: tuple[str, str], ripe: Streams, loose: Streams) -> None:
    """Open one alert for the streams of a group, or add them to the one that began with them."""
    mine = [s for s in ripe.values() if s.group == group]
    again = next((a for s in mine if (a := this.covering(s.key)) and not a.active), None)
    if again is not None and again.quiet < this.rules.clear_after:
        this.fresh.add(again.id)
        seen = again.seen + 1
        this.put(again, state="open", change="reopened", last=this.slot, seen=seen, quiet=0)
        mine = [s for s in mine if s.key not in again.streams]
        if not mine:
            return
    onset = min(map(this.onset, mine))
    near = {slot for slot, _ in this.history[-max(s.persist[1] for s in mine) - 1 :]}
    for alert in this.alerts.values():
        if (alert.kind, alert.segment) == group and alert.active and alert.onset in near:
            _join(this, alert, mine)
            return
    # What crosses for the first time in this batch, in the same way and place, is part of it.
    mine += [s for k, s in loose.items() if s.group == group and k not in ripe]
    this.open(mine, onset)


def _join(this: _Step, alert: Alert, streams: list[Stream]) -> None:
    columns = tuple(dict.fromkeys((*alert.columns, *(c for s in streams for c in s.columns))))
    keys = tuple(sorted({*alert.streams, *(s.key for s in streams)}))
    title = title_of(alert.kind, columns)
    this.put(alert, columns=columns, streams=keys, title=title, change="joined", quiet=0)


def _follow(this: _Step, streams: list[Stream], loose: Streams) -> None:
    """What outputs do while an input is in trouble is its consequence; while one may be, wait; otherwise it is a cause."""
    upstream = [a for a in this.alerts.values() if a.active and family(a) not in (FEED, DOWNSTREAM)]
    if upstream:
        latest = max(upstream, key=lambda a: (a.onset, a.id))
        own = [s for s in streams if s.kind in AFFECTS_PATIENTS and _long_after(this, s, latest)]
        if own:
            _stand_alone(this, own)
        streams = [s for s in streams if s not in own]
        if not streams:
            return
        kinds = tuple(dict.fromkeys((*latest.consequences, *sorted(s.kind for s in streams))))
        keys = tuple(dict.fromkeys((*latest.streams, *sorted(s.key for s in streams))))
        new_harm = any(k in AFFECTS_PATIENTS and k not in latest.consequences for k in kinds)
        worse = new_harm and latest.id not in this.fresh
        change = {"change": "worsened"} if worse else {}
        this.put(latest, consequences=kinds, streams=keys, **change)
        return
    before = this.history[-2][1].values() if len(this.history) > 1 else ()
    inputs = (s for s in (*loose.values(), *before) if s.family not in (DOWNSTREAM, FEED))
    if not any(s.crossing for s in inputs):
        _stand_alone(this, streams)


def _long_after(this: _Step, stream: Stream, upstream: Alert) -> bool:
    """Whether a stream began more than ``CONSEQUENCE`` batches after an alert, or after all that is remembered since."""
    onset = this.onset(stream)
    between = sum(upstream.onset <= slot < onset for slot, _ in this.history)
    return between > CONSEQUENCE or upstream.onset < this.history[0][0]


def _take_out(this: _Step, stream: Stream) -> None:
    """Stop taking worse performance for a consequence of an old trouble when it had ended and begins anew."""
    alert = this.covering(stream.key)
    if (
        alert is None
        or not alert.active
        or stream.kind not in AFFECTS_PATIENTS
        or family(alert) == DOWNSTREAM
    ):
        return
    gap = 0
    for _, streams in reversed(this.history[:-1]):
        gap = 0 if _crosses(streams, stream.key) else gap + 1
        if gap >= this.rules.clear_after:
            break
    if gap >= this.rules.clear_after and _long_after(this, stream, alert):
        this.put(alert, streams=tuple(key for key in alert.streams if key != stream.key))


def _stand_alone(this: _Step, streams: list[Stream]) -> None:
    """Trouble of outputs as a cause of its own: one alert for all that is open at a time."""
    known = next((a for a in this.alerts.values() if a.active and family(a) == DOWNSTREAM), None)
    if known is not None:
        _join(this, known, streams)
    else:
        this.open(streams, min(map(this.onset, streams)))


def replay(batches: Sequence[Batch], rules: Rules) -> tuple[Alert, ...]:
    """Alerts that ``rules`` would have raised over stored batches, in their order; what people did is left out.

    For trying thresholds before they are set.
    """
    alerts: dict[str, Alert] = {}
    for number, batch in enumerate(batches, start=1):
        recent = tuple(batches[max(0, number - rules.longest - 14) : number])
        alerts |= {a.id: a for a in step(recent, tuple(alerts.values()), rules, now=batch.slot)}
    return tuple(alerts.values())
