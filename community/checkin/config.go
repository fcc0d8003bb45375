package checkin

// Config is what a check-in earns. The configuration keeps it among the points.
type Config struct {
	Amount int64 // for each check-in
	Streak int64 // besides, for every StreakDays Days in a row
}

// StreakDays is how many Days in a row earn the streak's bonus once.
const StreakDays = 7
