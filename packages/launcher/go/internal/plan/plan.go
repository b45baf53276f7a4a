// Package plan reads SLUICE_PLAN: sections 1 and 6 of the protocol.
package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// ReaderVersion is the version of plans that this launcher reads.
const ReaderVersion = 1

// knownFeatures are those of 1.1. What is spread is in the answer: a launcher has nothing to do for it.
var knownFeatures = []string{"spread"}

// Bounds of 1.3.
const (
	MaxBytes     = 65_536
	MaxVariables = 1000
)

const (
	defaultWait = 300 * time.Second
	maxWait     = 3600 * time.Second
)

// Plan is what the launcher needs of a container's plan. Which reference goes where is the source's business.
type Plan struct {
	Container string
	// Digest is as 1.6 has it.
	Digest string
	// ServerName and Roots (PEM) are what a certificate is held against; empty where the plan has none.
	ServerName string
	Roots      string
	// TokenFile is "" where the source asks for none.
	TokenFile string
	// TokenFiles are by audience.
	TokenFiles map[string]string
	Wait       time.Duration
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}
