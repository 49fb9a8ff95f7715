"""A Spark session: quiet, without its web page, in UTC."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from analytics.errors import SettingsError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

_MEGABYTES = {"k": 1 / 1024, "m": 1, "g": 1024, "t": 1024 * 1024}
_LOGGING = """\
rootLogger.level = error
# The level of the shell's logger, or Spark announces that it changed the other one.
logger.shell.name = org.apache.spark.repl.Main
logger.shell.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n%ex
"""


def spark_memory(memory_limit: str) -> str:
    """Return ``4096m`` for ``4GB`` or ``4 GiB``; SettingsError for what is no amount of memory."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt])i?b?\s*", memory_limit, re.IGNORECASE)
    if match is None:
        raise SettingsError(
            f'"{memory_limit}" is not an amount of memory that Spark knows',
            remedy='Write build.memory_limit as a number and a unit, such as "4GB".',
        )
    megabytes = float(match[1]) * _MEGABYTES[match[2].lower()]
    return f"{max(1, round(megabytes))}m"


def spark_configuration(*, temporary: Path, memory_limit: str, master: str) -> dict[str, str]:
    """Return the options of the session."""
    logging = temporary / "log4j2.properties"
    options = {
        "spark.app.name": "analytics",
        "spark.master": master,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": (temporary / "warehouse").as_uri(),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.driver.memory": spark_memory(memory_limit),
        "spark.driver.extraJavaOptions": f"-Dlog4j.configurationFile={logging.as_uri()} "
        f"-Duser.timezone=UTC -Djava.io.tmpdir={temporary}",
        "spark.local.dir": str(temporary / "spill"),
    }
    if master.startswith("local"):
        options |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            # One process gains nothing from Spark's default of 200 partitions a shuffle.
            "spark.sql.shuffle.partitions": "4",
        }
    return options


def spark_arrow(backend: ibis.BaseBackend, table: ir.Table) -> pa.Table:
    """Return what an expression computes as Arrow; Ibis itself would go through pandas."""
    session: Any = backend._session
    return session.sql(backend.compile(table)).toArrow()


def spark_backend(*, temporary: Path, memory_limit: str, master: str) -> ibis.BaseBackend:
    """Start Spark behind Ibis; SettingsError where Spark or Java is not installed."""
    options = spark_configuration(temporary=temporary, memory_limit=memory_limit, master=master)
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SettingsError(
            "the engine is spark, and PySpark is not installed",
            remedy="Install it with the extra: pip install 'analytics[spark]'.",
        ) from None
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise SettingsError(
            "the engine is spark, and Java is not installed",
            remedy="Install Java 17, such as Debian's openjdk-17-jre-headless.",
        )
    (temporary / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
    builder: Any = SparkSession.builder
    for key, value in options.items():
        builder = builder.config(key, value)
    return ibis.pyspark.connect(builder.getOrCreate())
