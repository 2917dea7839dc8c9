package web

import (
	"errors"
	"fmt"
	"io/fs"
)

// explorerRoot is where the explorer is.
const explorerRoot = "/next/"

// explorerFiles are those of the explorer, as make compresses them, by their paths below explorerRoot.
var explorerFiles = map[string]string{
	"":          "dist/index.html",
	"main.js":   "dist/main.js",
	"theme.css": "dist/theme.css",
	"icon.svg":  "dist/icon.svg",
}

// addExplorer serves the explorer. It imports the npm package from modulePath.
func (h handler) addExplorer(files fs.FS) error {
	for path, stored := range explorerFiles {
		f, err := open(files, stored+".br", stored+".gz")
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %w", ErrNotBuilt, err)
		} else if err != nil {
			return err
		}
		h[explorerRoot+path] = f
	}
	return nil
}
