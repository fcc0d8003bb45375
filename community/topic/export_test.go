package topic

// What the rules are tested by.
var (
	ReadSeason = readSeason
	ReadDate   = readDate
	Letters    = letters
)
