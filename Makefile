# Everything needs only git, make, Node 20.19 or newer with npm, and Python 3.11 or newer.
.PHONY: demo test check build bench generate format clean

installed := node_modules/.package-lock.json
sources := $(shell find src -name '*.ts')

demo: dist/.built
	@node scripts/demo.mjs

test: check
	@node node_modules/vitest/vitest.mjs run

# What needs no database: types, lint, format, import direction, unused exports, generated files.
check: dist/.built
	@npm run --silent typecheck
	@npm run --silent lint
	@npm run --silent format:check
	@npm run --silent unused
	@node scripts/generate.mjs --check

build: dist/.built

# PARTS=listing, running or loading for one of them.
bench: dist/.built
	@node node_modules/typescript/bin/tsc -p tsconfig.bench.json && node node_modules/.cache/ctf-bench/bench/main.js $(PARTS)

# schemas/, docs/formats/ and docs/diagnostics/ from the code.
generate: dist/.built
	@node scripts/generate.mjs

format: $(installed)
	@npm run --silent format

dist/.built: $(installed) $(sources) tsconfig.json tsconfig.build.json
	@rm -rf dist && npm run --silent build && chmod +x dist/cli/main.js && touch $@

# The lock file pins every version; `npm ci` would also insist on optional packages of other platforms.
$(installed): package.json package-lock.json
	@npm install --no-progress --loglevel=error && touch $@

clean:
	@rm -rf dist node_modules
