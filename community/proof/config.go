package proof

// Config is the section proof.
type Config struct {
	PostRoot bool `yaml:"post_root" doc:"whether the day's root of the points ledger is posted in the groups too, not only to the managers"`
}

// Defaults tell the root to the managers only.
func Defaults() Config { return Config{} }
