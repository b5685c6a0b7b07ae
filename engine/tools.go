//go:build tools

// Package engine keeps the Pulumi engine's modules in go.mod, so that they are pinned with their checksums.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
