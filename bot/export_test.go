package bot

// What the tests of matching and tidying look into.
var (
	Split   = split
	Unquote = unquote
	Tidy    = tidy
)
