"""``golive app``: the dashboard on this machine, opened on the sample session."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import webbrowser
from ipaddress import ip_address
from typing import Annotated
from urllib.error import URLError
from urllib.request import urlopen

import typer

from golive.cli import console
from golive.cli.console import StorePath, say
from golive.model.errors import InputError, Problem


def app_command(
    host: Annotated[
        str,
        typer.Option(help="Address to listen on. Anything but this machine shares what is stored."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
    store: StorePath = None,
    open_browser: Annotated[
        bool | None,
        typer.Option(
            "--open/--no-open",
            help="Open the dashboard in the browser; by default when on a terminal.",
        ),
    ] = None,
) -> None:
    """Start the dashboard with the sample session loaded."""
    if store is not None:
        # The server reads its settings itself, in this process.
        os.environ["GOLIVE_STORE"] = str(store.expanduser().absolute())
    if not is_loopback(host):
        console.stderr().print(
            f"Warning: {host} lets other machines reach this dashboard and everything it stores. Put sign-in and TLS in front.",
            markup=False,
        )
    check_port(host, port)
    sample = _wants_sample()
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    say(f"GoLive is at {address} (Ctrl+C stops it)")
    sys.stdout.flush()
    if open_browser if open_browser is not None else sys.stdout.isatty():
        threading.Thread(
            target=_open_when_up, args=(address,), name="open-browser", daemon=True
        ).start()
    import uvicorn

    # Named as text: the server and the command line are siblings and know nothing of each other.
    uvicorn.run(
        "golive.server:with_sample" if sample else "golive.server:app",
        factory=sample,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        # An open page keeps its WebSocket; Ctrl+C does not wait for it.
        timeout_graceful_shutdown=2,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def check_port(host: str, port: int) -> None:
    """Find out before anything is computed that the address cannot be used.

    Raises:
        InputError: ``PORT_BUSY`` or ``HOST``.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        sentence = f"'{host}' is not an address of this machine."
        raise InputError(Problem("HOST", sentence, "Leave --host out.")) from None
    except OSError as error:
        sentence = f"Port {port} on {host} cannot be used: {error.strerror}."
        raise InputError(Problem("PORT_BUSY", sentence, "Choose another with --port.")) from None


def _wants_sample() -> bool:
    """Whether the sample session is to be there: unless someone deleted it. The store is free again afterwards.

    Raises:
        StoreError: the store cannot be opened, which is better said here than by every page.
    """
    from golive import sample_session

    with console.open_store(None, must_exist=False) as store:
        return not sample_session.was_deleted(store)


def _open_when_up(address: str) -> None:
    """Wait until the server answers, then open the browser."""
    for _ in range(120):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310 - our own address
                webbrowser.open(address)
                return
        except (URLError, OSError):
            time.sleep(0.25)
