package packagetest

import (
	"fmt"
	"path/filepath"
	"testing"
)

// wantTypes holds that programs compile against the package's types, as their authors may have set up TypeScript.
func wantTypes(t *testing.T, installed string) {
	dir := project(t, installed, "testdata/types")
	for _, compiler := range []struct{ version, path string }{
		{"5.9", absolute(t, filepath.Join(web, "node_modules/typescript"))},
		{"6", fetched(t, "typescript-6")},
		{"7", fetched(t, "typescript-7")},
	} {
		for resolution, module := range map[string]string{"bundler": "esnext", "nodenext": "nodenext"} {
			t.Run(compiler.version+"/"+resolution, func(t *testing.T) {
				config := fmt.Sprintf(`{
					"compilerOptions": {
						"strict": true, "skipLibCheck": false, "noEmit": true, "target": "es2022", "types": [],
						"module": %q, "moduleResolution": %q
					},
					"files": ["main.ts"]
				}`, module, resolution)
				write(t, filepath.Join(dir, "tsconfig.json"), []byte(config))
				runIn(t, dir, "node", filepath.Join(compiler.path, "bin/tsc"), "--project", ".")
			})
		}
	}
	t.Run("Deno", func(t *testing.T) { runIn(t, dir, fetched(t, ".bin/deno"), "check", "--quiet", "main.ts") })
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
