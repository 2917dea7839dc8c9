# make          builds bin/kafkaio, the explorer in it; it needs Go, and Node 20.19 or later with npm
# make release  the same with kafka.wasm as small as Brotli makes it, in two minutes more
# make package  builds the npm package in web/dist
# make demo     starts a small cluster, a bridge and the explorer, and prints the URL to open
# make picture  makes README's pictures anew, from the demo in Chromium
# make test     runs all tests; see .ci/test for what it needs
# make short    runs what takes less than two minutes once it is compiled: all tests but those with
#               browsers, with Apache Kafka, and of whole suites as a WASI guest; no race detector.
#               It prints what it left out.
# make bench    prints how kafkaio compares with its peers
# make lint     gofmt, vet, staticcheck, govulncheck, tidy modules, actionlint, tsc; see .ci/lint
# make clean    removes what was built

GO ?= go

# Brotli's quality for kafka.wasm: 9 takes seconds, 11 minutes and a tenth off.
BROTLI = 9

.PHONY: build package release demo picture test short bench lint clean
.DELETE_ON_ERROR:

build: page
	$(GO) build -trimpath -o bin/kafkaio ./cmd/kafkaio

# web/compress keeps a form that holds the program already, whatever its quality.
release:
	rm -f web/dist/*.br
	$(MAKE) build BROTLI=11

# What bin/kafkaio embeds of the npm package.
.PHONY: page
page: package
	@cd web/compress && $(GO) run . -quality $(BROTLI) ../dist/kafkaio/kafka.wasm ../dist
	@cd web/compress && $(GO) run . $(addprefix ../dist/,kafkaio.js kafkaio/worker.js kafkaio/roots.pem) \
	  $(addprefix ../dist/explorer/,index.html main.js theme.css icon.svg) ../dist

# The fields of Kafka's messages, which the program embeds.
.PHONY: table
table:
	@cd web/wasm && $(GO) run ./internal/wire/generate internal/wire/table/messages

# The npm package. The go command knows best whether something in its program has changed.
package: table web/node_modules | node-version
	GOOS=js GOARCH=wasm $(GO) build $$(cat web/wasm/kafka/buildflags) -o web/dist/kafkaio/kafka.wasm ./web/wasm/kafka
	@cp LICENSE web/
	@cd web && npm run --silent build -- "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js"

# What npm fetches, anew when a lock file has changed.
web/node_modules web/test/node_modules internal/bench/clients/node_modules: %/node_modules: %/package-lock.json | node-version
	@cd $* && npm ci --silent --no-audit --no-fund && touch node_modules

# What builds the npm package. An old Node would end in a stack trace.
.PHONY: node-version
node-version:
	@node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' 2>/dev/null || \
	  { echo "Node 20.19 or later builds the page, and this machine has $$(node --version 2>/dev/null || echo none): get it from https://nodejs.org/en/download" >&2; exit 1; }
	@command -v npm >/dev/null || { echo "npm is missing, which comes with Node from https://nodejs.org/en/download; on Debian: apt-get install npm" >&2; exit 1; }

demo: build
	@bin/kafkaio demo

picture: build web/test/node_modules
	@cd web && node picture.js

test:
	@.ci/install
	@$(MAKE) page
	-@$(MAKE) --silent web/test/node_modules
	@.ci/test

short: page
	@.ci/test short

bench:
	-@$(MAKE) --silent page web/test/node_modules internal/bench/clients/node_modules
	@cd internal/bench && $(GO) run .

lint:
	@.ci/lint

clean:
	rm -rf bin web/LICENSE web/node_modules web/test/node_modules internal/bench/clients/node_modules
	rm -rf web/dist/kafkaio web/dist/types web/dist/explorer web/dist/*.js web/dist/*.br web/dist/*.gz
	rm -f web/wasm/internal/wire/table/messages
