"""What tests of the Data page share: bringing a file, and everything that the page says."""

from __future__ import annotations

from typing import Any

PAGE = "pages/pilot/data.py"


def upload(app: Any, side: str, name: str, content: bytes) -> Any:
    """Bring a file to one side (``train`` or ``live``) and draw the page again."""
    found = next(u for u in app.file_uploader if u.key.startswith(f"upload_{side}"))
    found.upload(name, content)
    return app.run()


def texts(app: Any) -> str:
    """All sentences on the page, without the marks that keep foreign text from being markup."""
    return "\n".join(
        e.value for kind in (app.markdown, app.caption, app.error, app.info) for e in kind
    ).replace("\\", "")
