"""A package of which only a part is wanted: its own ``__init__`` runs when somebody asks for what it defines, not before.

``import a.b.c`` runs ``a/__init__.py`` first, whatever that imports. Where a library's ``__init__`` imports all the library
offers, a program that needs one part pays seconds for the rest.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from typing import Any

_LOCK = threading.RLock()


def late(name: str) -> None:
    """Put the package ``name`` in place without running its ``__init__``; nothing happens where it is there already.

    Its submodules can be imported from then on. The first public name that is asked of the package and is not one of them
    (``from a import Thing``) runs the ``__init__`` as the usual import would have done.

    Raises:
        ModuleNotFoundError: there is no such package.
    """
    with _LOCK:
        if name in sys.modules:
            return
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            msg = f"No module named {name!r}"
            raise ModuleNotFoundError(msg, name=name)
        package, loader = importlib.util.module_from_spec(spec), spec.loader
        running = False

        def missing(wanted: str) -> Any:
            nonlocal running
            with _LOCK:
                if wanted in vars(package):  # another thread ran it meanwhile
                    return vars(package)[wanted]
                if running or wanted.startswith("__"):
                    msg = f"module {name!r} has no attribute {wanted!r}"
                    raise AttributeError(msg)
                running = True
                try:
                    loader.exec_module(package)
                finally:
                    running = False
                if vars(package).get("__getattr__") is missing:
                    del vars(package)["__getattr__"]
                return getattr(package, wanted)

        package.__getattr__ = missing  # type: ignore[method-assign]
        sys.modules[name] = package
