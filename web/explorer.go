package web

import (
	"errors"
	"fmt"
	"io/fs"
)

// explorerFiles are those of the explorer, as make compresses them, by their paths.
var explorerFiles = map[string]string{
	"/":                   "dist/index.html",
	"/explorer/main.js":   "dist/main.js",
	"/explorer/theme.css": "dist/theme.css",
	"/explorer/icon.svg":  "dist/icon.svg",
}

// addExplorer serves the explorer. It imports the npm package from modulePath.
func (h handler) addExplorer(files fs.FS) error {
	for path, stored := range explorerFiles {
		f, err := open(files, stored)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %w", ErrNotBuilt, err)
		} else if err != nil {
			return err
		}
		h[path] = f
	}
	return nil
}
