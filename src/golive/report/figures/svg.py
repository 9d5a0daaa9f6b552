"""A small canvas for SVG: shapes in, one document out. All text is escaped."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

FONT = "'Source Sans 3', 'Source Sans Pro', 'Libertinus Serif', 'Segoe UI', Arial, sans-serif"
"""First what a page carries, then what typst carries, then what a reader's machine has."""


class Canvas:
    """A drawing of ``width`` by ``height`` pixels. Coordinates grow to the right and down."""

    def __init__(self, width: float, height: float, alt: str) -> None:
        self.width, self.height, self.alt = width, height, alt
        self._parts: list[str] = []
        self._hatches: dict[str, str] = {}

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, *, line: str = "none"
    ) -> None:
        """A filled rectangle; a negative size is drawn as nothing."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
            f'fill="{fill}" stroke="{line}"/>'
        )

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str,
        *,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"{dashed}/>'
        )

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle."""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"/>')

    def area(
        self, points: list[tuple[float, float]], fill: str, line: str, *, width: float = 1.5
    ) -> None:
        """An outline through ``points`` with a light ground."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f'<polygon points="{path}" fill="{fill}" fill-opacity="0.22" stroke="{line}" stroke-width="{width}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str,
        *,
        size: float = 13,
        anchor: str = "start",
    ) -> None:
        """One line of text; ``y`` is its baseline."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def hatch(self, colour: str) -> str:
        """A hatched fill in ``colour``."""
        name = "hatch" + colour.lstrip("#")
        self._hatches[name] = (
            f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect width="6" height="6" fill="{colour}" fill-opacity="0.15"/>'
            f'<line x1="0" y1="0" x2="0" y2="6" stroke="{colour}" stroke-width="2"/></pattern>'
        )
        return f"url(#{name})"

    def document(self) -> str:
        """The drawing as one SVG document that scales with its box and speaks its alternative text."""
        defs = f"<defs>{''.join(self._hatches.values())}</defs>" if self._hatches else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.0f} {self.height:.0f}" '
            f'width="{self.width:.0f}" height="{self.height:.0f}" role="img" aria-label={quoteattr(self.alt)} '
            f'font-family="{FONT}">{defs}{"".join(self._parts)}</svg>'
        )
