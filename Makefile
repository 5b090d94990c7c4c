# Everything a person needs to know is in `make help`.
.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test check format bench soak screenshots migration catalogs lock clean

BIN := .venv/bin
# Tests and checks see a plain environment, whatever the caller has set.
PLAIN := env -i PATH="$$PATH" HOME="$$HOME" TERM="$${TERM:-dumb}" LANG=C.UTF-8 TMPDIR="$${TMPDIR:-/tmp}"

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: setup ## Start Tonval here: pages, workers, embedded Valkey and one SIP cell (Ctrl-C stops all)
	@exec $(BIN)/tonval up

setup: ## Make .venv with what running needs
	@scripts/setup

setup-dev: ## Make .venv with what tests and checks need too
	@scripts/setup --dev

test: setup-dev ## Run all tests, real SIP and real browser included (ARGS="-k keypad" to choose)
	@scripts/system-packages
	@$(PLAIN) $(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

check: setup-dev ## Lint, format, types and the import rules
	@$(PLAIN) $(BIN)/ruff check
	@$(PLAIN) $(BIN)/ruff format --check
	@$(PLAIN) $(BIN)/mypy
	@$(PLAIN) $(BIN)/lint-imports --no-logo

format: setup-dev ## Put the code into shape
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

bench: setup-dev ## Measure: every script under bench/, with its seed and versions
	@scripts/system-packages
	@for script in bench/*.py; do echo "== $$script"; $(PLAIN) $(BIN)/python $$script || exit 1; done

soak: setup-dev ## Kill and restart for a long time, and count that nothing is lost (MINUTES=10)
	@scripts/system-packages
	@$(PLAIN) $(BIN)/python scripts/soak.py --minutes $(or $(MINUTES),10)
	@$(PLAIN) $(BIN)/python scripts/histories.py --minutes $(or $(MINUTES),10)
	@$(PLAIN) TONVAL_TEST_BURSTS=60 TONVAL_TEST_ROUNDS=40 $(BIN)/pytest -q -o timeout=0 \
		tests/ivr/sip/test_sipp.py tests/workers/test_worker.py

screenshots: setup-dev ## Take the pictures of the README from demo data
	@scripts/system-packages
	@$(PLAIN) $(BIN)/python scripts/screenshots.py

migration: setup-dev ## Draft a migration from the tables (NAME="add calls")
	@$(PLAIN) $(BIN)/python scripts/new_migration.py "$(NAME)"

catalogs: setup-dev ## Bring the words of the pages into the catalogs of every language
	@$(PLAIN) $(BIN)/python -m scripts.catalogs

lock: setup-dev ## Choose versions anew and pin them with their hashes
	@scripts/lock

clean: ## Remove what was made here; var/, where the data live, stays
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find tonval tests bench scripts -name __pycache__ -prune -exec rm -rf {} +
