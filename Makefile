# Keel: what a developer wants daily. Everything runs in .venv, made from the hashed lock.
PY := .venv/bin/python
STAMP := .venv/.locked

.PHONY: setup translations demo run test lint format lock messages clean

setup: $(STAMP)

$(STAMP): requirements-dev.lock
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Keel needs Python 3.11 or newer."; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
	  UV_PYTHON_DOWNLOADS=never uv venv -q --allow-existing --python "$$(command -v python3)" .venv && \
	  VIRTUAL_ENV=.venv uv pip sync -q --require-hashes requirements-dev.lock; \
	else \
	  python3 -m venv .venv && \
	  .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock; \
	fi
	@touch $(STAMP)

translations: $(STAMP)
	@.venv/bin/pybabel -q compile -d locale -D django

demo: setup translations
	@$(PY) manage.py migrate -v 0
	@$(PY) manage.py createcachetable
	@$(PY) manage.py seed_demo
	@# Two earlier nights, so that there are moves to see.
	@for ago in 36 2; do $(PY) manage.py nightly --as-of \
	  $$($(PY) -c "import datetime as d; print(d.date.today() - d.timedelta($$ago))"); done
	@$(PY) manage.py nightly
	@$(PY) manage.py serve

run: setup translations
	@$(PY) manage.py migrate -v 0
	@$(PY) manage.py createcachetable
	@$(PY) manage.py serve

test: setup translations
	@$(PY) tests/run.py

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djade --check $$(git ls-files 'templates/*.html')
	.venv/bin/djlint --lint --quiet templates
	.venv/bin/mypy accounts_crm customers teams lifecycle churn

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/djade $$(git ls-files 'templates/*.html')

# Hashed requirements name no host, whatever index is configured.
lock: setup
	uv pip compile -q --no-header --no-strip-extras --generate-hashes --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile -q --no-header --no-strip-extras --generate-hashes --python-version 3.11 --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

# Needs gettext.
messages: setup
	$(PY) manage.py makemessages -l zh_Hans --no-obsolete --no-wrap --no-location -i .venv -i var

clean:
	rm -rf .venv var .mypy_cache .pytest_cache .ruff_cache
