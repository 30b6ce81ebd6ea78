"""What the tests on Spark share."""

import importlib.util
import json
import os
import shutil

import pytest

from pipeline.spark.session import FETCHED

# small tenants: compiling would take longer than computing
ON_SPARK = {
    "CSW_ENGINE": "spark",
    "CSW_SPARK_OPTIONS": json.dumps(
        {
            "spark.driver.extraJavaOptions": "-Xss16m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.broadcast.blockSize": "64k",
            "spark.broadcast.compress": "false",
            "spark.sql.shuffle.partitions": "1",
        }
    ),
}

needs_spark = pytest.mark.skipif(
    not (importlib.util.find_spec("pyspark") and shutil.which("java") and FETCHED.exists()),
    reason="Spark is optional: `make spark-install`, then `make test-spark`",
)
takes_both_cores = pytest.mark.skipif(
    "PYTEST_XDIST_WORKER" in os.environ,
    reason="a whole run on Spark takes minutes of all cores: `make test-spark`",
)
