package config

import _ "embed"

// Example is a file with comments. Each key that it leaves out stands in a comment that begins with "#- ".
//
//go:embed example.yaml
var Example string
