# make          builds bin/kafkaio, the page in it
# make release  the same with the page's program as small as Brotli makes it, in two minutes more
# make package  builds the npm package in web/dist; it needs Node
# make demo     starts a small cluster, a bridge and the page, and prints the URL to open
# make test     runs all tests; see .ci/test for what it needs
# make short    runs what takes less than two minutes once it is compiled: all tests but those with
#               browsers, with Apache Kafka, and of whole suites as a WASI guest; no race detector.
#               It prints what it left out.
# make bench    prints how kafkaio compares with its peers
# make lint     gofmt, vet, staticcheck, govulncheck, tidy modules, actionlint, tsc; see .ci/lint
# make clean    removes what was built

GO ?= go

# Brotli's quality for the page's program: 6 takes seconds, 11 minutes and a seventh off.
BROTLI = 6

.PHONY: build package release demo test short bench lint clean
.DELETE_ON_ERROR:

build: page
	$(GO) build -trimpath -o bin/kafkaio ./cmd/kafkaio

# web/compress keeps a form that holds the program already, whatever its quality.
release:
	rm -f web/dist/kafkaio.wasm.br
	$(MAKE) build BROTLI=11

# The program for the browser. The go command knows best whether something has changed.
.PHONY: page
page: table
	@mkdir -p bin
	GOOS=js GOARCH=wasm $(GO) build -trimpath -ldflags='-s -w' -o bin/kafkaio.wasm ./web/wasm
	@cd web/compress && $(GO) run . -quality $(BROTLI) ../../bin/kafkaio.wasm ../dist
	@cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" web/dist/

# The fields of Kafka's messages, which the program embeds.
.PHONY: table
table:
	@cd web/wasm && $(GO) run ./internal/wire/generate internal/wire/table/messages

# The npm package. Its program isn't embedded in bin/kafkaio, whose page doesn't use it yet.
package: table web/node_modules
	GOOS=js GOARCH=wasm $(GO) build -trimpath -ldflags='-s -w' -o web/dist/kafkaio/kafka.wasm ./web/wasm/kafka
	@cd web && npm run --silent build -- "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js"

# What npm fetches, anew when a lock file has changed.
web/node_modules web/test/node_modules: %/node_modules: %/package-lock.json
	@command -v npm >/dev/null || { echo "Node is missing, which builds the npm package: apt-get install nodejs npm (20.19 or later)" >&2; exit 1; }
	@cd $* && npm ci --silent --no-audit --no-fund && touch node_modules

demo: build
	@bin/kafkaio demo

test: page
	@.ci/install
	-@$(MAKE) --silent web/node_modules web/test/node_modules
	@.ci/test

short: page
	@.ci/test short

bench:
	@cd internal/bench && $(GO) run .

lint:
	@.ci/lint

clean:
	rm -rf bin web/node_modules web/test/node_modules
	rm -rf web/dist/kafkaio web/dist/types web/dist/kafkaio.* web/dist/wasm_exec.js
	rm -f web/wasm/internal/wire/table/messages
