# make          builds bin/kafkaio, the page in it
# make demo     starts a small cluster, a bridge and the page, and prints the URL to open
# make test     runs all tests; see .ci/test for what it needs
# make bench    prints how kafkaio compares with its peers
# make lint     gofmt, vet, staticcheck, govulncheck
# make clean    removes what was built

GO ?= go
SMALL = -trimpath -ldflags='-s -w'

.PHONY: build demo test bench lint clean
.DELETE_ON_ERROR:

build: page
	$(GO) build -trimpath -o bin/kafkaio ./cmd/kafkaio

# Always asked for: the go command knows best whether something has changed.
.PHONY: page
page:
	@mkdir -p bin
	GOOS=js GOARCH=wasm $(GO) build $(SMALL) -o bin/kafkaio.wasm ./web/wasm
	@cmp -s bin/kafkaio.wasm bin/packed.wasm || { gzip -9 -n -c bin/kafkaio.wasm >web/dist/kafkaio.wasm.gz && cp bin/kafkaio.wasm bin/packed.wasm; }
	@test -f web/dist/kafkaio.wasm.gz || gzip -9 -n -c bin/kafkaio.wasm >web/dist/kafkaio.wasm.gz
	@cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" web/dist/wasm_exec.js

demo: build
	@bin/kafkaio demo

test: page
	@.ci/install
	@.ci/test

bench:
	@cd internal/bench && $(GO) run .

lint:
	@.ci/lint

clean:
	rm -rf bin web/dist/kafkaio.wasm.gz web/dist/wasm_exec.js
