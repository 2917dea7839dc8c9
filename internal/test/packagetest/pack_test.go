package packagetest

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// TestPackage packs the package as for a release, and installs it in projects that are otherwise empty.
func TestPackage(t *testing.T) {
	require.Long(t, "projects in browsers")
	t.Parallel()
	installed := install(t, pack(t))
	t.Run("Contents", func(t *testing.T) { wantContents(t, filepath.Join(installed, "node_modules/kafkaio")) })
	t.Run("Types", func(t *testing.T) { wantTypes(t, installed) })
	t.Run("Runtimes", func(t *testing.T) { wantRuns(t, installed) })
	t.Run("WithoutWebSocket", func(t *testing.T) { wantRefused(t, installed) })
	pages := build(t, installed)
	for _, b := range browser.All {
		t.Run(b.Name, func(t *testing.T) { wantPages(t, b, pages) })
	}
}

// pack builds the package, and returns the path of its tarball.
func pack(t *testing.T) string {
	t.Helper()
	stage := t.TempDir()
	buildPackage(t, filepath.Join(stage, "dist"))
	runIn(t, web, "node_modules/.bin/tsc", "--project", "src", "--outDir", filepath.Join(stage, "dist/types"))
	for _, name := range []string{"package.json", "README.md", "../LICENSE"} {
		content, err := os.ReadFile(filepath.Join(web, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(stage, filepath.Base(name)), content)
	}
	runIn(t, stage, "npm", "pack", "--silent")
	tarballs, err := filepath.Glob(filepath.Join(stage, "kafkaio-*.tgz"))
	if err != nil || len(tarballs) != 1 {
		t.Fatalf("npm pack wrote %q, %v", tarballs, err)
	}
	return tarballs[0]
}

// install installs a tarball in a new project, and returns the project's directory. It needs no network.
func install(t *testing.T, tarball string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "package.json"), []byte(`{"private": true, "type": "module"}`))
	runIn(t, dir, "npm", "install", "--silent", "--offline", "--no-audit", "--no-fund", tarball)
	return dir
}

// wantContents holds that the package has what its users need, and nothing else.
func wantContents(t *testing.T, dir string) {
	want := []string{
		"LICENSE", "README.md", "dist/kafkaio.js", "dist/kafkaio.node.js",
		"dist/kafkaio/kafka.wasm", "dist/kafkaio/roots.pem", "dist/kafkaio/worker.js", "dist/kafkaio/worker.node.js", "package.json",
	}
	types := regexp.MustCompile(`^dist/types/\w+\.d\.ts$`)
	var got []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if name = filepath.ToSlash(name); !types.MatchString(name) {
			got = append(got, name)
		}
		return err
	})
	_, missing := os.Stat(filepath.Join(dir, "dist/types/kafkaio.d.ts"))
	if slices.Sort(got); !slices.Equal(got, want) || errors.Join(err, missing) != nil {
		t.Errorf("beside types the package has %q, want %q; %v", got, want, errors.Join(err, missing))
	}
}
