package script

// The pure rules, for their tests.
var (
	Tagged     = tagged
	Quotes     = quotes
	ReadMoment = readMoment
	Written    = written
	Fill       = fill
	Parts      = parts
)
