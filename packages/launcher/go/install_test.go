package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestInstall(t *testing.T) {
	t.Run("copies itself whole, for everybody to execute, and creates nothing else", func(t *testing.T) {
		folder := t.TempDir()
		old := syscall.Umask(0o077)
		got := launch(t, nil, "install", folder)
		syscall.Umask(old)
		got.is(t, 0, "installed "+folder+"/sluice-launch")
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%v, %v", entries, err)
		}
		info, err := entries[0].Info()
		if err != nil || info.Mode() != 0o555 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		own, err := os.ReadFile("/proc/self/exe")
		if err != nil {
			t.Fatal(err)
		}
		if copied, err := os.ReadFile(filepath.Join(folder, "sluice-launch")); err != nil || string(copied) != string(own) {
			t.Errorf("differs: %v", err)
		}
	})

	t.Run("replaces what is there, from several processes at once", func(t *testing.T) {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "sluice-launch"), []byte("old"), 0o444); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if code := launch(t, nil, "install", folder).code; code != 0 {
					t.Errorf("ended with %d", code)
				}
			})
		}
		group.Wait()
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%v, %v", entries, err)
		}
		command := launcher(nil, "version")
		command.Path = filepath.Join(folder, "sluice-launch")
		finish(t, command).is(t, 0)
	})

	t.Run("says why it cannot, and leaves nothing", func(t *testing.T) {
		launch(t, nil, "install", "/nowhere").is(t, 69, "/nowhere/sluice-launch cannot be written: no such file", "Mount a volume")
		folder := t.TempDir()
		if err := os.Mkdir(filepath.Join(folder, "sluice-launch"), 0o700); err != nil {
			t.Fatal(err)
		}
		got := launch(t, nil, "install", folder)
		got.is(t, 69, "cannot be written")
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%v, %v, %q", entries, err, got.stderr)
		}
	})
}
