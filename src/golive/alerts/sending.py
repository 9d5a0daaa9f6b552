"""Send a message by Apprise (Slack, Teams, e-mail, PagerDuty, webhook ...). Its text is made in ``golive.alerts.words``."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence

_log = logging.getLogger(__name__)


def send(addresses: Sequence[str], title: str, body: str) -> str:
    """Send to every address and return ``""``, or what went wrong without naming an address (it may hold a key).

    ``NO_RECEIVER`` when there is no address, ``BAD_ADDRESS`` when Apprise does not know its form, ``NOT_DELIVERED`` when a
    receiver did not take the message.
    """
    if not addresses:
        return "NO_RECEIVER"
    with warnings.catch_warnings():
        # Apprise loads modules that Python 3.13 drops.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        # Apprise logs the addresses it sends to, keys included.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        receivers = apprise.Apprise()
        known = [receivers.add(address) for address in addresses]
        if not all(known):
            return "BAD_ADDRESS"
        try:
            taken = bool(
                receivers.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
            )
        except Exception as error:  # a receiver's fault never stops a run
            _log.warning("a message could not be sent (%s)", type(error).__name__)
            taken = False
    return "" if taken else "NOT_DELIVERED"
