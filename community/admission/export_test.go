package admission

// What the tests of the rules read.
var (
	Kept    = kept
	Preview = preview
	Median  = median
	AsPNG   = asPNG
)

// Verdict judges a message of so many characters; 0: no answer, 1: too short, 2: an answer.
func Verdict(length int, private, toBot, toOther bool, introduction int) int {
	return int(judge(said{length, private, toBot, toOther}, introduction))
}
