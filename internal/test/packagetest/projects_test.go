package packagetest

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// A page is one of a project.
type page struct {
	name string
	url  string // without the topic
	want string // part of what it prints; empty: the record
}

// build makes a project of each kind of which the package says that it works, builds it, and serves it until
// the test ends. installed is a project that has the package and nothing else.
func build(t *testing.T, installed string) []page {
	t.Helper()
	var pages []page
	add := func(name, url string) { pages = append(pages, page{name: name, url: url}) }
	const dist = "dist"

	for _, vite := range []string{"vite-7", "vite-8"} {
		command := filepath.Join(fetched(t, vite), "bin/vite.js")
		dir := pageProject(t, installed, "", module("/main.js"))
		add(vite+" dev", viteDev(t, command, dir))
		runIn(t, dir, "node", command, "build", "--logLevel", "warn")
		add(vite+" build", serveFiles(t, filepath.Join(dir, dist)))
	}

	dir := pageProject(t, installed, dist, `<script src="main.js" defer></script>`)
	runIn(t, dir, "node", filepath.Join(fetched(t, "webpack-cli"), "bin/cli.js"), "build", "--mode", "production", "--entry", "./main.js")
	add("webpack 5", serveFiles(t, filepath.Join(dir, dist)))

	esbuild := absolute(t, filepath.Join(web, "node_modules/.bin/esbuild"))
	dir = pageProject(t, installed, dist, module("main.js"))
	runIn(t, dir, esbuild, "main.js", "--bundle", "--format=esm", "--outdir=dist", "--log-level=warning")
	copyFiles(t, dir)
	add("esbuild", serveFiles(t, filepath.Join(dir, dist)))

	dir = pageProject(t, installed, dist, module("main.js"))
	runIn(t, dir, "node", filepath.Join(fetched(t, "rollup"), "dist/bin/rollup"), "main.js", "--silent", "--format", "es",
		"--plugin", filepath.Join(fetched(t, "@rollup/plugin-node-resolve"), "dist/es/index.js"), "--dir", dist)
	copyFiles(t, dir)
	add("Rollup", serveFiles(t, filepath.Join(dir, dist)))

	return append(pages, scriptPages(t, installed)...)
}

// project copies the installed package and some files into a new directory.
func project(t *testing.T, installed, files string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, from := range []string{installed, files} {
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// pageProject is a project whose page, in a directory of it, has tags that load the program.
func pageProject(t *testing.T, installed, page, tags string) (dir string) {
	t.Helper()
	dir = project(t, installed, "testdata/project")
	write(t, filepath.Join(dir, page, "index.html"), []byte("<!doctype html><meta charset=\"utf-8\"><title>kafkaio</title>\n"+tags+"\n"))
	return dir
}

func module(url string) string { return `<script type="module" src="` + url + `"></script>` }

// copyFiles copies what bundlers don't know to belong to the package.
func copyFiles(t *testing.T, project string) {
	t.Helper()
	files := os.DirFS(filepath.Join(project, "node_modules/kafkaio/dist/kafkaio"))
	if err := os.CopyFS(filepath.Join(project, "dist/kafkaio"), files); err != nil {
		t.Fatal(err)
	}
}

// serveFiles serves a directory until the test ends, and returns its URL.
func serveFiles(t *testing.T, dir string) string { return serve(t, http.FileServer(http.Dir(dir))) }

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL + "/"
}

var viteURL = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)

// viteDev starts Vite's server for development, whose cache is empty, and returns its URL.
func viteDev(t *testing.T, command, dir string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", command, "--host", "127.0.0.1", "--port", "0")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	urls := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(urls)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if url := viteURL.FindString(lines.Text()); url != "" && len(urls) == 0 {
				urls <- url
			}
		}
	}()
	t.Cleanup(func() { // t.Context has ended it
		<-read
		cmd.Wait()
	})
	url, ok := <-urls
	if !ok {
		t.Fatalf("%s ended without a URL", command)
	}
	return url
}
