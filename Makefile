# Everything needs only git, make, Node 20.19 or newer with npm, and Python 3.11 or newer.
.PHONY: demo test check build bench generate format clean python-lock

installed := node_modules/.package-lock.json
sources := $(shell find src -name '*.ts')
# A Python of its own, with what the tests need.
python := .python/bin/python

demo: dist/.built
	@node scripts/demo.mjs

test: check
	@$(python) -m pytest --config-file python/pyproject.toml python/tests
	@node node_modules/vitest/vitest.mjs run

# What needs no database: types, lint, format, import direction, unused exports, generated files.
check: dist/.built .python/.synced
	@npm run --silent typecheck
	@$(python) -m mypy --config-file python/pyproject.toml
	@npm run --silent lint
	@npm run --silent format:check
	@npm run --silent unused
	@node --import ./scripts/typescript.mjs scripts/generate.mjs --check

build: dist/.built

# PARTS=listing, compiling, running, testing, structural, loading, flattening or python for one of them.
bench: dist/.built .python/.synced
	@node node_modules/typescript/bin/tsc -p tsconfig.bench.json && cp package.json node_modules/.cache/ctf-bench/
	@node node_modules/.cache/ctf-bench/bench/main.js $(PARTS)

# schemas/, docs/formats/ and docs/diagnostics/ from the code.
generate: $(installed)
	@node --import ./scripts/typescript.mjs scripts/generate.mjs

format: $(installed)
	@npm run --silent format

dist/.built: $(installed) $(sources) package.json scripts/bundle.mjs tsconfig.json tsconfig.types.json
	@npm run --silent build && chmod +x dist/cli/main.js && touch $@

# The lock file pins every version; `npm ci` would also insist on optional packages of other platforms.
$(installed): package.json package-lock.json
	@npm install --no-progress --loglevel=error && touch $@

# pip installs uv by its hash, uv everything else by theirs.
.python/.synced: python/requirements-uv.lock python/requirements-dev.lock
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "make: python3 must be Python 3.11 or newer")'
	@rm -rf .python && python3 -m venv .python
	@$(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r python/requirements-uv.lock
	@$(python) -m uv pip sync --quiet --compile-bytecode --python $(python) --require-hashes python/requirements-dev.lock
	@touch $@

# After a change to python/requirements-*.in: pins every version, without any registry's address.
python-lock: export UV_CUSTOM_COMPILE_COMMAND = make python-lock
python-lock: .python/.synced
	@for name in uv dev; do $(python) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
		python/requirements-$$name.in -o python/requirements-$$name.lock; done

clean:
	@rm -rf dist node_modules .python
