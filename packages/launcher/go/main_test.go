package main

import (
	"os"
	"testing"
)

// TestMain has the test program be the launcher when it is started as one: go test gives flags only.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1][0] != '-' {
		main()
	}
	os.Exit(m.Run())
}
