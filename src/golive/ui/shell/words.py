"""Numbers, dates and foreign text in words: the same functions as in reports (``golive.wording.numbers``); teams; actions of the
audit.

On a screen a number and its unit stay on one line: ``28 %`` and ``n = 200`` never break at the end of a phone's line.
"""

import re

from golive.model.finding import Route
from golive.wording import text
from golive.wording.labels import ROUTE_WORD

NO_BREAK = "\N{NO-BREAK SPACE}"
_TORN = re.compile(
    r"\d %|\bn = \d|\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b(?: \d{4}\b)?|at level \d"
)
_DONE = {
    "save": "saved",
    "rescore": "scored again",
    "delete": "deleted",
    "freeze": "frozen",
    "put": "written",
    "compact": "compacted",
}


def unbroken(text: str) -> str:
    """Hold a number and its percent sign, sample sizes, and the parts of a date together with no-break spaces."""
    return _TORN.sub(lambda found: found.group().replace(" ", NO_BREAK), text)


def plain(words: object) -> str:
    """Escape text that came from data so that Markdown shows it as it is; a number keeps its unit on its line."""
    return text.plain(unbroken(str(words)))


def team(route: str) -> str:
    """The team of a route inside a sentence: ``clinical informatics``; empty for a step that belongs to nobody."""
    return ROUTE_WORD[Route(route)].lower() if route else ""


def action_words(action: str) -> str:
    """An action of the audit as people say it: ``session.save`` becomes ``Session saved``."""
    noun, _, verb = action.replace("_", " ").partition(".")
    return " ".join([noun.capitalize(), *([_DONE.get(verb, verb)] if verb else [])])
