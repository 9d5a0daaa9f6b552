"""Engines other than the built-in one: a database or Spark by its Ibis URL, where rows stay."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ibis
import ibis.expr.types as ir

from golive.model.errors import InputError, Problem, nearest


def engine_name(url: str | None) -> str:
    """Return the engine of a URL (``pyspark``), ``duckdb`` when there is none. Never holds a user or a password."""
    scheme = urlsplit(url or "duckdb:").scheme
    return "postgres" if scheme == "postgresql" else scheme


def connect(url: str) -> Any:
    """Open an engine by URL.

    Raises:
        InputError: ``ENGINE_URL``, ``ENGINE_MISSING`` (its driver is not installed), ``ENGINE_CONNECT``.
    """
    engine = engine_name(url)
    if not engine or "://" not in url:
        hint = "Write duckdb://file.duckdb or pyspark://."
        raise InputError(Problem("ENGINE_URL", "The engine is not a URL.", hint))
    if engine == "pyspark":
        return _spark()
    place = urlsplit(url).netloc + urlsplit(url).path
    if engine == "duckdb" and place and not Path(place).is_file():
        sentence = f"There is no database file '{Path(place).name}'."
        raise InputError(Problem("NOT_FOUND", sentence, "Check the URL."))
    try:
        if engine == "duckdb" and place:
            return ibis.duckdb.connect(
                Path(place), read_only=True, autoinstall_known_extensions=False
            )
        return ibis.connect(url)
    except ImportError as error:
        sentence = f"Engine '{engine}' lacks {error.name or 'its driver'}."
        hint = f"Install it: pip install 'ibis-framework[{engine}]'."
        raise InputError(Problem("ENGINE_MISSING", sentence, hint)) from None
    except (
        Exception
    ) as error:  # every driver raises its own types; its message may hold the password of the URL
        sentence = f"Engine '{engine}' cannot be reached ({type(error).__name__})."
        hint = "Check address, name, user and password."
        raise InputError(Problem("ENGINE_CONNECT", sentence, hint)) from None


_SPARK: dict[str, bool | float | int | str | None] = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


def _spark() -> Any:
    """Spark in this process's Java; a session that already runs is used as it is."""
    if importlib.util.find_spec("pyspark") is None:
        hint = "Install it: pip install 'golive[spark]'."
        raise InputError(Problem("ENGINE_MISSING", "Engine 'pyspark' is not installed.", hint))
    from pyspark.errors import PySparkException, PySparkRuntimeError
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    master = os.environ.get("SPARK_MASTER", "local[*]")
    try:
        builder = SparkSession.builder.appName("golive").master(master).config(map=_SPARK)
        return ibis.pyspark.connect(builder.getOrCreate())
    except (PySparkException, PySparkRuntimeError, FileNotFoundError) as error:
        sentence = f"Spark did not start ({type(error).__name__})."
        raise InputError(
            Problem("ENGINE_CONNECT", sentence, "It needs Java 17; check JAVA_HOME.")
        ) from None


def table(connection: Any, name: str) -> ir.Table:
    """Return a table, or ``schema.table``, of an open engine.

    Raises:
        InputError: ``NOT_FOUND`` with the nearest name there is.
    """
    schema, _, bare = name.rpartition(".")
    try:
        names = connection.list_tables(database=schema or None)
        if bare in names:
            return connection.table(bare, database=schema or None)
    except Exception as error:  # every driver raises its own types
        sentence = f"Table '{name}' cannot be read ({type(error).__name__})."
        hint = "Check the schema and your rights on it."
        raise InputError(Problem("NOT_FOUND", sentence, hint)) from None
    hint = nearest(bare, names[:50]) if names else "There are no tables."
    raise InputError(Problem("NOT_FOUND", f"There is no table '{name}'.", hint))


def identity(url: str, name: str, table: ir.Table, rows: int) -> str:
    """Return a hash of where a table is (without user and password), its name, columns, types and row count."""
    place = re.sub(r"//[^@/]*@", "//", url).partition("?")[0]
    schema = {c: str(t) for c, t in table.schema().items()}
    return hashlib.sha256(json.dumps([place, name, schema, rows]).encode()).hexdigest()
