package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Init writes content to a new file, readable by all. It never writes over anything: an existing
// file is an error that is fs.ErrExist. The file appears whole or not at all.
func Init(path string, content []byte) error {
	if err := create(path, content); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already and is left as it is: %w", path, fs.ErrExist)
	} else if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func create(path string, content []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".weilu-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	err = os.Link(tmp.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return claim(path, tmp.Name())
}

// claim takes the name where file systems know no links, and then puts the file there.
func claim(path, tmp string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
