package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/config"
)

func TestInitWritesANewFileAndNeverOverOne(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "weilu.yaml")
	if err := config.Init(name, []byte("a")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Error(info, err)
	}
	err = config.Init(name, []byte("b"))
	if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "exists already") {
		t.Error(err)
	}
	link := filepath.Join(dir, "link.yaml")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), link); err != nil {
		t.Fatal(err)
	}
	if err := config.Init(link, []byte("b")); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if text, _ := os.ReadFile(name); string(text) != "a" {
		t.Errorf("%q", text)
	}
	if err := config.Init(filepath.Join(dir, "none", "weilu.yaml"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Error(entries)
	}
}
