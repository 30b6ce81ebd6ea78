# Customer Success Warehouse: `make` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
TENANT ?=
DATE ?=
VARS ?=
ACCEPT ?=
FORCE ?=
MONTHS ?= 24
SOURCE ?=
METRIC ?=
BY ?=
PORT ?= 8700
KILLS ?= 100
DAYS ?=
SEED ?=
SEEDS ?=
CUSTOMERS ?=
ONLY ?=
OUT ?=
SIZES ?=
PURCHASES ?=
ENGINE ?=
SPARK_MASTER ?=
ifneq ($(ENGINE),)
export CSW_ENGINE = $(ENGINE)
endif
ifneq ($(SPARK_MASTER),)
export CSW_SPARK_MASTER = $(SPARK_MASTER)
endif

# a variable's value as one word of the shell, whatever is in it
text = '$(subst ','\'',$(value $(1)))'

.PHONY: help install run up down trigger sandbox site status rollback rebuild public-suffixes contracts release-contracts demo tenant check-source template demo-history bench-extract bench-scale bench-segments bench-scores bench-install metricflow-install spark-install spark-up spark-down metric bench test test-spark chaos lint format clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

# uv by pip into .venv, then the lock; nothing to do while the lock is unchanged
.venv/installed: uv.lock pyproject.toml
	@echo "installing into .venv: a minute or two …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv sync --frozen --inexact --quiet --compile-bytecode
	@$(BIN)/python -c 'from pipeline.dbt_process import parsed_project; parsed_project()'
	@touch $@

install: .venv/installed ## install everything into .venv

run: install $(if $(filter spark,$(ENGINE)),spark-install) ## the whole daily run [TENANT=folder] [DATE=YYYY-MM-DD] [VARS='{"dbt_var": value}'] [ACCEPT=finding ids] [FORCE=1] [ENGINE=spark] [SPARK_MASTER=spark://host:port]
	@$(BIN)/python -m cli.run --tenant $(call text,TENANT) --date $(call text,DATE) --vars $(call text,VARS) --accept $(call text,ACCEPT) --force $(call text,FORCE)

up: install ## Airflow UI, sandbox and site on 127.0.0.1 [TENANT=folder]
	@$(BIN)/python -m cli.services up --tenant $(call text,TENANT)

down: install ## stop what `make up` started
	@$(BIN)/python -m cli.services down

trigger: install ## trigger the ingest DAGs and the build through the REST API of `make up` [DATE=…]
	@$(BIN)/python -m cli.trigger --date $(call text,DATE)

sandbox: install ## serve a tenant's vendor APIs in the foreground TENANT=folder [PORT=8700]
	@$(BIN)/python -m sandbox --tenant $(call text,TENANT) --port $(PORT)

check-source: install ## test a source's connection: sign-in, quota, objects, fields SOURCE=salesforce [TENANT=folder]
	@$(BIN)/python -m cli.check_source --source $(call text,SOURCE) --tenant $(call text,TENANT)

template: install ## a tenant folder with one Excel template an entity OUT=folder
	@$(BIN)/python -m cli.template --out $(call text,OUT)

demo: install ## write the demo tenant's folder TENANT=folder
	@$(BIN)/python -m demo $(call text,TENANT)

tenant: install ## the demo company at any size, or days added to it OUT=folder [CUSTOMERS=300] [SEED=20261031] [DAYS=0]
	@$(BIN)/python -m demo $(call text,OUT) --days $(if $(DAYS),$(call text,DAYS),0) $(if $(CUSTOMERS),--customers $(call text,CUSTOMERS)) $(if $(SEED),--seed $(call text,SEED))

demo-history: install ## the demo at each of its last month-ends, published once [MONTHS=24]
	@$(BIN)/python -m cli.demo_history --months $(call text,MONTHS)

site: install ## render the site anew
	@$(BIN)/python -m cli.site

status: install ## last good date, what is blocked and why
	@$(BIN)/python -m cli.status

rollback: install ## point the published marts at the publication before
	@$(BIN)/python -m cli.rollback

rebuild: install ## build the warehouse again from the lake alone [ACCEPT=finding ids]
	@$(BIN)/python -m cli.rebuild --accept $(call text,ACCEPT)

public-suffixes: install ## write the seed of public suffixes from its package
	@$(BIN)/python scripts/public_suffixes.py

contracts: install ## generate what comes from the data contracts, definitions/, metrics/ and the site's pages
	@$(BIN)/python -m expectations.generate
	@$(BIN)/python -m pipeline.definition_files
	@$(BIN)/python -m publishing.generate

release-contracts: install ## at a release: keep the contracts that the next changes are compared with
	@$(BIN)/python -m expectations.released --release

bench-install: install ## install what only the benches need (polars)
	@$(BIN)/uv sync --frozen --inexact --quiet --compile-bytecode --group bench

metricflow-install: install ## install what `make metric` needs (MetricFlow)
	@$(BIN)/uv sync --frozen --inexact --quiet --compile-bytecode --group metricflow

spark-install: install ## install what ENGINE=spark needs (PySpark, Java, Iceberg's packages)
	@scripts/install_java
	@$(BIN)/uv sync --frozen --inexact --quiet --compile-bytecode --group spark
	@test -d .venv/spark || CSW_SPARK_MASTER= $(BIN)/python -m pipeline.spark.session

spark-up: spark-install ## a Spark master and two workers on 127.0.0.1
	@$(BIN)/python -m cli.spark_cluster up

spark-down: install ## end what `make spark-up` started
	@$(BIN)/python -m cli.spark_cluster down

metric: metricflow-install ## ask the published marts through MetricFlow METRIC="nrr csat" [BY="metric_time__month"]
	@$(BIN)/python -m cli.metric --metric $(call text,METRIC) --by $(call text,BY)

bench-extract: install ## records per CPU-second from a vendor's pages to lake files, beside dlt's [OUT=file]
	@$(BIN)/python -m tests.bench.bench_extract $(if $(OUT),--out $(call text,OUT))

bench-scale: install ## what a day costs at 1,000, 10,000 and 100,000 customers, by stage and model [SIZES="1000 10000"] [OUT=file]
	@$(BIN)/python -m tests.bench.bench_scale $(SIZES) $(if $(OUT),--out $(call text,OUT))

bench-segments: bench-install ## RFM beside a bare scan, polars and pandas [PURCHASES=20000000] [CUSTOMERS=750000] [ONLY="scan polars"] [OUT=file]
	@$(BIN)/python -m tests.bench.bench_segments $(if $(PURCHASES),--purchases $(call text,PURCHASES)) $(if $(CUSTOMERS),--customers $(call text,CUSTOMERS)) $(if $(ONLY),--only $(ONLY)) $(if $(OUT),--out $(call text,OUT))

bench-scores: install ## the early-warning score against whom the stories of 20 demo companies let go; hours [SEEDS=20] [CUSTOMERS=150]
	@$(BIN)/python -m tests.bench.bench_scores $(if $(SEEDS),--seeds $(call text,SEEDS)) $(if $(CUSTOMERS),--customers $(call text,CUSTOMERS))

bench: bench-install ## every benchmark, its results into docs/performance.md; hours [ONLY="segments extract"]
	@$(BIN)/python -m tests.bench.page $(ONLY)

test: bench-install metricflow-install ## every test (chromium and PostgreSQL are installed from Debian if missing)
	@scripts/install_chromium
	@scripts/install_postgresql
	$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder --durations 25

test-spark: spark-install ## Spark beside DuckDB, table by table; hours [ONLY=a_day_of_a_small_company]
	$(BIN)/python -m pytest -q -n 0 --durations 10 tests/spark $(if $(ONLY),-k $(call text,ONLY))

chaos: install ## kills, readers, damaged files, full disks, mutated inputs [KILLS=100] [DAYS=30] [SEED=0] [ONLY=attacks]
	@$(BIN)/python -m tests.chaos --kills $(KILLS) --days $(or $(DAYS),30) --seed $(or $(SEED),0) --only '$(ONLY)'

lint: install ## ruff, sqlfluff, contract drift and versions, lock hosts
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/python -m expectations.generate --check
	$(BIN)/python -m publishing.generate --check
	$(BIN)/python -m pipeline.definition_files --check
	$(BIN)/python -m expectations.released --check
	scripts/check_lock_hosts
	$(BIN)/sqlfluff lint dbt_project/models --processes 1 --disable-progress-bar

format: install ## format python
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean: ## remove the state folder and caches (asks nothing; the lake is in it)
	rm -rf "$${CSW_HOME:-state}" .pytest_cache .ruff_cache .hypothesis
