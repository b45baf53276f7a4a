package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/report"
)

// TestMain has the test program be the launcher when it is started as one: go test gives flags only.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1][0] != '-' {
		main()
	}
	os.Exit(m.Run())
}

func TestFaultsAreToldWithTheirPlaceAndNothingTheyQuote(t *testing.T) {
	var lines string
	log := report.NewWriter("text", func(line []byte) { lines += string(line) })
	if code := end(log, errors.New("hunter2")); code != 70 {
		t.Errorf("ended with %d", code)
	}
	func() {
		defer func() { lines += where(recover()) }()
		panic("hunter2")
	}()
	if strings.Contains(lines, "hunter2") || !strings.Contains(lines, "*errors.errorString") || !strings.Contains(lines, "main_test.go") && !strings.Contains(lines, "TestFaults") {
		t.Errorf("%q", lines)
	}
}
