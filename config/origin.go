package config

import "fmt"

// Where a value was given.
type place int

const (
	inDefaults place = iota
	inFile
	inEnviron
	inFlags
)

// origin says who gave a value. Its fields are exported, as are a leaf's, because koanf's deep
// copy leaves unexported ones behind.
type origin struct {
	Place place
	Name  string // the file's path, the variable's name, or "--set section.key"
	Line  int    // in the file
}

// String is the short form that Print shows.
func (o origin) String() string {
	switch o.Place {
	case inFile:
		return fmt.Sprintf("%s:%d", o.Name, o.Line)
	case inEnviron:
		return o.Name
	case inFlags:
		return "--set"
	}
	return "default"
}
