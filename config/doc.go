// Package config reads what an operator has decided: one YAML file, the environment and flags,
// decoded strictly into the sections their readers hand in.
//
// Sources, weakest first: the values already in a section's struct, the file, the environment
// (WEILU_section__key, or WEILU_section__key_FILE to read the value from a file), flags
// (section.key). Everything that is wrong is collected and told at once, with the line of the
// file or the name of the variable, so that an operator repairs it in one go:
//
//	f, err := config.Open(config.Source{File: "weilu.yaml", Environ: os.Environ()})
//	f.Section("points", &points)
//	f.Section("checkin", &checkin)
//	err = f.Err()
//
// # Struct fields
//
// A field is `yaml:"name" doc:"what it does, with unit"`, and `secret:"true"` if its value may
// come only from the environment. An embedded struct without a tag lends its fields. Fields are
// strings, booleans, numbers, durations ("90s", "24h", "90d"), anything with UnmarshalText, and
// structs, pointers, slices and maps with string keys made of these.
//
// A type that takes several shapes has UnmarshalConfig(value any) error, which is given nil, a
// bool, an int64, a float64, a string, a []any or a map[string]any. It returns
// errors.ErrUnsupported to have the value decoded as its struct says: a shorthand handles the
// short form alone. MarshalConfig() any is its counterpart for Print and Example.
//
// A map in the file replaces the default map; single entries from the environment and from
// flags are added to it. Lists are always replaced whole. The environment and flags fill a list
// with a,b,c, and anything with YAML in brackets: [{name: a}, {name: b}] or {a: 1}.
package config
