package script

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed scripts
var embedded embed.FS

// Config is the section script.
type Config struct {
	Files []string `yaml:"files" doc:"scripts of the community's own, as YAML files; paths are seen from the folder of this file"`

	own []Script // read by Load
}

// Defaults are the two scripts that come with the program.
func Defaults() Config { return Config{Files: []string{}} }

// Validate tells what can be seen without reading the files.
func (c Config) Validate() error {
	for i, file := range c.Files {
		if file == "" {
			return community.KeyError{Name: fmt.Sprintf("files.%d", i), Problem: "names a file"}
		}
	}
	return nil
}

// Load reads the files, whose paths are seen from a folder, and tells everything that is wrong with them.
func (c *Config) Load(folder string) error {
	var problems []error
	c.own = nil
	from := map[string]string{}
	for _, file := range c.Files {
		path := file
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		src, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("script.files: %w", err))
			continue
		}
		sc, err := Parse(string(src))
		for _, p := range Problems(err) {
			problems = append(problems, fmt.Errorf("script.files: %s: %w", file, p))
		}
		if err != nil {
			continue
		}
		if other, taken := from[bot.Fold(sc.Name)]; taken {
			problems = append(problems, fmt.Errorf("script.files: %s and %s are both called %s", other, file, sc.Name))
		}
		from[bot.Fold(sc.Name)] = file
		c.own = append(c.own, sc)
	}
	return errors.Join(problems...)
}

// Embedded are the scripts that come with the program.
func Embedded() (list []Script) {
	files, err := fs.Glob(embedded, "scripts/*.yaml")
	if err != nil {
		panic(err) // the pattern is well-formed
	}
	for _, file := range files {
		src, err := embedded.ReadFile(file)
		if err != nil {
			panic(err) // it is embedded
		}
		sc, err := Parse(string(src))
		if err != nil {
			panic(fmt.Errorf("%s: %w", file, err)) // a test reads them all
		}
		list = append(list, sc)
	}
	return list
}
